"""The issuer's keys: fetched when they are needed, renewed beside, kept through an outage."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final
from urllib.parse import urlsplit

from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.graphql.strict_json import parse_json
from gateway.edge.identity.jwks import KeySet, read_keys
from gateway.edge.identity.refusals import unavailable
from gateway.transport.body import ACCEPT_ENCODING
from gateway.transport.clock import Clock
from gateway.transport.port import ExchangeError, HttpPort

log = logging.getLogger(__name__)

FRESH_S: Final = 600.0
RENEW_S: Final = 30.0
"""Between two calls, however many tokens name keys that are not known."""
RETRY_S: Final = 5.0
OUTAGE_S: Final = 86_400.0
CALL_S: Final = 3.0
MOST_BYTES: Final = 262_144
_OK: Final = 200
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": ACCEPT_ENCODING,
    "User-Agent": "marquee-gateway",
}


class NoKeysError(Exception):
    """The issuer gave no usable answer."""


class Issuer:
    """Whoever signs people's tokens.

    Args:
        port: The HTTP client; it is closed with the issuer. Redirects are not followed.
        name: As tokens name it.
        jwks_url: Where its keys are; ``None``: as its discovery document tells.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        port: HttpPort,
        *,
        name: str,
        jwks_url: str | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.name = name
        self._port = port
        self._given_url = jwks_url
        self._found_url: str | None = None
        self._clock = clock
        self._set: KeySet | None = None
        self._heard_s = float("-inf")
        self._called_s = float("-inf")
        self._calling: asyncio.Task[None] | None = None

    async def keys(self) -> KeySet:
        """Its keys, of the last ten minutes if it answers, else of the last day.

        Raises:
            RefusedError: It has not answered for too long.
        """
        age_s = self._clock() - self._heard_s
        if self._set is not None and age_s <= OUTAGE_S:
            if age_s > FRESH_S:
                self._call(RETRY_S)
            return self._set
        await self._wait(self._call(RETRY_S))
        if self._set is None or self._clock() - self._heard_s > OUTAGE_S:
            raise unavailable(round(RETRY_S))
        return self._set

    async def renewed(self) -> KeySet:
        """Its keys, asked for anew unless that was done a moment ago.

        Raises:
            RefusedError: It has not answered for too long.
        """
        await self._wait(self._call(RENEW_S))
        return await self.keys()

    async def aclose(self) -> None:
        """End what is under way, and close the connections."""
        if self._calling is not None:
            self._calling.cancel()
            await asyncio.gather(self._calling, return_exceptions=True)
        await self._port.aclose()

    def _call(self, pause_s: float) -> asyncio.Task[None] | None:
        """Call once for all who want to know; ``None``: that was done within the pause."""
        if self._calling is None and self._clock() - self._called_s >= pause_s:
            self._called_s = self._clock()
            self._calling = asyncio.create_task(self._load())
            self._calling.add_done_callback(self._called)
        return self._calling

    def _called(self, _: asyncio.Task[None]) -> None:
        self._calling = None

    async def _wait(self, calling: asyncio.Task[None] | None) -> None:
        if calling is not None:
            await asyncio.wait({calling})

    async def _load(self) -> None:
        try:
            url = self._given_url or self._found_url or await self._discovered()
            found = read_keys(await self._get(url))
        except (NoKeysError, ValueError, TypeError) as exc:
            self._found_url = None
            log.warning("the issuer's keys cannot be read", extra={"reason": str(exc)})
            return
        if not found.keys:
            log.warning("the issuer has no key that can be used")
        self._found_url = url
        self._set, self._heard_s = found, self._clock()

    async def _discovered(self) -> str:
        """Where its discovery document says that its keys are."""
        path = "/.well-known/openid-configuration"
        try:
            document = parse_json(await self._get(self.name.rstrip("/") + path))
        except RefusedError as exc:
            raise NoKeysError("its discovery document is not JSON") from exc
        told = document if isinstance(document, dict) else {}
        url = told.get("jwks_uri")
        if told.get("issuer") != self.name or not isinstance(url, str):
            raise NoKeysError("its discovery document is another issuer's")
        if not _is_as_safe(url, self.name):
            raise NoKeysError("its discovery document names no safe address")
        return url

    async def _get(self, url: str) -> bytes:
        try:
            answer = await self._port.send("GET", url, headers=_HEADERS, timeout_s=CALL_S)
        except ExchangeError as exc:
            raise NoKeysError(str(exc)) from exc
        if answer.status != _OK or len(answer.body) > MOST_BYTES:
            raise NoKeysError(f"status {answer.status}, {len(answer.body)} bytes")
        return answer.body


def _is_as_safe(url: str, issuer: str) -> bool:
    """Keys that come over HTTP are anybody's; only an issuer that is reached so may say so."""
    try:
        found = urlsplit(url)
    except ValueError:
        return False
    allowed = {"https", urlsplit(issuer).scheme}
    return found.scheme in allowed and bool(found.hostname) and found.username is None
