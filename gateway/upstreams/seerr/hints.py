"""What Seerr's webhook says, taken as a hint: where to look, and never what to believe."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import orjson

from gateway.cache.policy import PREFIX
from gateway.cache.redis_line import RedisLine
from gateway.upstreams.seerr.agenda import AGAIN_S, WHOLE_AGAIN_S, Agenda, Subject

_MOST_VALUES: Final = 2000  # of one body; Seerr's own has 30
_MOST_DIGITS: Final = 10
_IDS: Final = frozenset({"requestid", "request.id"})
_KINDS: Final = frozenset({"mediatype"})
_NOTICES: Final = frozenset({"notificationtype"})


class Hints:
    """Where to look, gathered by whoever hears and taken by whoever looks.

    Args:
        line: The wire to Redis, by which all processes look at one request once a second.
        scope: Tells one Seerr from another.
        clock: Monotonic seconds.
        sleep: Until something is due.
    """

    def __init__(
        self,
        line: RedisLine | None,
        scope: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._line = line
        self._prefix = f"{PREFIX}:looked:{scope}:"
        self._agenda = Agenda()
        self._clock = clock
        self._sleep = sleep
        self._heard = asyncio.Event()

    def hear(self, subject: Subject, *, in_s: float = 0.0) -> None:
        """Something may have happened to a request, or to any."""
        self._agenda.hear(subject, self._clock(), in_s=in_s)
        self._heard.set()

    def read(self, body: bytes) -> None:
        """Hear what a webhook's body says, of whatever template."""
        for subject in subjects(body):
            self.hear(subject)

    async def next(self) -> Subject:
        """Wait for the next look that is due."""
        while True:
            self._heard.clear()
            due = self._agenda.next(self._clock())
            if due is None:
                await self._wait()
            elif await self._is_ours(due[0]):
                return due[0]
            else:
                self.hear(due[0], in_s=AGAIN_S)  # it may have looked before this happened

    async def _wait(self) -> None:
        """Until something is due, or something else is heard that may be due sooner."""
        wait_s = self._agenda.wait_s(self._clock())
        if wait_s is None:
            await self._heard.wait()
            return
        waits = [asyncio.ensure_future(each) for each in (self._sleep(wait_s), self._heard.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _is_ours(self, subject: Subject) -> bool:
        """Whether no other process has just looked; without Redis nobody can tell."""
        if self._line is None:
            return True
        name = self._prefix + ("all" if subject is None else str(subject))
        life_s = WHOLE_AGAIN_S if subject is None else AGAIN_S
        replies = await self._line.run([("SET", name, "1", "NX", "PX", round(life_s * 1000))])
        return replies is None or replies[0] is not None


def subjects(body: bytes) -> Iterator[Subject]:
    """What a body is about: a request, everything where it does not say which, or nothing.

    Templates are edited by hand. So its words are looked for anywhere, however they are spelt.
    """
    try:
        found = dict(_words(orjson.loads(body)))
    except orjson.JSONDecodeError:
        found = {}
    notice = next((text for name, text in found.items() if name in _NOTICES), "").upper()
    kind = next((text for name, text in found.items() if name in _KINDS), "")
    if notice.startswith(("ISSUE_", "TEST_")) or kind == "tv":
        return
    numbers = (text for name, text in found.items() if name in _IDS)
    digits = next((n for n in numbers if n.isascii() and n.isdigit()), "")
    yield int(digits) if 0 < len(digits) <= _MOST_DIGITS and int(digits) else None


def _words(document: object) -> Iterator[tuple[str, str]]:
    """Every name with its text, in one spelling; what lies too deep or is too much is left out."""
    left: list[tuple[str, object]] = [("", document)]
    for _ in range(_MOST_VALUES):
        if not left:
            return
        name, value = left.pop()
        if isinstance(value, dict):
            inner = [(_spelt(key), each) for key, each in value.items()]
            left += [(f"{name}.id" if key == "id" else key, each) for key, each in inner]
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield name, str(value).strip()


def _spelt(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
