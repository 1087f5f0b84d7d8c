"""What a token says before and after its signature is believed; pure.

Everything that this release does not understand is refused: a token is read here in one way only.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.graphql.strict_json import parse_json

LEEWAY_S: Final = 60.0
"""By which clocks may differ."""
ALGORITHMS: Final = frozenset(
    {
        *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512", "EdDSA"),
    }
)
"""Signatures with a key that can be published; none that a published key could make."""

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KNOWN: Final = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256", "nonce"})
"""Others name keys (``jku``, ``jwk``, ``x5u``, ``x5c``) or change the rest (``crit``, ``cty``)."""
_KINDS: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_LONGEST: Final = 255
_DISTANT_S: Final = 1e11


class BadTokenError(Exception):
    """It is not good; whoever bears it is not told why, except that it is too old.

    Args:
        reason: For logs; holds nothing of the token.
        is_expired: Whether it was good once.
    """

    def __init__(self, reason: str, *, is_expired: bool = False) -> None:
        super().__init__(reason)
        self.is_expired = is_expired


@dataclass(frozen=True, slots=True)
class Head:
    """Which signature a token claims to have."""

    algorithm: str
    key_id: str | None


def read_head(token: str) -> Head:
    """Read what stands before the first dot; nothing of it is believed yet.

    Raises:
        BadTokenError: It is no token, or one of a kind that is not taken.
    """
    if _SHAPE.fullmatch(token) is None:
        raise BadTokenError("no token")
    head = _object(_decoded(token.partition(".")[0]))
    algorithm, key_id = head.get("alg"), head.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise BadTokenError("another algorithm")
    if not head.keys() <= _KNOWN:
        raise BadTokenError("another header")
    if str(head.get("typ", "jwt")).lower() not in _KINDS:
        raise BadTokenError("another kind of token")
    if key_id is not None and (not isinstance(key_id, str) or not 0 < len(key_id) <= _LONGEST):
        raise BadTokenError("no name of a key")
    return Head(algorithm, key_id)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, once its signature is believed."""

    subject: str
    expires_s: float
    everything: Mapping[str, object]


def read_claims(payload: bytes, *, issuer: str, audience: str, now_s: float) -> Claims:
    """Read the claims of a token whose signature is good.

    Raises:
        BadTokenError: It is by another issuer, for others, or not for now.
    """
    claims = _object(payload)
    if claims.get("iss") != issuer:
        raise BadTokenError("another issuer")
    meant = claims.get("aud")
    if audience not in (meant if isinstance(meant, list) else [meant]):
        raise BadTokenError("for others")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
        raise BadTokenError("nobody's")
    for name in ("nbf", "iat"):
        if name in claims and _moment_s(claims[name]) > now_s + LEEWAY_S:
            raise BadTokenError("of the future")
    expires_s = _moment_s(claims.get("exp"))
    if expires_s + LEEWAY_S <= now_s:
        raise BadTokenError("expired", is_expired=True)
    return Claims(subject, expires_s, claims)


def _moment_s(value: object) -> float:
    """Seconds of the epoch."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadTokenError("no moment")
    if not math.isfinite(value) or not 0 <= value < _DISTANT_S:
        raise BadTokenError("no moment")
    return float(value)


def _object(text: bytes) -> Mapping[str, object]:
    try:
        found = parse_json(text)
    except RefusedError as exc:
        raise BadTokenError("no JSON") from exc
    if not isinstance(found, dict):
        raise BadTokenError("no object")
    return found


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as exc:
        raise BadTokenError("no base64url") from exc
