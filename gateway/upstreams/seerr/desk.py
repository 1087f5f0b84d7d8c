"""What every write needs: a way to Seerr, a memory, and somebody to tell."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn

from gateway.domain.request_outcomes import NotPermitted, Rejected
from gateway.errors import (
    UpstreamError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.transport.deadline import remaining_s
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.refusals import Refusal, Why
from gateway.upstreams.seerr.slips import Slips

_PAUSES_S: Final = (0.0, 0.1, 0.3, 0.6, 1.0)
_SPARE_S: Final = 0.2
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Shared by all writes.

    Attributes:
        client: Reads as the gateway's own Seerr user.
        slips: Which writes are under way, so that one that was cut is known to whoever comes next.
        purge: Makes the cache forget tags.
        now: Aware wall time.
        sleep: Between two looks at what became of a write.
    """

    client: SeerrClient
    slips: Slips
    purge: Callable[..., Awaitable[object]]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def forget(self, tmdb_id: int, *request_ids: int) -> None:
        """Drop what shows requests, or this film: nobody is to be shown how it was."""
        await self.purge("requests", f"movie:{tmdb_id}", *(f"request:{n}" for n in request_ids))

    async def looks(self, operation: str) -> AsyncIterator[None]:
        """Moments to look what became of a write whose answer is missing."""
        _LOG.warning("answer lost", extra={"upstream": "seerr", "operation": operation})
        for pause_s in _PAUSES_S:
            if remaining_s() < pause_s + _SPARE_S:
                return
            await self.sleep(pause_s)
            yield

    async def refused(self, operation: str, refusal: Refusal) -> NotPermitted | Rejected:
        """What a refusal means that may meet any write.

        Raises:
            UpstreamError: It is no matter of the person's.
        """
        match refusal.why:
            case Why.NOT_PERMITTED:
                return NotPermitted()
            case Why.GATE:
                await self.client.me()  # raises if it is our key that is refused, not the person
                return NotPermitted()
            case Why.KEY | Why.CSRF | Why.TMDB_AWAY:
                fail(operation, refusal.why)
        return Rejected(refusal.message)


@contextmanager
def nothing_sent(*, before: bool = False) -> Iterator[None]:
    """What fails here has surely done nothing.

    Args:
        before: An earlier call of the same person may have done it all the same.
    """
    try:
        yield
    except UpstreamError as exc:
        exc.is_inert = not before
        raise


def fail(operation: str, why: Why) -> NoReturn:
    """Nothing was done, and the person cannot help it.

    Raises:
        UpstreamError: Always.
    """
    if why is Why.KEY:
        raise UpstreamUnauthorizedError("seerr", operation, "refused our key", is_inert=True)
    if why is Why.CSRF:
        detail = "its CSRF protection is on, which lets no key write"
        raise UpstreamRejectedError("seerr", operation, detail, is_inert=True)
    detail = "TMDB did not answer it" if why is Why.TMDB_AWAY else "failed, and nothing was done"
    raise UpstreamUnavailableError("seerr", operation, detail, is_inert=True)
