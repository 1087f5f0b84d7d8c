"""From an issuer's token to a viewer.

Signatures are checked by PyJWT: MIT, typed, released every few months, with `cryptography` alone
below it; algorithms, headers and claims are checked here, so that a clock can be handed in.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jwt import PyJWS
from jwt.exceptions import PyJWTError

from gateway.domain.viewer import Viewer
from gateway.edge.identity.issuer import Issuer
from gateway.edge.identity.jwks import KeySet
from gateway.edge.identity.people import Mapped
from gateway.edge.identity.refusals import unauthenticated
from gateway.edge.identity.tokens import (
    ALGORITHMS,
    LEEWAY_S,
    BadTokenError,
    Head,
    read_claims,
    read_head,
)

log = logging.getLogger(__name__)

MOST_KNOWN: Final = 4096
KNOWN_S: Final = 300.0
"""For which a token that was good is not checked again while the issuer's keys stay the same."""
_JWS: Final = PyJWS(sorted(ALGORITHMS))


@dataclass(slots=True)
class _Known:
    viewer: Viewer
    until_s: float
    keys: KeySet


class Bearers:
    """Reads an issuer's tokens.

    Args:
        issuer: Has the keys.
        audience: Whom tokens must be for.
        mapped: Which claims say what.
        now: Seconds of the epoch.
    """

    def __init__(
        self,
        issuer: Issuer,
        *,
        audience: str,
        mapped: Mapped,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._mapped = mapped
        self._now = now
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def viewer(self, token: str) -> Viewer:
        """Whoever bears it.

        Raises:
            RefusedError: It is not good, or nobody can tell right now.
        """
        try:
            digest = hashlib.sha256(token.encode("ascii")).digest()
            known = self._known.get(digest)
            head = None if known is not None else read_head(token)
            keys = await self._issuer.keys()
            if known is not None and known.keys is keys and self._now() < known.until_s:
                return known.viewer
            return await self._checked(token, head or read_head(token), keys, digest)
        except BadTokenError as exc:
            log.debug("token refused", extra={"reason": str(exc)})
            if exc.is_expired:
                raise unauthenticated("This token has expired.") from exc
            raise unauthenticated() from exc

    async def aclose(self) -> None:
        """Close what the issuer is reached by."""
        await self._issuer.aclose()

    async def _checked(self, token: str, head: Head, keys: KeySet, digest: bytes) -> Viewer:
        key = keys.choose(head)
        if key is None:
            keys = await self._issuer.renewed()
            key = keys.choose(head)
        if key is None:
            raise BadTokenError("another key")
        try:
            found = _JWS.decode_complete(token, key, [head.algorithm])
        except PyJWTError as exc:
            raise BadTokenError("no good signature") from exc
        payload: bytes = found["payload"]
        now_s = self._now()
        claims = read_claims(
            payload, issuer=self._issuer.name, audience=self._audience, now_s=now_s
        )
        viewer = self._mapped.viewer(claims)
        until_s = min(claims.expires_s + LEEWAY_S, now_s + KNOWN_S)
        self._known[digest] = _Known(viewer, until_s, keys)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return viewer
