"""Types for payloads that may be late, wrong or missing: what cannot be read becomes absent.

An optional part never sinks its payload. The work is done inside pydantic-core, so leniency costs
nothing on the healthy path.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class Wire(BaseModel):
    """Base of every wire model: strict types, unknown keys dropped, dumped as it was sent."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        strict=True,
        cache_strings="keys",  # values hardly ever come again
        allow_inf_nan=False,
        serialize_by_alias=True,
        hide_input_in_errors=True,  # a payload may hold a person's data
    )


class _OrDefault:
    """A value that cannot be read becomes the default, as if it had not been sent."""

    def __init__(self, *, default: object) -> None:
        self._default = default

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_default_schema(
            handler(source), default=self._default, on_error="default"
        )


class _InUtc:
    """A moment is moved to UTC; those that are there already, as nearly all are, meet no Python."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        moved = core_schema.no_info_after_validator_function(_to_utc, handler(source))
        there = core_schema.datetime_schema(tz_constraint=0)
        return core_schema.union_schema([there, moved], mode="left_to_right")


class _DropBad:
    """List items, or table values, that cannot be read are dropped; but not all of them.

    "Nothing readable" must not pass for "there are none": so it is either some that can be read,
    or none sent.
    """

    def __init__(self, kind: Literal["items", "table"]) -> None:
        self._kind = kind

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        item = get_args(source)[0 if self._kind == "items" else 1]
        entry = core_schema.with_default_schema(handler.generate_schema(item), on_error="omit")
        make = _items if self._kind == "items" else _table
        none = make(core_schema.any_schema(), max_length=0)
        return core_schema.union_schema([make(entry, min_length=1), none], mode="left_to_right")


def _items(
    entry: CoreSchema, *, min_length: int | None = None, max_length: int | None = None
) -> CoreSchema:
    return core_schema.tuple_schema(
        [entry], variadic_item_index=0, min_length=min_length, max_length=max_length
    )


def _table(
    entry: CoreSchema, *, min_length: int | None = None, max_length: int | None = None
) -> CoreSchema:
    return core_schema.dict_schema(
        core_schema.str_schema(), entry, min_length=min_length, max_length=max_length
    )


def _to_utc(moment: datetime) -> datetime:
    """Make ``moment`` aware; upstreams that leave the zone out mean UTC."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as exc:
        raise ValueError("outside the calendar") from exc


Lenient = Annotated[T | None, _OrDefault(default=None)]
"""``T``, or ``None`` where it is missing, null or of the wrong type."""

Items = Annotated[tuple[T, ...], _DropBad("items")]
"""A list that must be there; items that cannot be read are dropped, unless that is all of them."""

OptionalItems = Annotated[tuple[T, ...], _DropBad("items"), _OrDefault(default=())]
"""A list that may be missing or wrong, which then is empty: only where empty claims nothing."""

Table = Annotated[dict[str, T], _DropBad("table")]
"""An object used as a map; values that cannot be read are dropped, unless that is all of them."""

Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""An upstream's number for something; fits GraphQL's ``Int``."""

Int32 = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A count or size that fits GraphQL's ``Int``."""

Int53 = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A count that a JSON number carries exactly."""

UtcDatetime = Annotated[datetime, _InUtc()]
"""RFC 3339, made aware and moved to UTC."""

IsoDate = date
"""A calendar day; TMDB's ``""`` cannot be read and so is absent."""
