"""One connection to one server, shared by everybody: what is written in a loop turn leaves at once.

redis-py connects, authenticates and speaks TLS. Then this protocol takes its transport over: its
pipelines cost more than the cache that uses them. Replies come in the order of the commands, and
each batch keeps its place in the line until all of its own are in, so no reply can reach anybody
else, whoever has gone away meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from hiredis import HiredisError, Reader, pack_command

Command: TypeAlias = tuple[str | bytes | int, ...]
Reply: TypeAlias = (
    object  # whatever the server says; an error reply is a ``ReplyError`` in its place
)
Replies: TypeAlias = list[Reply]
Then: TypeAlias = Callable[[Replies | None], None]

_packed = cast("Callable[[Command], bytes]", pack_command)  # its stub knows one word only
_MORE = object()  # hiredis' word for an unfinished reply


class ReplyError(Exception):
    """An error that the server replied with."""

    @property
    def code(self) -> str:
        """The server's word for it, such as ``MOVED``; ``ERR`` is any other."""
        return str(self).partition(" ")[0]


@dataclass(slots=True)
class _Batch:
    count: int
    then: Then
    replies: Replies = field(default_factory=list)


class Link(asyncio.Protocol):
    """A connection, taken over.

    Args:
        stream: Of a connection whose handshake is over.
        lost: Told once, when the connection is gone.
    """

    def __init__(self, stream: asyncio.StreamWriter, lost: Callable[[Link], None]) -> None:
        self._stream = stream  # holds what its former protocol needs until the end
        self._lost = lost
        self._transport = stream.transport
        self._former = self._transport.get_protocol()
        self._transport.set_protocol(self)
        self._reader = Reader(replyError=ReplyError, notEnoughData=_MORE)
        self._line: deque[_Batch] = deque()
        self._unsent: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self.is_open = True
        self._is_retired = False

    def send(self, commands: Sequence[Command], then: Then) -> None:
        """Send commands with whatever else is sent in this loop turn; ``None``: it was cut."""
        if not self.is_open:
            then(None)
            return
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent += map(_packed, commands)
        self._line.append(_Batch(len(commands), then))

    def retire(self) -> None:
        """Close when the replies that are due are in."""
        self._is_retired = True
        if not self._line:
            self.close()

    def close(self) -> None:
        """Cut the connection; what waits for replies hears ``None``."""
        self._transport.abort()
        self._end()

    def data_received(self, data: bytes) -> None:
        """Hand replies out."""
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _MORE:
                batch = self._line[0]
                batch.replies.append(reply)
                if len(batch.replies) == batch.count:
                    self._line.popleft()
                    batch.then(batch.replies)
            if self._is_retired and not self._line:
                self.close()
        except (HiredisError, IndexError):  # no Redis at the other end, or one reply too many
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        self._former.connection_lost(exc)
        self._end()

    def _flush(self) -> None:
        if self.is_open:
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def _end(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self._lost(self)
        while self._line:
            self._line.popleft().then(None)
