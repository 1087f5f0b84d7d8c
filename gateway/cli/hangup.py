"""A closed terminal ends ``serve`` as SIGTERM does, unless it was started under ``nohup``.

The terminal tells every process of its group, so workers leave it to the one that minds them.
"""

from __future__ import annotations

import signal
import socket

from uvicorn import Config
from uvicorn.supervisors import Multiprocess


def end_on_hangup() -> None:
    """Turn SIGHUP into SIGTERM, which whoever serves at that moment handles."""
    if not _is_ignored():
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def ignore_hangup() -> None:
    """Live on for as long as the supervisor does."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


class Supervisor(Multiprocess):
    """uvicorn's own, but SIGHUP ends it instead of replacing every worker."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        is_ignored = _is_ignored()
        super().__init__(config, sockets)
        if is_ignored:
            ignore_hangup()

    def handle_hup(self) -> None:
        """Do as for SIGTERM."""
        self.handle_term()


def _is_ignored() -> bool:
    return signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
