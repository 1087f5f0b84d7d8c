"""What all models share."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

T = TypeVar("T")

Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
GlobalId = Annotated[str, Field(description="Opaque global id; keep it as it is.")]


class Model(BaseModel):
    """Named as in the graph; what the graph does not name is an error of ours."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class Fault(Model):
    """A part that is missing, as the graph tells it: its path is null in the answer."""

    message: str = Field(description="For people, in English.")
    path: list[str | int] = Field(description="The part, from the answer's top.")
    extensions: dict[str, Any] = Field(
        description="`code` for programs; of an upstream's failure also `upstream`, `retryable` "
        "and, where known, `retryAfterMs`."
    )


class Freshness(Model):
    """Where one part comes from; always told of stale parts, of all with `X-Freshness: all`."""

    path: list[str | int] = Field(description="The part, from the answer's top; empty: all of it.")
    upstream: str = Field(description='Such as "tmdb".')
    source: str | None = Field(default=None, description="MEMORY, REDIS or UPSTREAM.")
    state: str = Field(description="FRESH or STALE.")
    age_seconds: int = Field(description="Since the upstream told it.")
    reason: str | None = Field(default=None, description="Why a stale part is given.")


class Answer(Model):
    """What stands beside the data of an answer."""

    errors: list[Fault] = Field(
        default_factory=list, description="Parts that are null because an upstream failed."
    )
    freshness: list[Freshness] = Field(
        default_factory=list, description="Parts that are stale; with `X-Freshness: all`, all."
    )


class PageInfo(Model):
    """Where a page stands in its list."""

    has_next_page: bool = Field(description="Whether more items follow.")
    has_previous_page: bool = Field(description="Whether items come before.")
    start_cursor: str | None = Field(description="Of the first item; null on an empty page.")
    end_cursor: str | None = Field(description="Of the last item, to send as `after`.")


class Page(Answer, Generic[T]):
    """One page of a list."""

    nodes: list[T] = Field(description="The items.")
    total_count: int | None = Field(
        default=None, description="Items in all; null where nobody tells, or nobody asked."
    )
    page_info: PageInfo = Field(description="How to go on; see also the header `Link`.")
