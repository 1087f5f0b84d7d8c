"""A process takes as many files as it may have."""

from __future__ import annotations

import subprocess
import sys

TRY = """
import resource
from gateway.cli.open_files import allow_many
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 200))
allow_many()
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_soft_limit_becomes_the_hard_one() -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", TRY], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(200, 200)"
