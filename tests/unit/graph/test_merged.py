"""A list field that several upstreams fill: one that fails does not hide the others' items."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import strawberry
from graphql import execute

from gateway.errors import GatewayError, UpstreamUnavailableError
from gateway.graph.loaded import loads
from gateway.graph.loader import Loaded, Settled
from gateway.graph.merged import merged


@strawberry.type
class Shelf:
    one: strawberry.Private[object]
    other: strawberry.Private[object]


async def part(value: object) -> list[str] | None:
    await asyncio.sleep(0)
    if isinstance(value, BaseException):
        raise value
    return value  # type: ignore[return-value] # what a test put there


async def landing(value: object) -> Settled[Any]:
    return Loaded(await part(value), "", None)


def on_one(shelf: Shelf, context: object) -> asyncio.Future[Settled[Any]]:
    return asyncio.ensure_future(landing(shelf.one))


def on_other(shelf: Shelf, context: object) -> asyncio.Future[Settled[Any]]:
    return asyncio.ensure_future(landing(shelf.other))


@strawberry.field(description="Books.")
@loads(on_one)
def books(found: list[str] | None) -> list[str] | None:
    return found


first = books


@strawberry.field(description="Books.")
@loads(on_other)
def books(found: list[str] | None) -> list[str] | None:  # type: ignore[no-redef]
    return found


FIELD = merged([first, books])
DOWN = UpstreamUnavailableError("books", "list", "answered 500")
WORSE = UpstreamUnavailableError("attic", "list", "answered 502")


class Reports:
    """The part of a context that a merged field uses."""

    def __init__(self) -> None:
        self.partial: list[tuple[GatewayError, list[str | int]]] = []

    def report(self, error: GatewayError, path: list[str | int]) -> None:
        self.partial.append((error, path))


async def ask(one: object, other: object) -> tuple[Any, list[Any], Reports]:
    @strawberry.type
    class Query:
        @strawberry.field
        def shelf(self) -> Shelf:
            return Shelf(one=one, other=other)

    extended = Shelf.__strawberry_definition__  # type: ignore[attr-defined] # set by Strawberry
    if FIELD not in extended.fields:
        extended.fields.append(FIELD)
    from graphql import parse  # noqa: PLC0415 - used here only

    reports = Reports()
    schema = strawberry.Schema(query=Query)._schema
    result = execute(schema, parse("{ shelf { books } }"), context_value=reports)
    found = await result  # type: ignore[misc] # one of its fields is asynchronous
    return found.data and found.data["shelf"]["books"], found.errors or [], reports


async def test_lists_are_joined_in_the_order_of_the_upstreams() -> None:
    assert (await ask(["a"], ["b", "c"]))[:2] == (["a", "b", "c"], [])


async def test_a_failed_part_is_reported_beside_the_others() -> None:
    data, errors, reports = await ask(["a"], DOWN)
    assert (data, errors) == (["a"], [])
    assert reports.partial == [(DOWN, ["shelf", "books"])]


async def test_an_upstream_that_is_off_adds_nothing() -> None:
    data, errors, reports = await ask(["a"], None)
    assert (data, errors, reports.partial) == (["a"], [], [])


async def test_nothing_at_all_is_null_and_nothing_known_is_empty() -> None:
    assert (await ask(None, None))[:2] == (None, [])
    assert (await ask([], None))[:2] == ([], [])


async def test_an_empty_list_is_no_cover_for_a_failure() -> None:
    """Empty would say that there are none; the error says that one source did not answer."""
    data, errors, _ = await ask([], DOWN)
    assert data is None
    assert errors[0].original_error is DOWN


@pytest.mark.parametrize("other", [DOWN, None])
async def test_the_field_fails_when_no_part_has_anything(other: object) -> None:
    data, errors, _ = await ask(WORSE, other)
    assert data is None
    assert errors[0].original_error is WORSE


async def test_a_bug_in_one_part_is_not_hidden() -> None:
    data, errors, _ = await ask(["a"], RuntimeError("bug"))
    assert data is None
    assert isinstance(errors[0].original_error, RuntimeError)
