"""Each upstream's settings, HTTP client, budgets and client, joined."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

from gateway.errors import ConfigError
from gateway.graph.context import UpstreamHandle
from gateway.quota.budget import UpstreamBudget
from gateway.quota.ledger import Ledger
from gateway.settings import UpstreamSettings
from gateway.subgraph import Subgraph
from gateway.transport.http import UpstreamHttp
from gateway.transport.pool import PoolLimits
from gateway.transport.port import HttpPort

PortFactory = Callable[[str, PoolLimits], HttpPort]


class Wiring:
    """Makes the upstreams' handles, and closes what they hold open.

    Args:
        ledger: Where quotas are kept for all processes.
        port: Makes the HTTP client of an upstream, by its name.
        replicas: Processes among which quotas are divided while the ledger is away.
    """

    def __init__(self, ledger: Ledger, port: PortFactory, *, replicas: int) -> None:
        self._ledger = ledger
        self._port = port
        self._replicas = replicas
        self._ports: list[HttpPort] = []
        self._budgets: list[UpstreamBudget] = []

    def connect(self, subgraph: Subgraph[Any, Any], settings: UpstreamSettings) -> UpstreamHandle:
        """Join one upstream; nothing is sent yet.

        Raises:
            ConfigError: It is to be played by a sandbox that nobody has started.
        """
        if not settings.enabled:
            return UpstreamHandle(name=subgraph.name)
        if settings.sandboxed:
            raise ConfigError(
                f"{settings.variable('base_url')}: `gateway serve` starts the sandbox; "
                "here give the address of a running one"
            )
        port = self._port(subgraph.name, subgraph.pool)
        self._ports.append(port)
        scope = hashlib.blake2b(settings.base_url.encode(), digest_size=4).hexdigest()
        http = UpstreamHttp(
            subgraph.name,
            port,
            base_url=settings.base_url,
            headers=settings.headers(),
            limits=subgraph.limits(settings),
            classify=subgraph.classify,
            hedged=subgraph.hedged(settings),
            budget=self._budget(subgraph, settings, scope),
        )
        client = subgraph.client(http, settings)
        return UpstreamHandle(
            name=subgraph.name, scope=scope, client=client, http=http, health=http
        )

    async def look(self) -> None:
        """Learn what is left of every budget."""
        await asyncio.gather(*(budget.look() for budget in self._budgets))

    async def aclose(self) -> None:
        """Give back what was booked ahead, and close the connections."""
        await asyncio.gather(*(budget.aclose() for budget in self._budgets))
        await asyncio.gather(*(port.aclose() for port in self._ports))

    def _budget(
        self, subgraph: Subgraph[Any, Any], settings: UpstreamSettings, scope: str
    ) -> UpstreamBudget | None:
        specs = subgraph.budgets(settings)
        if not specs:
            return None
        budget = UpstreamBudget(
            subgraph.name, specs, ledger=self._ledger, scope=scope, replicas=self._replicas
        )
        self._budgets.append(budget)
        return budget
