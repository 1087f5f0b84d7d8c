"""Only who makes others work pays: a kept answer, or one that another waits for, is free."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from gateway.edge.graphql.parameters import GraphQLParams
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Asked, Caller
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.reply import Answer, Reply, beside, reply_to
from gateway.engine.prepared import Prepared
from tests.edge.played import Played, gate_of

KEPT = Reply(200, (), b"{}")
MORE = ((b"ratelimit", b'"cost";r=1;t=1'),)


@dataclass
class Tab:
    """Notes what is spent and given back."""

    notes: list[str] = field(default_factory=list)
    is_empty: bool = False

    def check(self, caller: Caller) -> None:
        self.notes.append(f"check {caller.key}")

    async def spend(self, *_: object) -> None:
        if self.is_empty:
            raise RefusedError(RefusalCode.CLIENT_RATE_LIMITED, "nothing is left")
        self.notes.append("spend")

    def refund(self, *_: object) -> None:
        self.notes.append("refund")


@dataclass
class Shelf:
    """Has an answer, late, or has it made."""

    kept: Reply | None
    at_once: Reply | None = None

    def peek(self, *_: object) -> Reply | None:
        return self.at_once

    async def get(self, _: Prepared, asked: Asked, make: Callable[[], Awaitable[Answer]]) -> Reply:
        return self.kept or reply_to(await make(), asked.media_type)


def asked() -> Asked:
    params = GraphQLParams(query="{ a }")
    return Asked(params, {}, Caller("", "client"), "application/json", 5.0)


def graph() -> Played:
    played = Played()
    played.open.set()
    return played


async def notes_of(shelf: Shelf | None) -> list[str]:
    tab = Tab()
    pipeline = Pipeline(graph(), gate_of(), answers=shelf, clients=tab)
    one = asked()
    assert pipeline.peek(one) is None
    await pipeline.answer(one)
    return tab.notes


async def test_who_has_it_made_pays() -> None:
    assert await notes_of(None) == ["check client", "spend"]
    assert await notes_of(Shelf(None)) == ["check client", "spend"]


async def test_who_gets_what_was_kept_has_it_back() -> None:
    assert await notes_of(Shelf(KEPT)) == ["check client", "spend", "refund"]


async def test_what_is_at_hand_is_not_even_counted() -> None:
    tab = Tab()
    pipeline = Pipeline(graph(), gate_of(), answers=Shelf(None, KEPT), clients=tab)
    first = asked()
    assert pipeline.peek(first) is None  # its document is not known yet
    await pipeline.answer(first)
    tab.notes.clear()
    assert pipeline.peek(asked()) is KEPT
    assert tab.notes == []


async def test_who_is_refused_has_nothing_made_and_nothing_back() -> None:
    tab, played = Tab(is_empty=True), graph()
    pipeline = Pipeline(played, gate_of(), clients=tab)
    one = asked()
    pipeline.peek(one)
    with pytest.raises(RefusedError, match="nothing is left"):
        await pipeline.answer(one)
    assert tab.notes == ["check client"]
    assert played.begun == 0


def test_what_shared_caches_keep_tells_nobody_how_another_stands() -> None:
    public = Reply(200, ((b"cache-control", b"public, max-age=60"),), b"")
    private = Reply(200, ((b"cache-control", b"no-store"),), b"")
    assert beside(public, MORE) is public
    assert beside(private, MORE).headers == (*private.headers, *MORE)
    assert beside(private, ()) is private
