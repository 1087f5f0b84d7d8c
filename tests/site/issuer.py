"""An issuer as strict as the real ones: people, codes that work once, PKCE, tokens it signs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tests.identity.issuing import RSA, public, signed

CLIENT = "marquee-pages"
CLIENT_SECRET = "the-pages'-own:secret"  # noqa: S105 - a test's own


@dataclass
class PlayedIssuer:
    """Answers over HTTP."""

    name: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    spoil: dict[str, Any] = field(default_factory=dict)
    """Claims that its next token has instead."""

    def let_in(self, url: str) -> str:
        """A person says yes at the address where a gateway sent them: where they are sent on."""
        found = urlsplit(url)
        asked = dict(parse_qsl(found.query, strict_parsing=True))
        assert url.startswith(f"{self.name}/authorize?")
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        told = {"code": code, "state": asked["state"], "iss": self.name}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def redeem(self, body: bytes, authorization: str) -> tuple[int, dict[str, Any]]:
        """Give a token for a code, once, to whoever began."""
        sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        words = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        assert words == "marquee-pages:the-pages%27-own%3Asecret"
        asked = self.codes.pop(sent["code"], None)
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if sent["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now_s = time.time()
        claims = {"iss": self.name, "aud": CLIENT, "exp": now_s + 300, "iat": now_s}
        token = signed(**{**claims, "nonce": asked["nonce"], **self.spoil})
        return 200, {"token_type": "Bearer", "id_token": token}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One exchange of HTTP/1.1."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        fields = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:]) if k}
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        status, told = 404, {}
        if (method, path) == ("GET", "/.well-known/openid-configuration"):
            status, told = (
                200,
                {
                    "issuer": self.name,
                    "jwks_uri": f"{self.name}/keys",
                    "authorization_endpoint": f"{self.name}/authorize",
                    "token_endpoint": f"{self.name}/token",
                },
            )
        elif (method, path) == ("GET", "/keys"):
            status, told = 200, {"keys": [public(RSA, kid="rsa")]}
        elif (method, path) == ("POST", "/token"):
            status, told = self.redeem(body, fields["authorization"])
        sent = json.dumps(told).encode()
        writer.write(
            b"HTTP/1.1 %d Told\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
            b"Connection: close\r\n\r\n%b" % (status, len(sent), sent)
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def issuing() -> AsyncIterator[PlayedIssuer]:
    """One that answers at a free port."""
    issuer = PlayedIssuer()
    server = await asyncio.start_server(issuer.answer, "127.0.0.1", 0)
    async with server:
        issuer.name = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield issuer
