"""Serialised answers, kept for the next asker within a bound of bytes."""

from collections import OrderedDict
from hashlib import md5
from typing import Final

from starlette.responses import Response

_BYTES_MAX: Final = 16 * 2**20


class AnswerCache:
    """Bodies with their weak ETags, least recently used out first."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._held_bytes = 0

    def get(self, key: str) -> tuple[bytes, str] | None:
        """Body and ETag."""
        found = self._bodies.get(key)
        if found is not None:
            self._bodies.move_to_end(key)
        return found

    def put(self, key: str, body: bytes) -> tuple[bytes, str]:
        """Keep it, and tell its ETag."""
        entry = body, f'W/"{md5(body, usedforsecurity=False).hexdigest()}"'
        if key not in self._bodies:
            self._bodies[key] = entry
            self._held_bytes += len(body)
        while self._held_bytes > _BYTES_MAX:
            _, (dropped, _) = self._bodies.popitem(last=False)
            self._held_bytes -= len(dropped)
        return entry


def conditional(body: bytes, etag: str, asked: str, headers: dict[str, str]) -> Response:
    """200 with the body, or 304 when the client holds it."""
    headers = {**headers, "etag": etag}
    if asked and etag in (part.strip() for part in asked.split(",")):
        return Response(b"", 304, headers)
    return Response(body, 200, headers, media_type="application/json;charset=utf-8")
