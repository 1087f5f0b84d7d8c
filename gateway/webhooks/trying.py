"""What an operator tries by hand: whether an address may be called, and whether it answers."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.domain.webhook import Endpoint
from gateway.transport.pinned import PinnedSender
from gateway.transport.port import ExchangeError
from gateway.transport.targets import TargetRefusedError
from gateway.webhooks.courier import HEADERS
from gateway.webhooks.payload import written
from gateway.webhooks.schedule import is_success
from gateway.webhooks.signing import signed


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an address is not called.

    Attributes:
        text: In a few words, without the URL.
        is_final: Whether that is so whatever its name will lead to.
    """

    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """How a message was answered."""

    text: str
    is_well: bool


async def objection(url: str, *, private: bool) -> Objection | None:
    """Look at an address before it is kept; ``None``: it can be called."""
    sender = PinnedSender(private=private)
    try:
        await sender.check(url)
    except TargetRefusedError as exc:
        return Objection(str(exc), is_final=True)
    except ExchangeError as exc:
        return Objection(str(exc), is_final=False)
    finally:
        sender.close()
    return None


async def trial(endpoint: Endpoint, key: bytes, *, private: bool) -> Trial:
    """Send a message that is about nothing, once."""
    now = datetime.now(UTC)
    body = written("webhook.test", now, {"endpoint": endpoint.endpoint_id}).encode()
    proof = signed(key, uuid.uuid4().hex, at_s=int(now.timestamp()), body=body)
    sender = PinnedSender(private=private)
    began_s = time.monotonic()
    try:
        heard = await sender.post(endpoint.url, headers={**HEADERS, **proof}, body=body)
    except ExchangeError as exc:
        return Trial(f"not reached: {exc}", is_well=False)
    finally:
        sender.close()
    spent_ms = (time.monotonic() - began_s) * 1000
    return Trial(f"answered {heard.status} in {spent_ms:.0f} ms", is_well=is_success(heard.status))
