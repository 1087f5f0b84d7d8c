"""What Seerr means when it refuses a write: it tells only by its message. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

import orjson

from gateway.transport.port import HttpAnswer


class Why(Enum):
    """Why a write was refused."""

    QUOTA = "QUOTA"
    BLOCKLISTED = "BLOCKLISTED"
    DUPLICATE = "DUPLICATE"
    NOT_PERMITTED = "NOT_PERMITTED"
    GATE = "GATE"  # a bad key, an unknown user, or a permission that is lacking: all look alike
    GONE = "GONE"
    MOVIE_UNKNOWN = "MOVIE_UNKNOWN"
    TMDB_AWAY = "TMDB_AWAY"  # nothing was done
    CSRF = "CSRF"
    KEY = "KEY"
    BROKEN = "BROKEN"  # it may have been done all the same
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal; the message is safe to show."""

    why: Why
    message: str


ANSWERED: Final = frozenset({400, 401, 403, 404, 405, 409, 412, 415, 422, 500})
"""Statuses that handlers give reasons with; others mean what they mean everywhere."""

_MESSAGES: Final = (
    (403, "Movie Quota exceeded", Why.QUOTA),
    (403, "This media is blocklisted", Why.BLOCKLISTED),
    (403, "This media is blacklisted", Why.BLOCKLISTED),  # before 3.0
    (403, "invalid csrf token", Why.CSRF),
    (403, "You do not have permission", Why.NOT_PERMITTED),
    (401, "You do not have permission", Why.NOT_PERMITTED),  # DELETE's own
    (409, "", Why.DUPLICATE),
    (404, "Request not found", Why.GONE),
)
_TMDB: Final = "[TMDB]"
_TMDB_UNKNOWN: Final = re.compile(r"\[TMDB\] .*status code 404$")
# A sentence for people: no braces, quotes, paths, addresses or colons that introduce internals.
_SENTENCE: Final = re.compile(r"[A-Z][A-Za-z0-9 ,'-]{3,118}[.!]?")
_INTERNALS: Final = re.compile(
    r"error|exception|undefined|null|entity|column|constraint|sqlite|postgres|select |token|"
    r"cannot read|connect|timeout|status code",
    re.IGNORECASE,
)
UNSAID: Final = "Seerr refused the request."


def read_refusal(answer: HttpAnswer) -> Refusal | None:
    """Read an answer; ``None`` if it is no refusal."""
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own classes
        return None if status != 202 else _refusal(Why.OTHER, _message(answer.body))  # noqa: PLR2004 - of Seerr
    message = _message(answer.body)
    if status == 403 and message is None:  # noqa: PLR2004 - the gate says "error"
        return Refusal(Why.GATE, UNSAID)
    if status == 500:  # noqa: PLR2004 - HTTP's own
        return Refusal(_why_broken(message or ""), UNSAID)
    for known, start, why in _MESSAGES:
        if status == known and (message or "").startswith(start):
            return _refusal(why, message)
    return _refusal(Why.KEY if status == 401 else Why.OTHER, message)  # noqa: PLR2004 - HTTP's own


def safe(message: str | None) -> str:
    """A message as it may be shown: a plain sentence, or ours in its place."""
    if message is None or not _SENTENCE.fullmatch(message) or _INTERNALS.search(message):
        return UNSAID
    return message


def _why_broken(message: str) -> Why:
    """A 500 before anything was written, or one of whoever knows when."""
    if _TMDB_UNKNOWN.fullmatch(message):
        return Why.MOVIE_UNKNOWN
    return Why.TMDB_AWAY if message.startswith(_TMDB) else Why.BROKEN


def _refusal(why: Why, message: str | None) -> Refusal:
    return Refusal(why, safe(message))


def _message(body: bytes) -> str | None:
    try:
        found: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    message = found.get("message") if isinstance(found, dict) else None
    return message if isinstance(message, str) else None
