"""Small facts that outlive a process: in Redis where there is one, else in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.cache.policy import PREFIX
from gateway.cache.redis_line import RedisLine, ReplyError


@dataclass(frozen=True, slots=True)
class Note:
    """What was written down; ``None`` if nothing was."""

    text: str | None


class Notes:
    """A page that the processes of one Redis share.

    Args:
        line: The wire to Redis; without one, the page is this process's own.
        life: After which an unwritten note is forgotten.
    """

    def __init__(self, line: RedisLine | None, *, life: timedelta = timedelta(days=30)) -> None:
        self._line = line
        self._life_ms = round(life.total_seconds() * 1000)
        self._own: dict[str, str] = {}

    async def read(self, name: str) -> Note | None:
        """Read a note; ``None`` when Redis cannot be asked."""
        if self._line is None:
            return Note(self._own.get(name))
        replies = await self._line.run([("GET", _key(name))])
        match replies:
            case [None]:
                return Note(None)
            case [bytes(raw)]:
                return Note(raw.decode(errors="replace"))
            case [ReplyError(code="WRONGTYPE")]:  # somebody else's; the next note goes over it
                return Note(None)
            case _:
                return None

    async def write(self, name: str, text: str) -> bool:
        """Write a note over the one before; ``False``: Redis did not take it."""
        if self._line is None:
            self._own[name] = text
            return True
        replies = await self._line.run([("SET", _key(name), text, "PX", self._life_ms)])
        return replies is not None and not isinstance(replies[0], Exception)


def _key(name: str) -> str:
    return f"{PREFIX}:note:{name}"
