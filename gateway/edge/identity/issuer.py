"""The issuer's keys: fetched when they are needed, renewed beside, kept through an outage."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from gateway.edge.identity.discovery import IssuerError, address, asked, discovered
from gateway.edge.identity.jwks import KeySet, read_keys
from gateway.edge.identity.refusals import unavailable
from gateway.transport.clock import Clock
from gateway.transport.port import HttpPort

log = logging.getLogger(__name__)

FRESH_S: Final = 600.0
RENEW_S: Final = 30.0
"""Between two calls, however many tokens name keys that are not known."""
RETRY_S: Final = 5.0
OUTAGE_S: Final = 86_400.0


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
            url = self._given_url or self._found_url
            if url is None:
                url = address(await discovered(self._port, self.name), "jwks_uri", self.name)
            found = read_keys(await asked(self._port, url))
        except (IssuerError, ValueError, TypeError) as exc:
            self._found_url = None
            log.warning("the issuer's keys cannot be read", extra={"reason": str(exc)})
            return
        if not found.keys:
            log.warning("the issuer has no key that can be used")
        self._found_url = url
        self._set, self._heard_s = found, self._clock()
