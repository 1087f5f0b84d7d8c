"""Cookies that stand for somebody who has signed in; pure.

A cookie holds what is kept of a key, never the key: it ends with the key, on every replica, as
soon as the key does. Who signed in with an issuer instead is written into it as the issuer told.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import struct
from dataclasses import dataclass
from typing import Final

from gateway.domain.role import Role
from gateway.domain.viewer import Viewer

PLAIN: Final = "marquee"
SECURE: Final = f"__Host-{PLAIN}"
"""Over TLS; no other host, and nobody on the way, can make a browser send one."""
KEY_S: Final = 14 * 86_400
PERSON_S: Final = 8 * 3600
"""Shorter: what an issuer has said since is not known here."""

_HEAD: Final = struct.Struct(">BQ16s")  # kind, end in seconds of the epoch, nonce
_SUM_BYTES: Final = 32
_LONGEST: Final = 2048
_OF_KEY: Final = 1
_OF_PERSON: Final = 2


@dataclass(frozen=True, slots=True)
class Session:
    """What a good cookie says.

    Args:
        digest: Of the key; ``None``: it is about a person.
        person: As the issuer told; ``None``: it is about a key.
    """

    digest: bytes | None = None
    person: Viewer | None = None


def written(secret: bytes, name: str, session: Session, *, now_s: float) -> str:
    """A cookie's value, good under one name only.

    Args:
        secret: The server's.
        name: The cookie's.
        session: What it says.
        now_s: Seconds of the epoch.
    """
    if session.digest is not None:
        kind, ends_s, body = _OF_KEY, now_s + KEY_S, session.digest
    elif session.person is not None:
        kind, ends_s, body = _OF_PERSON, now_s + PERSON_S, _told(session.person)
    else:
        raise ValueError("a session of nobody")
    head = _HEAD.pack(kind, int(ends_s), secrets.token_bytes(16))
    content = head + body
    return base64.urlsafe_b64encode(content + _sum(secret, name, content)).decode().rstrip("=")


def read(secret: bytes, name: str, value: str, *, now_s: float) -> Session | None:
    """What a cookie says; ``None`` if we did not write it, or too long ago."""
    if len(value) > _LONGEST or not value.isascii():
        return None
    try:
        found = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, told = found[:-_SUM_BYTES], found[-_SUM_BYTES:]
    if len(content) <= _HEAD.size or not hmac.compare_digest(_sum(secret, name, content), told):
        return None
    kind, ends_s, _ = _HEAD.unpack_from(content)
    if now_s >= ends_s:
        return None
    body = content[_HEAD.size :]
    return Session(digest=body) if kind == _OF_KEY else Session(person=_heard(body))


def cookie(header: bytes) -> tuple[str, str] | None:
    """Name and value of ours in a ``Cookie`` field; the secure one counts for more."""
    found: dict[str, str] = {}
    for each in header.decode("latin-1").split(";"):
        name, sign, value = each.strip().partition("=")
        if sign and name in {PLAIN, SECURE}:
            found.setdefault(name, value)
    for name in (SECURE, PLAIN):
        if name in found:
            return name, found[name]
    return None


def _sum(secret: bytes, name: str, content: bytes) -> bytes:
    key = hmac.digest(secret, b"marquee session", "sha256")
    return hmac.digest(key, name.encode() + b"\0" + content, "sha256")


def _told(person: Viewer) -> bytes:
    parts = (person.id, person.display_name, person.role.value, person.seerr_user_id)
    return json.dumps(parts, separators=(",", ":")).encode()


def _heard(body: bytes) -> Viewer:
    """Our own writing, as its sum has shown."""
    subject, name, role, seerr_user_id = json.loads(body)
    return Viewer(id=subject, display_name=name, role=Role(role), seerr_user_id=seerr_user_id)
