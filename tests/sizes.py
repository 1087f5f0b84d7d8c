"""How large the long tests are: as CI has time for, or with FULL=1 as large as is promised."""

from __future__ import annotations

import os

FULL = bool(os.environ.get("FULL"))


def sized(usual: int, *, full: int) -> int:
    """How many there shall be.

    Args:
        usual: In CI; enough to find what fails often.
        full: What README and the closing notes claim.
    """
    return full if FULL else usual
