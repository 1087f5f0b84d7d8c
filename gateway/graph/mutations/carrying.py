"""What all mutations share: who acts, what is sent, and what is forgotten after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

from gateway.domain import request_outcomes as outcomes
from gateway.domain.request_outcomes import Outcome
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import RequestStore
from gateway.errors import UpstreamError, UpstreamRejectedError
from gateway.graph.context import GraphContext, Info
from gateway.graph.mutations.results import (
    DuplicateRequest,
    IdempotencyKeyReused,
    MovieBlocklisted,
    MovieNotFound,
    NotPermitted,
    Refused,
    RequestConflict,
    RequestNotFound,
    RequestQuotaExceeded,
    RequestRejected,
    UpstreamUnavailable,
)
from gateway.graph.request import MediaRequest
from gateway.graph.request_quota import RequestQuota
from gateway.transport.judge import may_have_acted

R = TypeVar("R", bound=Outcome)

Write: TypeAlias = Callable[[RequestStore, Actor], Awaitable[R]]

_LISTS: Final = "requests"
"""What every answer with requests in it is purged by."""


async def carry_out(info: Info, write: Write[R], *touched: str) -> R | Refused:
    """Write on behalf of the viewer, and forget what shows how it was.

    Args:
        info: Of the mutation.
        write: Sent once, and then run to its end.
        touched: Further tags of what may change.

    Returns:
        What the store says of it, or why nobody was asked or nobody knows.
    """
    context = info.context
    store, sent = context.runtime.store, False
    if store is None:
        return RequestRejected(message="This gateway keeps no requests.", code="REQUESTS_ARE_OFF")

    async def written() -> R:
        nonlocal sent
        sent = True
        try:
            outcome = await write(store, actor)
        finally:  # a write without an answer may have been done
            await _forget(context, touched)
        await _forget(context, _tags(outcome))
        return outcome

    try:
        found = await context.actor()
        if found is None:
            return _is_nobody(info)
        actor = found
        return await context.runtime.writes.run("requests", written)
    except UpstreamError as exc:
        return unavailable(exc, sent=sent)


def unavailable(exc: UpstreamError, *, sent: bool) -> Refused:
    """An upstream's failure as data.

    Args:
        exc: The failure.
        sent: Whether it met the write, and not what comes before it.
    """
    if sent and isinstance(exc, UpstreamRejectedError):
        return RequestRejected(message=str(exc), code="REQUEST_REJECTED")
    return UpstreamUnavailable.of(exc, uncertain=sent and may_have_acted(exc))


def refuse(info: Info) -> NotPermitted:
    """For those whose business a mutation is not."""
    if info.context.viewer is None:
        return NotPermitted(message="Show who you are first.", code="UNAUTHENTICATED")
    return NotPermitted(message="Your role does not let you do this.", code="FORBIDDEN")


def refusal_of(outcome: Outcome) -> Refused:  # noqa: PLR0911 - one for each
    """Why a store has not done it."""
    match outcome:
        case outcomes.Duplicate(existing):
            return DuplicateRequest(
                message="Somebody else has asked for this film.",
                code="DUPLICATE_REQUEST",
                request=MediaRequest.of(existing),
            )
        case outcomes.QuotaExceeded(quota):
            return RequestQuotaExceeded(
                message="You have made as many requests as you may, for now.",
                code="QUOTA_EXCEEDED",
                quota=RequestQuota.of(quota),
            )
        case outcomes.Blocklisted(tmdb_id):
            message = "Whoever runs the library does not want this film."
            return MovieBlocklisted(message=message, code="BLOCKLISTED", tmdb_id=tmdb_id)
        case outcomes.MovieUnknown():
            return no_movie()
        case outcomes.Conflict(current):
            return RequestConflict(
                message=f"The request is {current.status.value} now.",
                code="REQUEST_CONFLICT",
                request=MediaRequest.of(current),
            )
        case outcomes.NotFound():
            return no_request()
        case outcomes.KeyReused():
            return IdempotencyKeyReused(
                message="This idempotency key came with another input before.",
                code="IDEMPOTENCY_KEY_REUSED",
                path=["input", "idempotencyKey"],
            )
        case outcomes.NotPermitted():
            return NotPermitted(message="You may not do this.", code="FORBIDDEN")
        case outcomes.Rejected(message):
            return RequestRejected(message=message, code="REQUEST_REJECTED")
    raise TypeError(f"{type(outcome).__name__} is no refusal")


def no_movie() -> MovieNotFound:
    """TMDB knows no such film."""
    return MovieNotFound(
        message="There is no such film.", code="MOVIE_NOT_FOUND", path=["input", "movie"]
    )


def no_request() -> RequestNotFound:
    """Nobody has made it, or it is gone."""
    return RequestNotFound(
        message="There is no such request.", code="REQUEST_NOT_FOUND", path=["input", "id"]
    )


def _is_nobody(info: Info) -> NotPermitted:
    if info.context.viewer is None:
        return refuse(info)
    return NotPermitted(message="You act as nobody where requests are kept.", code="NO_STORE_USER")


def _tags(outcome: Outcome) -> tuple[str, ...]:
    """What shows the request that an outcome tells of."""
    match outcome:
        case (
            outcomes.Created(request)
            | outcomes.Changed(request)
            | outcomes.Cancelled(request)
            | outcomes.Conflict(request)
            | outcomes.Duplicate(request)
        ):
            return (f"request:{request.request_id}",)
    return ()


async def _forget(context: GraphContext, tags: tuple[str, ...]) -> None:
    """Whoever reads after this, also later in the same operation, reads anew; others are told."""
    context.forget_loaded()
    await context.cache.purge(_LISTS, *tags)
    if context.runtime.feed is not None:
        context.runtime.feed.nudge()
