"""One whole answer that may be given again, and how it looks by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, TypeAlias

import orjson

from gateway.cache.sizes import Measured
from gateway.edge.graphql.negotiation import JSON
from gateway.edge.graphql.reply import Lines, Reply

Marks: TypeAlias = Sequence[Mapping[str, Any]]

NAME: Final = "Marquee"
VARY: Final = "Accept, Accept-Language, X-Freshness, X-Cost"
VARY_PRIVATE: Final = f"{VARY}, Authorization, Cookie"
_SNIFF: Final = (b"x-content-type-options", b"nosniff")
_MARK_BYTES: Final = 600  # of a dictionary and what is in it
_HEAD_BYTES: Final = 2500  # of the header lines that were given last
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """How an answer comes to be given now.

    Args:
        age_s: Whole seconds since it was made.
        source: The level that had it; ``None``: it was made just now.
        is_stale: Its time is over; a newer one is being made.
        reason: Why there is no newer one yet.
    """

    age_s: int = 0
    source: str | None = None
    is_stale: bool = False
    reason: str | None = None


JUST_MADE: Final = Given()


@dataclass(slots=True, kw_only=True)
class Kept(Measured):
    """An answer without errors.

    Args:
        body: As JSON, without extensions.
        life_s: Seconds from its making for which anybody may keep it.
        spare_s: Seconds after that in which we give it, marked, while a newer one is made.
        is_private: Only for who asked.
        marks: ``extensions.freshness`` when it was made, if it was asked for.
        ages_s: The oldest part that each upstream had then.
        status: ``Cache-Status`` of its making.
    """

    body: bytes
    life_s: int
    spare_s: int = 0
    is_private: bool = False
    marks: Marks = ()
    ages_s: Mapping[str, float] = field(default_factory=dict)
    status: str = f"{NAME}; fwd=miss"
    _last: dict[str, tuple[Given, Reply]] = field(default_factory=dict)
    _fresh: dict[str, tuple[int, Reply]] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """In memory, with the marks written down beside the body where there are any."""
        body_bytes = len(self.body) * (2 if self.marks else 1)
        return body_bytes + _MARK_BYTES * len(self.marks) + _HEAD_BYTES

    def encode(self) -> bytes:
        """Write it down for other processes."""
        head = [_VERSION, self.life_s, self.spare_s, self.is_private, self.marks, self.ages_s]
        return orjson.dumps(head) + b"\n" + self.body

    @classmethod
    def decode(cls, raw: bytes) -> Kept:
        """Read it back.

        Raises:
            ValueError: Not what we wrote.
        """
        head, _, body = raw.partition(b"\n")
        match orjson.loads(head):
            case [int(version), int(life), int(spare), bool(own), list(marks), dict(ages)] if (
                version == _VERSION
            ):
                return cls(
                    body=body,
                    life_s=life,
                    spare_s=spare,
                    is_private=own,
                    marks=marks,
                    ages_s=ages,
                )
        raise ValueError("not a kept answer of this version")

    def aged(self, media_type: str, age_s: int) -> Reply:
        """The HTTP answer out of memory, so and so old: what is asked for most often."""
        last = self._fresh.get(media_type)
        if last is not None and last[0] == age_s:
            return last[1]
        reply = self.reply(media_type, Given(age_s=age_s, source="MEMORY"))
        self._fresh[media_type] = age_s, reply
        return reply

    def reply(self, media_type: str, given: Given) -> Reply:
        """The HTTP answer; the same one for as long as nothing about it changes."""
        last = self._last.get(media_type)
        if last is not None and last[0] == given:
            return last[1]
        body, marks = self.body, self._marks(given)
        if marks:
            told = orjson.dumps({"freshness": marks})
            body = b'%s,"extensions":%s}' % (body[:-1], told)
        made = Reply(200, self._lines(media_type, given, body), body)
        self._last[media_type] = given, made
        return made

    def _lines(self, media_type: str, given: Given, body: bytes) -> Lines:
        life = "no-store"
        if not given.is_stale:
            life = f"{'private' if self.is_private else 'public'}, max-age={self.life_s}"
        lines = {
            "content-length": str(len(body)),
            "etag": f'"{etag(body, media_type)}"',
            "cache-control": life,
            "cache-status": self._status(given),
            "vary": VARY_PRIVATE if self.is_private else VARY,
        }
        if given.source is not None or "hit" in self.status:
            lines["age"] = str(given.age_s)
        if not self.is_private and not given.is_stale:
            spare = f", stale-while-revalidate={self.spare_s}" if self.spare_s else ""
            lines["cdn-cache-control"] = life + spare
        shown = [(name.encode(), value.encode()) for name, value in lines.items()]
        kind = (b"content-type", f"{media_type}; charset=utf-8".encode())
        return [kind, *shown, _SNIFF]

    def _status(self, given: Given) -> str:
        if given.source is None:
            return self.status
        detail = "; detail=stale" if given.is_stale else ""
        return f"{NAME}; hit; ttl={self.life_s - given.age_s}{detail}"

    def _marks(self, given: Given) -> list[dict[str, Any]]:
        """What ``extensions.freshness`` tells by now: ages grow, and stale is told unasked."""
        marks = self.marks
        if given.is_stale and not marks:
            marks = [
                {"path": [], "upstream": name, "state": "FRESH", "ageSeconds": int(age_s)}
                for name, age_s in self.ages_s.items()
            ]
        return [_aged(mark, given) for mark in marks]


def _aged(mark: Mapping[str, Any], given: Given) -> dict[str, Any]:
    told = {**mark, "ageSeconds": mark["ageSeconds"] + given.age_s}
    if given.source is not None:
        told["source"] = given.source
    if given.is_stale:
        told |= {"state": "STALE", "reason": given.reason or "REVALIDATING"}
    return told


def etag(body: bytes, media_type: str) -> str:
    """A strong validator; the same bytes under another type are another representation."""
    kind = "j" if media_type == JSON else "g"
    return f"{kind}{sha256(body).hexdigest()[:24]}"  # processors reckon it by themselves


def unchanged(reply: Reply, asked: bytes) -> Reply | None:
    """304 where ``If-None-Match`` names what would be sent (RFC 9110, 13.1.2)."""
    ours = next((value for name, value in reply.headers if name == b"etag"), None)
    named = [each.strip().removeprefix(b"W/") for each in asked.split(b",")]
    if ours is None or not (ours in named or named == [b"*"]):
        return None
    kept = [line for line in reply.headers if not line[0].startswith(b"content-")]
    return Reply(304, kept, b"")
