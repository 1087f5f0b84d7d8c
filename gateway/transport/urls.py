"""URLs are built as text, once: every client sends exactly these bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TypeAlias
from urllib.parse import quote

Param: TypeAlias = str | int | float | bool | None

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
_quoted = lru_cache(maxsize=256)(partial(quote, safe=""))
_PATH_SAFE = "/%:@!$&'()*+,;="


def segment(value: str | int) -> str:
    """Encode a value that becomes one segment of a path, slashes and dots included."""
    found = quote(str(value), safe="")
    return found.replace(".", "%2E") if found in (".", "..") else found


def query_text(params: Mapping[str, Param]) -> str:
    """Encode parameters in the order given; ``None`` is left out.

    Everything but the unreserved characters is percent-encoded, and a space is ``%20``:
    Seerr refuses ``+`` and raw reserved characters with a 400.
    """
    return _joined(
        tuple(
            [
                (name, value if isinstance(value, str) else _text(value))
                for name, value in params.items()
                if value is not None
            ]
        )
    )


def join(base_url: str, path: str, params: Mapping[str, Param]) -> str:
    """Put a URL together; the path may be encoded already, segment by segment.

    Raises:
        ValueError: The path climbs with ``..``, so a value in it was not encoded.
    """
    if not _is_plain_path(path):
        path = quote(path, safe=_PATH_SAFE)
        if any(part in (".", "..") for part in path.split("/")):
            raise ValueError("a path that climbs")
    found = query_text(params)
    return f"{base_url}{path}?{found}" if found else f"{base_url}{path}"


def _is_plain_path(path: str) -> bool:
    return "." not in path and _PLAIN(path.replace("/", "")) is not None


@lru_cache(maxsize=256)
def _joined(pairs: tuple[tuple[str, str], ...]) -> str:
    """Films of one operation differ in their path only."""
    return "&".join([_pair(name, value) for name, value in pairs])


def _pair(name: str, value: str) -> str:
    if _PLAIN(value):
        return f"{_quoted(name)}={value}"
    if _PLAIN(value.replace(",", "")):  # a list of ids, which is long and never the same
        return f"{_quoted(name)}={value.replace(',', '%2C')}"
    return f"{_quoted(name)}={_quoted(value)}"


def _text(value: float | bool) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    return str(value)
