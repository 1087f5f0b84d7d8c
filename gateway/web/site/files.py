"""Style sheet, script and icon of the pages: read once, packed once, named by their content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Final, Self

from starlette.requests import Request
from starlette.responses import Response

from gateway.web.bundle import Bundle

FOLDER: Final = Path(__file__).parent / "assets"
PATH: Final = "/assets/"
HTMX: Final = "htmx.js"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file.

    Args:
        body: As it is.
        packed: With gzip.
        media_type: Of it.
    """

    body: bytes
    packed: bytes
    media_type: str


class Files:
    """All of them.

    Args:
        contents: By the names that templates use.
    """

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._named = {name: _named(name, body) for name, body in contents.items()}
        self._files = {
            self._named[name]: File(body, gzip.compress(body, 9, mtime=0), _type_of(name))
            for name, body in contents.items()
        }

    @classmethod
    def load(cls, bundle: Bundle | None) -> Self:
        """Read ours, and htmx if it was bundled with this install."""
        return cls(dict(_contents(bundle)))

    def __contains__(self, name: str) -> bool:
        """Whether there is one of this name."""
        return name in self._named

    def path(self, name: str) -> str:
        """Where one is, behind any prefix."""
        return PATH + self._named[name]

    async def __call__(self, request: Request) -> Response:
        """Answer with one file, packed for whoever can unpack it."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            return Response(b"no such file", HTTPStatus.NOT_FOUND, media_type="text/plain")
        accepted = request.headers.get("accept-encoding", "")
        is_packed = "gzip" in {each.partition(";")[0].strip() for each in accepted.split(",")}
        more = {"Content-Encoding": "gzip"} if is_packed else {}
        body = found.packed if is_packed else found.body
        return Response(body, headers=_HEADERS | more, media_type=found.media_type)


def _contents(bundle: Bundle | None) -> Iterator[tuple[str, bytes]]:
    for path in sorted(FOLDER.iterdir()):
        yield path.name, path.read_bytes()
    if bundle is not None:
        yield HTMX, (bundle.folder / bundle.htmx).read_bytes()


def _named(name: str, body: bytes) -> str:
    path = PurePosixPath(name)
    return f"{path.stem}-{hashlib.sha256(body).hexdigest()[:10]}{path.suffix}"


def _type_of(name: str) -> str:
    return _TYPES[PurePosixPath(name).suffix]
