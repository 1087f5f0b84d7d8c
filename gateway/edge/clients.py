"""How much each client may ask for: its operations' cost in each minute.

Off unless an allowance is set: behind a proxy that is not named as trusted, all clients would share
the proxy's. Answers that were kept, or that somebody else was waiting for already, cost nothing.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from typing import Final

from gateway.edge.graphql.cost import CostWish, cost_wish
from gateway.edge.graphql.ports import Asked, Caller
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.engine.cost import Costs
from gateway.engine.prepared import Prepared
from gateway.quota.allowance import MINUTE_US, SECOND_US, Allowance, Allowed
from gateway.quota.tabs import Tabs
from gateway.transport.clock import Clock

MOST_EMPTY: Final = 10_000
REFUSED: Final = 10
"""Cost of a document that is refused: reading it may have taken tens of milliseconds."""
_NAME: Final = '"cost"'


class ClientLimits:
    """Lets each client spend its allowance.

    Args:
        costs: Reckons operations.
        tabs: What each client has spent.
        per_minute: Its allowance.
        clock: Monotonic seconds.
    """

    def __init__(
        self, costs: Costs, tabs: Tabs, *, per_minute: int, clock: Clock = time.monotonic
    ) -> None:
        self._costs = costs
        self._tabs = tabs
        self._per_minute = per_minute
        self._step_us = Allowance.of(per_minute).step_us
        self._policy = f"{_NAME};q={per_minute};w={MINUTE_US // SECOND_US}"
        self._clock = clock
        self._empty: OrderedDict[str, float] = OrderedDict()
        self._refunds: set[asyncio.Task[Allowed]] = set()

    def check(self, caller: Caller) -> None:
        """Refuse at once who is known to have spent all.

        Raises:
            RefusedError: Nothing is left for now.
        """
        until_s = self._empty.get(caller.key)
        if until_s is None:
            return
        wait_s = until_s - self._clock()
        if wait_s > 0.0:
            raise self._refusal(1, Allowed(math.ceil(wait_s * SECOND_US), 0, MINUTE_US))
        del self._empty[caller.key]

    async def spend(self, prepared: Prepared | None, asked: Asked) -> None:
        """Count one operation, and tell the client how it stands.

        Raises:
            RefusedError: It costs more than is left.
        """
        cost = REFUSED if prepared is None else self._cost(prepared, asked)
        allowed = await self._tabs.take(asked.caller.key, cost)
        if allowed.wait_us:
            self._note(asked.caller.key, allowed)
            raise self._refusal(cost, allowed)
        asked.more = (
            (b"ratelimit-policy", self._policy.encode("ascii")),
            (b"ratelimit", _standing(allowed).encode("ascii")),
        )

    def refund(self, prepared: Prepared, asked: Asked) -> None:
        """Give back what an operation cost that was not executed."""
        taking = self._tabs.take(asked.caller.key, -self._cost(prepared, asked))
        task = asyncio.create_task(taking)
        self._refunds.add(task)
        task.add_done_callback(self._refunds.discard)

    async def aclose(self) -> None:
        """Finish what is under way."""
        await asyncio.gather(*self._refunds, return_exceptions=True)

    def _cost(self, prepared: Prepared, asked: Asked) -> int:
        if cost_wish(asked.fields) is CostWish.PREVIEW:
            return 1
        cost = self._costs.of(prepared, asked.params.variables).cost
        return max(1, min(cost, self._costs.most))  # what costs more is refused by itself

    def _note(self, key: str, allowed: Allowed) -> None:
        """Remember who cannot have anything for a while, however little it costs."""
        empty_us = allowed.whole_us - MINUTE_US + self._step_us
        if empty_us > 0:
            self._empty[key] = self._clock() + empty_us / SECOND_US
            if len(self._empty) > MOST_EMPTY:
                self._empty.popitem(last=False)

    def _refusal(self, cost: int, allowed: Allowed) -> RefusedError:
        wait_us = allowed.wait_us
        return RefusedError(
            RefusalCode.CLIENT_RATE_LIMITED,
            f"Of the {self._per_minute} that operations of one client may cost in a minute, "
            f"{allowed.left} are left; this one costs {cost}. Wait, or ask for less: "
            "`X-Cost: preview` tells what an operation costs.",
            extensions={"retryable": True, "retryAfterMs": math.ceil(wait_us / 1000)},
            Retry_After=str(math.ceil(wait_us / SECOND_US)),
            RateLimit_Policy=self._policy,
            RateLimit=_standing(allowed),
        )


def _standing(allowed: Allowed) -> str:
    """The draft's ``RateLimit``: what is left, and the seconds until all is there again."""
    return f"{_NAME};r={allowed.left};t={math.ceil(allowed.whole_us / SECOND_US)}"
