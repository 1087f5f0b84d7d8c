"""Requests for films, and what is said to make or decide one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    with_config,
)
from pydantic.config import JsonDict
from typing_extensions import TypedDict

from gateway.domain.request import Availability, RequestStatus
from gateway.web.rest.models.base import Answer, GlobalId, Model
from gateway.web.rest.models.movies import MovieWithTrailer

MOST: Final = 2**31 - 1
"""Of GraphQL's Int."""
LONGEST_REASON: Final = 500
_EXACTLY_ONE: Final[JsonDict] = {"minProperties": 1, "maxProperties": 1}
_IMDB_ID: Final = r"^tt[0-9]{7,10}$"


class User(Model):
    """A person who asks or decides."""

    id: GlobalId
    display_name: str


class RequestItem(Model):
    """A person's wish for a film, on one track."""

    id: GlobalId
    tmdb_id: int = Field(description="The film; there even when TMDB is not.")
    status: RequestStatus
    availability: Availability | None
    is_4k: bool = Field(alias="is4k", description="The 4K track instead of the HD one.")
    created_at: datetime
    updated_at: datetime
    version: int = Field(description="Another one after each change.")
    requested_by: User | None
    decided_by: User | None
    reason: str | None = Field(
        default=None, description="Why it was declined; only for its owner and for managers."
    )
    movie: MovieWithTrailer | None


class Request(RequestItem, Answer):
    """One request by itself."""


class RequestState(Model):
    """How a request stands that is in the way."""

    id: GlobalId
    status: RequestStatus
    version: int


class RequestQuota(Model):
    """How many films somebody may ask for in a span of days."""

    limit: int | None
    days: int | None
    used: int
    remaining: int | None
    resets_at: datetime | None


def _number(sent: object) -> object:
    """A number of JSON: 3.0 is 3 there, while "3" and true are none."""
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise ValueError("a whole number is needed")  # noqa: TRY004 - pydantic reads this one
    return sent


AS_NUMBER: Final = BeforeValidator(_number)


@with_config(ConfigDict(extra="forbid", json_schema_extra=_EXACTLY_ONE))
class MovieRef(TypedDict, total=False):
    """Names a film by exactly one of its ids."""

    id: Annotated[
        StrictStr, Field(min_length=1, max_length=200, description="Global id of a Movie.")
    ]
    tmdbId: Annotated[int, Field(ge=1, le=MOST, description="TMDB's id."), AS_NUMBER]
    imdbId: Annotated[StrictStr, Field(pattern=_IMDB_ID, description="IMDb's id.")]


def _one(ref: MovieRef) -> MovieRef:
    if len(ref) != 1:
        raise ValueError("name the film by exactly one of `id`, `tmdbId` and `imdbId`")
    return ref


class NewRequest(Model):
    """A wish for a film; asking twice is harmless."""

    movie: Annotated[MovieRef, AfterValidator(_one)] = Field(
        description="Which film, by exactly one of its ids."
    )
    is_4k: StrictBool = Field(
        default=False, alias="is4k", description="The 4K track instead of the HD one."
    )


class Verdict(StrEnum):
    """What is decided."""

    APPROVE = "APPROVE"
    DECLINE = "DECLINE"
    RETRY = "RETRY"


class Decision(Model):
    """A decision on a request."""

    decision: Verdict
    reason: Annotated[StrictStr, Field(max_length=LONGEST_REASON)] | None = Field(
        default=None, description="Why it is declined: shown to whoever asked. With DECLINE only."
    )
    version: Annotated[int, Field(ge=0, le=MOST), AS_NUMBER] | None = Field(
        default=None,
        description="The request's `version` on which this is decided, as `If-Match` says it too; "
        "that one counts where both are given.",
    )
