"""Idempotency keys, which Seerr has none of: what was answered to each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from gateway.domain.request_outcomes import (
    Blocklisted,
    Cancelled,
    Changed,
    Conflict,
    Created,
    Duplicate,
    KeyReused,
    MovieUnknown,
    NotFound,
    NotPermitted,
    Outcome,
    QuotaExceeded,
    Rejected,
    Unconfirmed,
)
from gateway.upstreams.seerr.slips import Slips
from gateway.upstreams.seerr.turns import Turns

T = TypeVar("T", bound=Outcome)

KEPT_S: Final = 7 * 24 * 3600.0
_KINDS: Final = {
    kind.__name__: kind
    for kind in (
        *(Created, Duplicate, QuotaExceeded, Blocklisted, MovieUnknown, NotPermitted, Rejected),
        *(Changed, Cancelled, Conflict, NotFound),
    )
}


class _Slip(BaseModel):
    """What is kept of a key; without a reply nobody knows yet what became of it."""

    payload: str
    kind: str | None = None
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that a call came with.

    Attributes:
        name: Of its slip: whose it is, and the key, which may be of any length.
        payload: Tells what was asked from anything else.
    """

    name: str
    payload: str

    @classmethod
    def of(cls, user_id: int, key: str | None, *parts: object) -> Claim | None:
        """Read a call's; ``None`` without a key."""
        if key is None:
            return None
        return cls(f"key:{user_id}:{_digest(key)}", _digest(json.dumps([str(p) for p in parts])))


@dataclass(frozen=True, slots=True)
class Replies:
    """Gives the first reply to all who come with the same key.

    Attributes:
        turns: Two with the same key wait for each other.
        slips: Where replies are kept.
    """

    turns: Turns
    slips: Slips

    async def once(
        self, operation: str, claim: Claim | None, work: Callable[[], Awaitable[T]]
    ) -> T | KeyReused:
        """Do the work, or give the reply that its key had before.

        Work that raised, or whose end is not known, is done again; it looks before it acts.
        """
        if claim is None:
            return await work()
        async with self.turns.hold(operation, claim.name):
            kept = _read(await self.slips.get(claim.name))
            if kept is not None and kept.payload != claim.payload:
                return KeyReused()
            known = None if kept is None else _reply(kept)
            if known is not None:
                return cast("T", known)
            if kept is None:
                await self._keep(claim, None)
            outcome = await work()
            if not isinstance(outcome, Unconfirmed):
                await self._keep(claim, outcome)
            return outcome

    async def _keep(self, claim: Claim, outcome: Outcome | None) -> None:
        slip = _Slip(payload=claim.payload)
        if outcome is not None:
            slip.kind = type(outcome).__name__
            slip.reply = _adapter(slip.kind).dump_json(outcome).decode()
        await self.slips.put(claim.name, slip.model_dump_json(), life_s=KEPT_S)


def _read(text: str | None) -> _Slip | None:
    if text is None:
        return None
    try:
        return _Slip.model_validate_json(text)
    except ValidationError:  # of another release
        return None


def _reply(slip: _Slip) -> Outcome | None:
    if slip.kind not in _KINDS or slip.reply is None:
        return None
    return _adapter(slip.kind).validate_json(slip.reply)


@cache
def _adapter(kind: str) -> TypeAdapter[Outcome]:
    return TypeAdapter(_KINDS[kind])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
