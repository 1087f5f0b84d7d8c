"""Processes that live beside ``serve`` and never longer than it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_TETHER = Path(__file__).with_name("tether.py")
_PATIENCE_S = 5


@contextmanager
def tethered(
    command: Sequence[str], *, pass_fds: Sequence[int] = (), log: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends, or until this process dies, however it does.

    It gets its own session: a Ctrl-C in the terminal is for ``serve``, which still needs its
    children while it answers what is in flight.

    Args:
        command: An absolute path and its arguments.
        pass_fds: Sockets that the child inherits.
        log: Where its standard error goes; ``None`` leaves it in the terminal.
    """
    child = subprocess.Popen(  # noqa: S603 -- paths of our own, no shell
        [sys.executable, "-I", str(_TETHER), str(os.getpid()), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        pass_fds=pass_fds,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
