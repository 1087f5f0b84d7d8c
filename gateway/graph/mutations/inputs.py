"""What mutations are given."""

from __future__ import annotations

import re
from typing import Final

import strawberry

from gateway.errors import BadUserInputError
from gateway.graph.ids import parse
from gateway.graph.movie_ref import MovieRef

_KEY: Final = re.compile(r"[!-~]{1,200}")
_LONGEST_REASON: Final = 500

_KEY_DESCRIPTION: Final = (
    "Chosen by the client, 1 to 200 letters of ASCII without spaces, a UUID for example: sent "
    "again with the same input it gets the first reply again and nothing is done twice. It is "
    "remembered for a day at least."
)
_ID_DESCRIPTION: Final = "Global id of the Request."
_VERSION_DESCRIPTION: Final = (
    "The `version` on which the caller decides: with any other the answer is RequestConflict. "
    "Null takes whatever it is now."
)


@strawberry.input(description="A wish for a film.")
class RequestMovieInput:
    """What to ask for."""

    movie: MovieRef = strawberry.field(description="Which film.")
    is_4k: bool = strawberry.field(
        name="is4k", default=False, description="The 4K track instead of the HD one."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY_DESCRIPTION)


@strawberry.input(description="Which request to approve.")
class ApproveRequestInput:
    """What to approve."""

    id: strawberry.ID = strawberry.field(description=_ID_DESCRIPTION)
    version: int | None = strawberry.field(default=None, description=_VERSION_DESCRIPTION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY_DESCRIPTION)


@strawberry.input(description="Which request to decline, and why.")
class DeclineRequestInput:
    """What to decline."""

    id: strawberry.ID = strawberry.field(description=_ID_DESCRIPTION)
    reason: str | None = strawberry.field(
        default=None,
        description="Why, in at most 500 letters: shown to whoever asked, and to managers.",
    )
    version: int | None = strawberry.field(default=None, description=_VERSION_DESCRIPTION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY_DESCRIPTION)


@strawberry.input(description="Which failed request to try again.")
class RetryRequestInput:
    """What to retry."""

    id: strawberry.ID = strawberry.field(description=_ID_DESCRIPTION)
    version: int | None = strawberry.field(default=None, description=_VERSION_DESCRIPTION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY_DESCRIPTION)


@strawberry.input(description="Which request to take back.")
class CancelRequestInput:
    """What to cancel."""

    id: strawberry.ID = strawberry.field(description=_ID_DESCRIPTION)
    version: int | None = strawberry.field(default=None, description=_VERSION_DESCRIPTION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY_DESCRIPTION)


def request_id_of(text: str) -> int:
    """The store's number of a request.

    Raises:
        BadUserInputError: It is no request's id.
    """
    return parse(text, expect="Request").number()


def checked_key(key: str | None) -> str | None:
    """An idempotency key as stores take it.

    Raises:
        BadUserInputError: It is none.
    """
    if key is not None and not _KEY.fullmatch(key):
        raise BadUserInputError(
            "An idempotency key is 1 to 200 letters of ASCII without spaces.",
            argument="idempotencyKey",
        )
    return key


def checked_reason(reason: str | None) -> str | None:
    """A reason as stores take it: blank ones are none.

    Raises:
        BadUserInputError: It is too long.
    """
    text = (reason or "").strip()
    if len(text) > _LONGEST_REASON:
        raise BadUserInputError("`reason` takes at most 500 letters.", argument="reason")
    return text or None
