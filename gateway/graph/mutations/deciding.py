"""Decide on a request, or take it back."""

from __future__ import annotations

from typing import Annotated, TypeVar, cast

import strawberry

from gateway.domain.request_outcomes import (
    Cancelled,
    CancelOutcome,
    Changed,
    DecideOutcome,
    Outcome,
)
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Decision, RequestStore
from gateway.domain.role import Role
from gateway.errors import BadUserInputError
from gateway.graph.access import Guard, own_or, requires
from gateway.graph.context import Info
from gateway.graph.mutations.carrying import carry_out, refusal_of, refuse
from gateway.graph.mutations.inputs import (
    ApproveRequestInput,
    CancelRequestInput,
    DeclineRequestInput,
    RetryRequestInput,
    checked_key,
    checked_reason,
    request_id_of,
)
from gateway.graph.mutations.results import (
    ApproveRequestResult,
    ApproveRequestSuccess,
    CancelRequestResult,
    CancelRequestSuccess,
    DeclineRequestResult,
    DeclineRequestSuccess,
    InvalidInput,
    Refused,
    RetryRequestResult,
    RetryRequestSuccess,
)
from gateway.graph.request import MediaRequest

_FOR_MANAGERS = Guard(requires(Role.MANAGER), refuse=refuse)


@strawberry.mutation(
    description="Approve a request that waits for a decision.", extensions=[_FOR_MANAGERS]
)
async def approve_request(
    info: Info,
    input: Annotated[ApproveRequestInput, strawberry.argument(description="Which one.")],  # noqa: A002 - Relay's name
) -> ApproveRequestResult:
    """Let it come true."""
    found = await _decide(info, input, Step.APPROVE)
    if isinstance(found, Refused):
        return cast("ApproveRequestResult", found)
    return ApproveRequestSuccess(request=found)


@strawberry.mutation(
    description="Decline a request that waits for a decision.", extensions=[_FOR_MANAGERS]
)
async def decline_request(
    info: Info,
    input: Annotated[  # noqa: A002 - Relay's name
        DeclineRequestInput, strawberry.argument(description="Which one, and why.")
    ],
) -> DeclineRequestResult:
    """Refuse it."""
    found = await _decide(info, input, Step.DECLINE)
    if isinstance(found, Refused):
        return cast("DeclineRequestResult", found)
    return DeclineRequestSuccess(request=found)


@strawberry.mutation(
    description="Try a request again that was approved and failed.", extensions=[_FOR_MANAGERS]
)
async def retry_request(
    info: Info,
    input: Annotated[RetryRequestInput, strawberry.argument(description="Which one.")],  # noqa: A002 - Relay's name
) -> RetryRequestResult:
    """Approve it anew."""
    found = await _decide(info, input, Step.RETRY)
    if isinstance(found, Refused):
        return cast("RetryRequestResult", found)
    return RetryRequestSuccess(request=found)


@strawberry.mutation(
    description="Take a request back: its owner while it waits for a decision, a manager at any "
    "time.",
    metadata=own_or(Role.MANAGER).declared,  # judged where its owner is known: in the store
)
async def cancel_request(
    info: Info,
    input: Annotated[CancelRequestInput, strawberry.argument(description="Which one.")],  # noqa: A002 - Relay's name
) -> CancelRequestResult:
    """Delete it."""
    if info.context.viewer is None:
        return refuse(info)
    try:
        request_id, key = request_id_of(input.id), checked_key(input.idempotency_key)
    except BadUserInputError as exc:
        return InvalidInput.of(exc)

    async def write(store: RequestStore, actor: Actor) -> CancelOutcome:
        return await store.cancel(actor, request_id, version=input.version, key=key)

    found = _shown(await carry_out(info, write, f"request:{request_id}"))
    if isinstance(found, Refused):
        return cast("CancelRequestResult", found)
    return CancelRequestSuccess(request=found)


_Input = TypeVar("_Input", ApproveRequestInput, DeclineRequestInput, RetryRequestInput)


async def _decide(info: Info, wanted: _Input, decision: Decision) -> MediaRequest | Refused:
    try:
        request_id, key = request_id_of(wanted.id), checked_key(wanted.idempotency_key)
        given = wanted.reason if isinstance(wanted, DeclineRequestInput) else None
        reason = checked_reason(given)
    except BadUserInputError as exc:
        return InvalidInput.of(exc)

    async def write(store: RequestStore, actor: Actor) -> DecideOutcome:
        return await store.decide(
            actor, request_id, decision, reason=reason, version=wanted.version, key=key
        )

    return _shown(await carry_out(info, write, f"request:{request_id}"))


def _shown(outcome: Outcome | Refused) -> MediaRequest | Refused:
    if isinstance(outcome, Refused):
        return outcome
    if isinstance(outcome, Changed | Cancelled):
        return MediaRequest.of(outcome.request)
    return refusal_of(outcome)
