"""The gateway with its resilience and its cache taken out, to see what they cost."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from gateway.app import Gateway
from gateway.cache.readthrough import ReadThrough
from gateway.cache.slot import AnySlot, Apart, Cached, FetchMany, Source, Tagged, Tell
from gateway.errors import UpstreamError
from gateway.registry import load_subgraphs
from gateway.settings import GatewaySettings, resolve_upstreams
from gateway.transport.driver import Call
from gateway.transport.port import HttpPort

R = TypeVar("R")


class BareDriver:
    """Sends once and reads: no guard, no retry, no budget, no log."""

    def __init__(self, port: HttpPort) -> None:
        self._port = port

    async def run(self, call: Call[R]) -> R:
        """See ``Driver.run``."""
        answer = await self._port.send(
            call.method, call.url, headers=call.headers, body=call.body, timeout_s=5.0
        )
        return call.read(answer)


class NoCache:
    """Fetches everything, every time; the cache that it replaces is only closed."""

    def __init__(self, replaced: ReadThrough) -> None:
        self._replaced = replaced
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(
        self,
        slots: Sequence[AnySlot],
        fetch: FetchMany,
        landed: Tell,
        *,
        apart: Apart | None = None,
    ) -> None:
        """See ``ReadThrough.ask``."""
        groups: dict[Hashable, list[AnySlot]] = {}
        for slot in slots:
            groups.setdefault(None if apart is None else apart(slot), []).append(slot)
        for group in groups.values():
            task = asyncio.create_task(_fetched(group, fetch, landed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def peek(self, _: AnySlot) -> None:
        """See ``ReadThrough.peek``."""

    @property
    def epoch(self) -> int:
        """See ``ReadThrough``."""
        return 0

    async def aclose(self) -> None:
        """Close what was open before."""
        await self._replaced.aclose()


async def _fetched(slots: Sequence[AnySlot], fetch: FetchMany, landed: Tell) -> None:
    values = await fetch(slots)
    for slot in slots:
        value = values[slot.key]
        if isinstance(value, Tagged):
            value = value.value
        is_error = isinstance(value, UpstreamError)
        landed(slot, value if is_error else Cached(value, Source.UPSTREAM, 0.0))  # type: ignore[arg-type]  # told apart just before


def gateway_on(origin: str, redis_url: str, **environ: str) -> tuple[GatewaySettings, Gateway]:
    """A gateway over a running sandbox, as `gateway serve` makes it."""
    classes = {each.name: each.settings for each in load_subgraphs()}
    given = {"GATEWAY_REDIS_URL": redis_url, "GATEWAY_DEADLINE_S": "20"}
    given["GATEWAY_ANSWER_CACHE"] = "off"  # it is not what is weighed
    for each in resolve_upstreams(classes, {}).values():
        given |= each.in_sandbox(origin)
    given |= environ
    settings = GatewaySettings.from_environ(given)
    return settings, Gateway(settings, resolve_upstreams(classes, given))


def take_out(gateway: Gateway, *, resilience: bool, cache: bool) -> None:
    """Bypass one layer or both; the HTTP clients stay."""
    for handle in gateway.runtime.upstreams.values():
        if resilience and handle.http is not None:
            handle.http._driver = BareDriver(handle.http._driver._port)  # type: ignore[assignment] # it drives as well
    if cache:
        gateway.cache = NoCache(gateway.cache)  # type: ignore[assignment] # all that loaders need of it
        gateway.runtime = replace(gateway.runtime, cache=gateway.cache)


def is_profiled() -> bool:
    """Whether somebody wants to see where the time goes."""
    return bool(os.environ.get("PROFILE"))
