"""Processes that tests start, listen to and kill; nobody waits for one without end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Concatenate, Final, ParamSpec

P = ParamSpec("P")

#: One process that has imported what tests import, so that a child starts in milliseconds.
_FORKS: Final = multiprocessing.get_context("forkserver")
_PRELOADED: Final[list[str]] = []
#: For a word of a child: many times what a busy machine takes, and far below a test's own time.
_WORD_S: Final = 60.0


class Child:
    """A process that runs one function, and what it says."""

    def __init__(self, line: Connection, process: BaseProcess) -> None:
        self._line = line
        self._process = process

    def say(self, word: str) -> None:
        """Tell it something."""
        self._line.send_bytes(word.encode())

    def word(self) -> str:
        """What it says next.

        Raises:
            EOFError: It has ended.
            TimeoutError: It says nothing.
        """
        if not self._line.poll(_WORD_S):
            raise TimeoutError
        return self._line.recv_bytes().decode()

    def words(self) -> Iterator[str]:
        """All that it says until it ends."""
        while True:
            try:
                yield self.word()
            except EOFError:
                return

    def kill(self) -> None:
        """Kill it, as `kill -9` does."""
        self._process.kill()

    def halt(self, for_s: float) -> None:
        """Let it stand still, and go on."""
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        time.sleep(for_s)
        os.kill(self._process.pid, signal.SIGCONT)

    def exit_code(self) -> int | None:
        """What it ended with; None if it is in no hurry."""
        self._process.join(_WORD_S)
        return self._process.exitcode


def preload(*modules: str) -> None:
    """Have these imported before the first child starts."""
    _PRELOADED.extend(modules)
    _FORKS.set_forkserver_preload(_PRELOADED)  # it forgets what it was told before


@contextmanager
def child(
    run: Callable[Concatenate[Connection, P], None], *args: P.args, **kwargs: P.kwargs
) -> Iterator[Child]:
    """Run a function in a process of its own, which is gone at the end, however that comes.

    Args:
        run: Takes the line on which it speaks and is spoken to, in bytes.
        args: More for it.
        kwargs: More for it.
    """
    ours, theirs = _FORKS.Pipe()
    process = _FORKS.Process(target=run, args=(theirs, *args), kwargs=kwargs)
    process.start()
    theirs.close()
    try:
        yield Child(ours, process)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
