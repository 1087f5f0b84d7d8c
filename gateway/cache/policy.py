"""How long a payload may be served, and the keys it is kept under. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from urllib.parse import quote

from gateway.cache.entry import Lifetime

PREFIX = "mq"
MAX_KEY_CHARS = 200
JITTER = 0.1  # lifetimes vary by this share, so that what was filled together does not expire so
MAX_ABSENT = timedelta(days=1)  # "there is none" is the answer most likely to change
_NAMESPACE = re.compile(r"[a-z0-9_-]{1,40}(\.[a-z0-9_-]{1,40}){0,3}")
_NOTHING = timedelta(0)
_is_plain = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch  # what quoting would not change


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePolicy:
    """Lifetimes of one kind of payload; wrong ones raise ``ValueError`` at import.

    Args:
        namespace: ``upstream.payload``, such as ``tmdb.movie``.
        version: Bump it when the wire model changes shape.
        ttl: Fresh for so long, give or take ten percent.
        stale: After ``ttl``, served for so long while a refresh runs or fails.
        revalidate: The first part of ``stale``, served without waiting for the upstream; after
            it callers wait, and get the stale value only when the upstream fails. ``None``: all.
        negative_ttl: How long absence is remembered; nothing of it is ever served stale.
        private: Belongs to one viewer: its keys need one, and it is never served stale.
        legal_max: The longest the provider's terms let us keep it, jitter included.
        snapshot: A copy of an upstream's whole state rather than an answer of it: kept in memory
            even where nothing else is cached.
        told_tags: Only the fetch knows the tags; it gives a ``Tagged`` value.
    """

    namespace: str
    version: int
    ttl: timedelta
    stale: timedelta = _NOTHING
    negative_ttl: timedelta = _NOTHING
    private: bool = False
    legal_max: timedelta | None = None
    revalidate: timedelta | None = None
    snapshot: bool = False
    told_tags: bool = False
    _head: str = field(init=False, repr=False, compare=False)
    _present_s: tuple[float, float, float] = field(init=False, repr=False, compare=False)
    _legal_s: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for complaint, broken in (
            ("a namespace is upstream.payload", not _NAMESPACE.fullmatch(self.namespace)),
            ("a version counts from 1", self.version < 1),
            ("ttl must be above zero", self.ttl <= _NOTHING),
            ("stale must not be negative", self.stale < _NOTHING),
            ("negative_ttl is 0 to 1 day", not _NOTHING <= self.negative_ttl <= MAX_ABSENT),
            ("revalidate is a part of stale", not _NOTHING <= self._unasked <= self.stale),
            ("a private payload is never served stale", self.private and self.stale > _NOTHING),
            ("ttl + stale is beyond the provider's legal maximum", self._is_illegal),
        ):
            if broken:
                raise ValueError(f"{self.namespace}: {complaint}")
        ages = (self.ttl, self.ttl + self._unasked, self.ttl + self.stale)
        limit = self.legal_max or timedelta.max
        for name, made in (
            ("_head", f"{PREFIX}:{self.namespace}:{self.version}:"),
            ("_present_s", tuple(age.total_seconds() for age in ages)),
            ("_legal_s", limit.total_seconds()),
        ):
            object.__setattr__(self, name, made)  # reckoned once; the rest of it is frozen

    def __hash__(self) -> int:
        return hash(self._head)  # of all fields it would take longer than what is looked up by it

    @property
    def upstream(self) -> str:
        """Who sends the payload: the namespace up to its dot."""
        return self.namespace.partition(".")[0]

    def key(self, *parts: str | int | None, viewer: str | int | None = None) -> str:
        """Name one payload: ``mq:tmdb.movie:1:603:~en-US``.

        Different parts never share a key, ``1`` and ``"1"`` included; at most 200 characters,
        all of them printable ASCII without braces, so a cluster hashes the whole of it.

        Raises:
            ValueError: A private payload without a viewer, or a shared one with.
        """
        if self.private is (viewer is None):
            raise ValueError(
                f"{self.namespace}: a viewer is for private payloads, and needed there"
            )
        tail = ":".join([_escaped(part) for part in parts])
        if viewer is not None:
            tail = f"@{_escaped(viewer)}:{tail}"
        if len(self._head) + len(tail) > MAX_KEY_CHARS:
            tail = f"h{blake2b(tail.encode(), digest_size=20).hexdigest()}"
        return self._head + tail

    def lifetime(
        self, *, is_absent: bool, stored_at: float, dice: float, ttl: timedelta | None = None
    ) -> Lifetime:
        """Set the hours of a payload stored at ``stored_at`` (seconds of the epoch).

        Args:
            is_absent: The upstream said that there is none.
            stored_at: Seconds of the epoch.
            dice: 0 to 1, from which the jitter is made.
            ttl: In place of the policy's, where it is shorter; zero is no life at all.
        """
        jitter, legal_s = 1 - JITTER + 2 * JITTER * dice, self._legal_s
        if is_absent:
            until = stored_at + min(self.negative_ttl.total_seconds() * jitter, legal_s)
            return Lifetime(stored_at, until, until, until)
        less_s = 0.0 if ttl is None else max(0.0, self._present_s[0] - ttl.total_seconds())
        if less_s >= self._present_s[0]:
            return Lifetime(stored_at, stored_at, stored_at, stored_at)
        fresh_s, unasked_s, stale_s = self._present_s
        return Lifetime(
            stored_at,
            stored_at + min((fresh_s - less_s) * jitter, legal_s),
            stored_at + min((unasked_s - less_s) * jitter, legal_s),
            stored_at + min((stale_s - less_s) * jitter, legal_s),
        )

    @property
    def _unasked(self) -> timedelta:
        return self.stale if self.revalidate is None else self.revalidate

    @property
    def _is_illegal(self) -> bool:
        return self.legal_max is not None and self.ttl + self.stale > self.legal_max


def _escaped(part: str | int | None) -> str:
    if part is None:
        return "_"
    if not isinstance(part, str):
        return str(int(part))
    if _is_plain(part):
        return "~" + part
    return f"~{quote(part, safe='', errors='surrogatepass')}"
