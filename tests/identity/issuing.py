"""An issuer of tokens: its keys, an HTTP port that it answers on, and clocks."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from gateway.edge.identity.bearers import Bearers
from gateway.edge.identity.issuer import Issuer
from gateway.edge.identity.people import Mapped, roles_of
from gateway.transport.port import HttpAnswer, NotConnectedError

NAME = "https://login.example/realms/home"
JWKS_URL = f"{NAME}/certs"
AUDIENCE = "marquee"
NOW_S = 1_790_000_000.0

RSA = rsa.generate_private_key(65537, 2048)
NEXT_RSA = rsa.generate_private_key(65537, 2048)
OTHER_RSA = rsa.generate_private_key(65537, 2048)
SHORT_RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to see it refused
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
P521 = ec.generate_private_key(ec.SECP521R1())
ED = ed25519.Ed25519PrivateKey.generate()


def public(key: Any, **more: object) -> dict[str, Any]:  # noqa: ANN401 - of any kind
    """A key as a set publishes it."""
    kind = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}
    algorithm: Any = next((v for k, v in kind.items() if isinstance(key, k)), OKPAlgorithm)
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "use": "sig", **more}


KEYS = [
    public(RSA, kid="rsa"),
    public(NEXT_RSA, kid="next"),
    public(P256, kid="p256"),
    public(P384, kid="p384"),
    public(P521, kid="p521"),
    public(ED, kid="ed"),
]
CLAIMS: dict[str, Any] = {
    "iss": NAME,
    "aud": AUDIENCE,
    "sub": "f81d4fae",
    "exp": NOW_S + 300,
    "iat": NOW_S,
    "name": "Ann Example",
    "realm_access": {"roles": ["staff", "offline_access"]},
    "seerr": 7,
}


def signed(
    key: Any = RSA,  # noqa: ANN401 - of any kind
    algorithm: str = "RS256",
    head: Mapping[str, Any] | None = None,
    **changed: object,
) -> str:
    """A token; a claim that is changed to ``None`` is left out."""
    claims = {name: value for name, value in {**CLAIMS, **changed}.items() if value is not None}
    headers = {"kid": "rsa", **(head or {})}
    return jwt.encode(claims, key, algorithm, {k: v for k, v in headers.items() if v is not None})


def part(content: object) -> str:
    """One part of a token that no library would write."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class PlayedPort:
    """Answers as the issuer does."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: list(KEYS))
    calls: list[str] = field(default_factory=list)
    away: bool = False
    answers: dict[str, HttpAnswer] = field(default_factory=dict)
    discovery: dict[str, Any] = field(
        default_factory=lambda: {"issuer": NAME, "jwks_uri": JWKS_URL}
    )
    is_closed: bool = False

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        assert (method, body, "Authorization" in headers) == ("GET", None, False)
        assert timeout_s <= 5
        self.calls.append(url)
        if self.away:
            raise NotConnectedError("no connection")
        if url in self.answers:
            return self.answers[url]
        told = {
            JWKS_URL: {"keys": self.keys},
            f"{NAME}/.well-known/openid-configuration": self.discovery,
        }
        if url not in told:
            return HttpAnswer(status=404, headers={}, body=b"")
        return HttpAnswer(status=200, headers={}, body=json.dumps(told[url]).encode())

    async def aclose(self) -> None:
        self.is_closed = True


@dataclass
class House:
    """An issuer, whoever reads its tokens, and the time."""

    port: PlayedPort
    bearers: Bearers
    time: dict[str, float]

    def pass_s(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.time["now"] += seconds


def house(jwks_url: str | None = JWKS_URL, roles: tuple[str, ...] = ("staff=manager",)) -> House:
    port, time = PlayedPort(), {"now": NOW_S}
    issuer = Issuer(port, name=NAME, jwks_url=jwks_url, clock=lambda: time["now"])
    mapped = Mapped(
        issuer=NAME,
        roles_claim="realm_access.roles",
        roles=roles_of(roles),
        name_claim="name",
        seerr_user_claim="seerr",
    )
    bearers = Bearers(issuer, audience=AUDIENCE, mapped=mapped, now=lambda: time["now"])
    return House(port, bearers, time)
