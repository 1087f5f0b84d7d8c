"""Signing in at an issuer: the authorization-code flow with PKCE (RFC 6749, 7636, 9700)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Protocol, Self
from urllib.parse import quote, urlencode

from gateway.domain.viewer import Viewer
from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.graphql.strict_json import parse_json
from gateway.edge.identity.discovery import IssuerError, address, asked, discovered
from gateway.edge.identity.refusals import unauthenticated, unavailable
from gateway.transport.port import HttpPort

log = logging.getLogger(__name__)

FORM: Final = "application/x-www-form-urlencoded"
_SUM_BYTES: Final = 32


class ReadsTokens(Protocol):
    """Reads the tokens of the issuer that are meant for this client."""

    async def viewer(self, token: str) -> Viewer:
        """Whoever bears one.

        Raises:
            RefusedError: It is not good, or nobody can tell right now.
        """
        ...

    async def aclose(self) -> None:
        """Close what the issuer is reached by."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A sign-in under way, as its browser keeps it meanwhile.

    Args:
        redirect_uri: Where the issuer sends the browser back to.
        next_path: Where to go on then.
        state: Tells this browser's from a foreign one's.
        nonce: Tells the token of this sign-in from others'.
        verifier: Of PKCE: who stole the code has no use for it.
    """

    redirect_uri: str
    next_path: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def written(self, secret: bytes) -> str:
        """As a cookie's value."""
        content = json.dumps(asdict(self)).encode()
        return base64.urlsafe_b64encode(_sum(secret, content) + content).decode().rstrip("=")

    @classmethod
    def read(cls, secret: bytes, value: str) -> Self | None:
        """What a cookie says; ``None`` if we did not write it."""
        try:
            found = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        told, content = found[:_SUM_BYTES], found[_SUM_BYTES:]
        if not hmac.compare_digest(told, _sum(secret, content)):
            return None
        return cls(**json.loads(content))


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Signs people in.

    Args:
        port: The HTTP client; it is closed with this.
        name: The issuer's, as its tokens have it.
        client_id: Ours there.
        client_secret: Ours there; ``None``: we are a public client.
        scopes: What to ask for.
        tokens: Reads the tokens that it gives.
    """

    port: HttpPort
    name: str
    client_id: str
    tokens: ReadsTokens
    client_secret: str | None = field(default=None, repr=False)
    scopes: str = "openid profile"

    async def begin(self, pending: Pending) -> str:
        """Where to send the browser.

        Raises:
            RefusedError: The issuer does not answer.
        """
        challenge = hashlib.sha256(pending.verifier.encode("ascii")).digest()
        asks = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": pending.redirect_uri,
            "scope": self.scopes,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        where = await self._address("authorization_endpoint")
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asks)}"

    async def finish(self, pending: Pending, told: Mapping[str, str]) -> Viewer:
        """Whoever came back.

        Raises:
            RefusedError: It is not whom we sent, or the issuer does not answer.
        """
        state, code, issuer = (told.get(name, "") for name in ("state", "code", "iss"))
        if not hmac.compare_digest(state.encode(), pending.state.encode()):
            raise unauthenticated("This sign-in was begun elsewhere.")
        if issuer not in {"", self.name} or not code:
            raise unauthenticated("The issuer did not let you in.")
        token = await self._redeemed(pending, code)
        viewer = await self.tokens.viewer(token)
        if _nonce_of(token) != pending.nonce:
            raise unauthenticated("This sign-in was begun elsewhere.")
        return viewer

    async def aclose(self) -> None:
        """Close the connections."""
        await self.tokens.aclose()
        await self.port.aclose()

    async def _redeemed(self, pending: Pending, code: str) -> str:
        """The token that the code stands for."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": pending.redirect_uri,
            "client_id": self.client_id,
            "code_verifier": pending.verifier,
        }
        headers = {"Content-Type": FORM, **self._credentials()}
        where = await self._address("token_endpoint")
        try:
            body = await asked(self.port, where, form=urlencode(sent).encode(), headers=headers)
            answer = parse_json(body)
        except (IssuerError, RefusedError) as exc:
            log.warning("the issuer takes no code", extra={"reason": str(exc)})
            raise unauthenticated("The issuer did not let you in.") from exc
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise unauthenticated("The issuer did not say who you are.")
        return token

    def _credentials(self) -> Mapping[str, str]:
        if self.client_secret is None:
            return {}
        words = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(words.encode()).decode()}"}

    async def _address(self, member: str) -> str:
        try:
            return address(await discovered(self.port, self.name), member, self.name)
        except IssuerError as exc:
            log.warning("nobody can sign in", extra={"reason": str(exc)})
            raise unavailable() from exc


def _sum(secret: bytes, content: bytes) -> bytes:
    key = hmac.digest(secret, b"marquee sign-in", "sha256")
    return hmac.digest(key, content, "sha256")


def _nonce_of(token: str) -> object:
    """Out of a token whose signature is good."""
    part = token.split(".")[1]
    claims = parse_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims.get("nonce") if isinstance(claims, dict) else None
