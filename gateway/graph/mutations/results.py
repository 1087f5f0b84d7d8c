"""What mutations answer: what was done, or why not."""

from __future__ import annotations

from typing import Annotated, Final, Self

import strawberry

from gateway.errors import BadUserInputError, UpstreamError
from gateway.graph.request import MediaRequest
from gateway.graph.request_quota import RequestQuota

_INPUT: Final = "input"


@strawberry.interface(
    name="UserError",
    description="Why something was not done. Members that a client does not know yet can be "
    "shown by these fields.",
)
class Refused:
    """A refusal that people can act on."""

    message: str = strawberry.field(description="For people, in English.")
    code: str = strawberry.field(description="For programs; never renamed.")
    path: list[str] | None = strawberry.field(
        default=None,
        description='The part of the input that is at fault, such as ["input", "id"]; null where '
        "none is.",
    )


@strawberry.type(description="Somebody else has asked for this film on this track.")
class DuplicateRequest(Refused):
    """Theirs stands."""

    request: MediaRequest = strawberry.field(description="The request that stands.")


@strawberry.type(description="The viewer has made as many requests as they may, for now.")
class RequestQuotaExceeded(Refused):
    """Places come free with time."""

    quota: RequestQuota = strawberry.field(description="How many, and when a place comes free.")


@strawberry.type(description="Whoever runs the library does not want this film.")
class MovieBlocklisted(Refused):
    """Nobody may ask for it."""

    tmdb_id: int = strawberry.field(description="TMDB's id of the film.")


@strawberry.type(
    description="The viewer may not do this; code UNAUTHENTICATED: the caller did not show who "
    "they are, FORBIDDEN: their role is too low, NO_STORE_USER: they act as nobody where requests "
    "are kept."
)
class NotPermitted(Refused):
    """Not this person."""


@strawberry.type(description="TMDB knows no such film.")
class MovieNotFound(Refused):
    """There is nothing to ask for."""


@strawberry.type(description="There is no such request, or no longer.")
class RequestNotFound(Refused):
    """It may have been cancelled."""


@strawberry.type(
    description="The request is not in a state for this, or has changed since the caller looked."
)
class RequestConflict(Refused):
    """Look again."""

    request: MediaRequest = strawberry.field(description="The request as it is now.")


@strawberry.type(description="The idempotency key came with another input before: take a new one.")
class IdempotencyKeyReused(Refused):
    """Nothing was done."""


@strawberry.type(description="A part of the input means nothing; `path` says which.")
class InvalidInput(Refused):
    """What the schema's types cannot refuse."""

    @classmethod
    def of(cls, error: BadUserInputError, *within: str) -> Self:
        """Tell which argument is at fault."""
        path = [_INPUT, *within, *([error.argument] if error.argument else [])]
        return cls(message=str(error), code=error.code, path=path)


@strawberry.type(description="Whoever keeps the requests refused, for a reason of its own.")
class RequestRejected(Refused):
    """Trying again does not help."""


@strawberry.type(description="An upstream that is needed gave no usable answer.")
class UpstreamUnavailable(Refused):
    """An outage, told as data so that the other mutations of the operation still answer."""

    upstream: str = strawberry.field(description='Which one, such as "seerr".')
    retryable: bool = strawberry.field(description="Whether trying again may help.")
    retry_after_ms: int | None = strawberry.field(
        description="Milliseconds to wait before that; null where nobody knows."
    )
    uncertain: bool = strawberry.field(
        description="Whether it may have been done all the same: then look, or send it again with "
        "the same idempotencyKey, which never does it twice."
    )

    @classmethod
    def of(cls, error: UpstreamError, *, uncertain: bool) -> Self:
        """Show an upstream's failure."""
        wait_s = error.retry_after_s
        return cls(
            message=str(error),
            code=error.code,
            upstream=error.upstream,
            retryable=error.retryable,
            retry_after_ms=None if wait_s is None else max(0, round(wait_s * 1000)),
            uncertain=uncertain,
        )


@strawberry.type(description="The film is requested.")
class RequestMovieSuccess:
    """It stands."""

    request: MediaRequest = strawberry.field(description="The viewer's request.")
    created: bool = strawberry.field(
        description="False where the viewer had asked before: asking twice is harmless."
    )


@strawberry.type(description="The request is approved.")
class ApproveRequestSuccess:
    """Done."""

    request: MediaRequest = strawberry.field(description="The request after it.")


@strawberry.type(description="The request is declined.")
class DeclineRequestSuccess:
    """Done."""

    request: MediaRequest = strawberry.field(description="The request after it.")


@strawberry.type(description="The request is being tried again.")
class RetryRequestSuccess:
    """Done."""

    request: MediaRequest = strawberry.field(description="The request after it.")


@strawberry.type(description="The request is gone.")
class CancelRequestSuccess:
    """Done."""

    request: MediaRequest = strawberry.field(description="What it was; its id names nothing now.")


RequestMovieResult = Annotated[
    RequestMovieSuccess
    | DuplicateRequest
    | RequestQuotaExceeded
    | MovieBlocklisted
    | NotPermitted
    | MovieNotFound
    | RequestRejected
    | UpstreamUnavailable
    | IdempotencyKeyReused
    | InvalidInput,
    strawberry.union("RequestMovieResult", description="What became of a wish for a film."),
]
ApproveRequestResult = Annotated[
    ApproveRequestSuccess
    | RequestConflict
    | RequestNotFound
    | NotPermitted
    | RequestRejected
    | UpstreamUnavailable
    | IdempotencyKeyReused
    | InvalidInput,
    strawberry.union("ApproveRequestResult", description="What became of an approval."),
]
DeclineRequestResult = Annotated[
    DeclineRequestSuccess
    | RequestConflict
    | RequestNotFound
    | NotPermitted
    | RequestRejected
    | UpstreamUnavailable
    | IdempotencyKeyReused
    | InvalidInput,
    strawberry.union("DeclineRequestResult", description="What became of a refusal."),
]
RetryRequestResult = Annotated[
    RetryRequestSuccess
    | RequestConflict
    | RequestNotFound
    | NotPermitted
    | RequestRejected
    | UpstreamUnavailable
    | IdempotencyKeyReused
    | InvalidInput,
    strawberry.union("RetryRequestResult", description="What became of a new try."),
]
CancelRequestResult = Annotated[
    CancelRequestSuccess
    | RequestConflict
    | RequestNotFound
    | NotPermitted
    | RequestRejected
    | UpstreamUnavailable
    | IdempotencyKeyReused
    | InvalidInput,
    strawberry.union("CancelRequestResult", description="What became of a cancellation."),
]
