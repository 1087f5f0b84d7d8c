"""From a request's head to whoever sends it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from gateway.domain.viewer import Viewer
from gateway.edge.graphql.fields import Fields
from gateway.edge.identity import keys, sessions
from gateway.edge.identity.login import Login
from gateway.edge.identity.own_pages import is_own
from gateway.edge.identity.refusals import unauthenticated, unavailable
from gateway.edge.identity.ring import KeyRing
from gateway.errors import ConfigError

log = logging.getLogger(__name__)

LONGEST: Final = 8192
"""Letters of a credential."""
_FIELD: Final = b"authorization"


class Tokens(Protocol):
    """Whoever can read the tokens of an issuer."""

    async def viewer(self, token: str) -> Viewer:
        """Whoever bears it.

        Raises:
            RefusedError: It is not good, or nobody can tell right now.
        """
        ...

    async def aclose(self) -> None:
        """Close what the issuer is reached by."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Knows callers by what they send as ``Authorization``, or by the cookie of our own pages.

    Args:
        ring: The API keys.
        secret: Of the server; ``None`` while there is none, and so no key.
        tokens: Reads an issuer's tokens; ``None``: none are taken.
        ready_made: Viewers by the digests of keys that are in no database.
        login: Where people sign in by themselves; ``None``: nowhere.
        now: Seconds of the epoch, for the ends of sessions.
    """

    ring: KeyRing
    secret: Callable[[], bytes | None]
    tokens: Tokens | None = None
    ready_made: Mapping[bytes, Viewer] = field(default_factory=dict)
    login: Login | None = None
    now: Callable[[], float] = time.time

    async def of(self, fields: Fields) -> Viewer | None:
        """Whoever sends a request; ``None``: somebody who does not say.

        Raises:
            RefusedError: What they send to say so is not good.
        """
        sent = fields.get(_FIELD)
        if sent is None:
            return await self._of_session(fields)
        credential = _bearer(sent)
        if credential.startswith(keys.PREFIX):
            return await self._of_key(credential)
        if self.tokens is not None and credential.count(".") == 2:  # noqa: PLR2004 - head, claims, signature
            return await self.tokens.viewer(credential)
        raise unauthenticated()

    async def session(self, credential: str) -> sessions.Session:
        """What a cookie is to say of whoever bears a key or a token.

        Raises:
            RefusedError: It is not good.
        """
        sent = f"Bearer {credential}".encode("utf-8", "surrogatepass")
        viewer = await self.of({_FIELD: sent})
        secret = self._secret()
        if secret is not None and credential.startswith(keys.PREFIX):
            return sessions.Session(digest=keys.digest(secret, credential))
        return sessions.Session(person=viewer)

    async def _of_key(self, key: str) -> Viewer:
        """Known keys are looked up at once; only others are looked at."""
        secret = self._secret()
        digest = b"" if secret is None else keys.digest(secret, key)
        known = self._known(digest)
        if known is not None:
            return known
        if not keys.is_whole(key):
            raise unauthenticated("This API key is cut or mistyped.")
        found = None if secret is None else await self.ring.find(digest)
        if found is None:
            raise unauthenticated()
        return found

    async def _of_session(self, fields: Fields) -> Viewer | None:
        """Whoever signed in; a session that has ended is nobody's: browsers cannot mend it."""
        sent = fields.get(b"cookie")
        named = None if sent is None else sessions.cookie(sent)
        secret = self._secret() if named is not None and is_own(fields) else None
        if named is None or secret is None:
            return None
        found = sessions.read(secret, *named, now_s=self.now())
        if found is None or found.digest is None:
            return None if found is None else found.person
        return self._known(found.digest) or await self.ring.find(found.digest)

    def _known(self, digest: bytes) -> Viewer | None:
        return self.ring.peek(digest) or self.ready_made.get(digest)

    def _secret(self) -> bytes | None:
        try:
            return self.secret()
        except ConfigError as exc:
            log.error("API keys cannot be checked", extra={"reason": str(exc)})  # noqa: TRY400 - one line tells it
            raise unavailable() from exc

    async def aclose(self) -> None:
        """End what is under way."""
        await self.ring.aclose()
        for each in (self.tokens, self.login):
            if each is not None:
                await each.aclose()


class Strangers:
    """Knows nobody: whoever says who they are is refused."""

    async def of(self, fields: Fields) -> None:
        """Let in who sends no credential.

        Raises:
            RefusedError: There is one.
        """
        if _FIELD in fields:
            raise unauthenticated()


def _bearer(sent: bytes) -> str:
    """The credential of an ``Authorization`` field."""
    if len(sent) > LONGEST or not sent.isascii():
        raise unauthenticated()
    scheme, _, credential = sent.decode("ascii").partition(" ")
    if scheme.lower() != "bearer":
        raise unauthenticated("Only the scheme `Bearer` is known here.")
    return credential.strip(" ")
