"""A process takes as many files as it may have."""

from __future__ import annotations

import resource

from gateway.cli.open_files import allow_many

FILES = resource.RLIMIT_NOFILE


def test_the_soft_limit_becomes_the_hard_one() -> None:
    soft, hard = resource.getrlimit(FILES)
    try:
        resource.setrlimit(FILES, (min(1024, hard), hard))
        allow_many()
        assert resource.getrlimit(FILES) == (hard, hard)
    finally:
        resource.setrlimit(FILES, (soft, hard))
