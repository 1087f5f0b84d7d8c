"""A call as bytes: what cannot be written as HTTP is refused before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from gateway.transport.origin import Origin
from gateway.transport.port import MalformedCallError

_TARGET = re.compile(r"[!-~]+").fullmatch  # visible ASCII: encoded already
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*").fullmatch
_METHOD = re.compile(r"[A-Z]+").fullmatch
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_PORTS = {"http": 80, "https": 443}
_UNWRITABLE = "the call cannot be written as HTTP"


def split(url: str) -> tuple[str, str]:
    """Part a URL into its origin's text and the target below it.

    Raises:
        MalformedCallError: It is none, or not encoded.
    """
    slash = url.find("/", url.find("://") + 3)
    prefix, target = (url, "/") if slash < 0 else (url[:slash], url[slash:])
    if not _TARGET(target) or "#" in target:
        raise MalformedCallError(_UNWRITABLE)
    return prefix, target


def origin_of(prefix: str) -> Origin:
    """Read an origin's text; names and passwords in it are no part of one.

    Raises:
        MalformedCallError: It is none.
    """
    try:
        parts = urlsplit(prefix)
        host, port = parts.hostname, parts.port
    except ValueError:  # no cause, for that may hold a key
        raise MalformedCallError(_UNWRITABLE) from None
    usual = _PORTS.get(parts.scheme)
    if usual is None or not host or "@" in parts.netloc or not _TARGET(prefix):
        raise MalformedCallError(_UNWRITABLE)
    return Origin(host=host, port=port or usual, is_tls=parts.scheme == "https", text=parts.netloc)


def write(
    method: str, target: str, host: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    """Write a call, body and all.

    Args:
        method: In capitals.
        target: From ``split``.
        host: The origin's name and port, as the URL spells them.
        headers: All but Host and Content-Length.
        body: If any.

    Raises:
        MalformedCallError: A header that HTTP has no way to say.
    """
    told = _written(tuple(headers.items()), host)
    if body is None and method == "GET":
        return f"GET {target} HTTP/1.1\r\n{told}\r\n".encode("latin-1")
    if not _METHOD(method):
        raise MalformedCallError(_UNWRITABLE)
    if body is not None or method in _WITH_BODY:
        told += f"Content-Length: {len(body or b'')}\r\n"
    return f"{method} {target} HTTP/1.1\r\n{told}\r\n".encode("latin-1") + (body or b"")


@lru_cache(maxsize=256)
def _written(headers: tuple[tuple[str, str], ...], host: str) -> str:
    """Most calls to an upstream say the same; so this is checked and written once."""
    lines = [f"Host: {host}\r\n"]
    for name, value in headers:
        if not _NAME(name) or not _VALUE(value):
            raise MalformedCallError(_UNWRITABLE)
        lines.append(f"{name}: {value}\r\n")
    return "".join(lines)
