"""Run a program that dies with the process that started it, even when that one is killed.

Run by path, so that nothing but the standard library is loaded before the program itself:
``python tether.py PARENT_PID PROGRAM ARGUMENTS...``.

Source: prctl(2), PR_SET_PDEATHSIG; it outlives execve. Only Linux has it; elsewhere a killed
parent leaves the child behind, and an orderly one still ends it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent_pid: int) -> None:
    """Ask the kernel for a SIGTERM once the parent is gone; leave at once if it is already."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent_pid:
        sys.exit(1)


if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 -- a path that our own parent gave, no shell
