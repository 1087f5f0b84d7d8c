"""Replies of a moment ago, and those under way, by the very bytes that asked for them.

Nothing is read or looked up for who asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from starlette.types import Message, Scope

from gateway.edge.answers.flights import Flights
from gateway.edge.answers.told import Told
from gateway.edge.graphql.reply import Reply

Head: TypeAlias = tuple[bytes | None, bytes | None, bytes | None]
Key: TypeAlias = tuple[bytes, Head]

MOMENT_S: Final = 0.1
"""After which the cache is asked again; what it holds in memory may be as late as it says."""
MOST: Final = 512
MOST_BYTES: Final = 8 * 1024 * 1024
LONGEST_BYTES: Final = 8192
_JSON: Final = b"application/json"
_OTHERWISE: Final = frozenset(
    {b"authorization", b"cookie", b"x-cost", b"x-deadline-ms", b"content-encoding", b"expect"}
)
"""Who sends one of these is somebody, or wants something special."""


@dataclass(frozen=True, slots=True)
class _Hot:
    reply: Reply
    until_s: float
    epoch: int


class HotReplies:
    """Answers POSTs that say nothing but the operation, the media types and the language.

    Args:
        epoch: Counts removals from the cache; one of them is the end of all replies.
        now: Seconds of the epoch, as the cache has them.
        flights: Operations under way, each also under the key of whoever began it.
    """

    def __init__(
        self, epoch: Callable[[], int], now: Callable[[], float], flights: Flights[Told]
    ) -> None:
        self._epoch = epoch
        self._now = now
        self.flights = flights
        self._known: dict[Key, _Hot] = {}
        self._size_bytes = 0
        self.hits = 0

    def head_of(self, scope: Scope) -> Head | None:
        """What its head says of the answer; ``None`` if it says more than these replies know."""
        headers = scope["headers"]
        fields = dict(headers)
        get = fields.get
        if len(fields) != len(headers) or get(b"content-type") != _JSON:
            return None
        if scope["method"] != "POST" or not _OTHERWISE.isdisjoint(fields):
            return None
        return get(b"accept"), get(b"accept-language"), get(b"x-freshness")

    def key_of(self, head: Head, message: Message) -> Key | None:
        """What tells this request from others; ``None`` if its body is long or not all there."""
        body: bytes = message.get("body", b"")
        if message.get("more_body") or not 0 < len(body) <= LONGEST_BYTES:
            return None
        return body, head

    def find(self, key: Key) -> Reply | None:
        """The reply, if it is no older than a moment."""
        hot = self._known.get(key)
        if hot is None or hot.epoch != self._epoch() or self._now() >= hot.until_s:
            return None
        self.hits += 1
        return hot.reply

    def keep(self, key: Key, reply: Reply) -> None:
        """Note what was found for a request just now."""
        size = len(reply.body)
        known = self._known.get(key)
        if known is not None:
            size -= len(known.reply.body)
        if len(self._known) >= MOST or self._size_bytes + size > MOST_BYTES:
            self._known.clear()
            self._size_bytes, size = 0, len(reply.body)
        self._size_bytes += size
        self._known[key] = _Hot(reply, self._now() + MOMENT_S, self._epoch())
