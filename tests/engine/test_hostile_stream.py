"""A stream of documents that nobody asks for twice: it fills nothing, and slows nobody down."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from random import Random

import pytest
import strawberry
from graphql import GraphQLSchema

from gateway.engine.execute import Engine, Outcome
from gateway.engine.limits import Limits
from gateway.engine.plan.plan import Plan
from gateway.engine.prepared import Prepared
from gateway.errors import GatewayError
from tests.sizes import sized

DOCUMENTS = sized(8_000, full=20_000)
MOST_PLANS = 2_000
MOST_GROWN_MIB = 60
ROUNDS = 200
OFTEN = 500  # strangers between two who ask for the known document

KNOWN = "query Known($n: Int! = 20) { items(count: $n) { number text near { number text } } }"


@strawberry.type
class Item:
    number: int
    text: str

    @strawberry.field
    def near(self) -> list[Item]:
        return [Item(number=self.number + at, text="near") for at in (1, 2)]


@strawberry.type
class Query:
    @strawberry.field
    def items(self, count: int = 2) -> list[Item]:
        return [Item(number=at, text=f"item {at}") for at in range(count)]

    @strawberry.field
    async def one(self, number: int = 1) -> Item | None:
        await asyncio.sleep(0)
        return Item(number=number, text="one")


@dataclass(slots=True)
class Nobody:
    """The context of one operation."""

    partial: list[tuple[GatewayError, list[str | int]]] = field(default_factory=list)

    def begin(self, schema: GraphQLSchema, prepared: Prepared, variables: object) -> None:
        """Nothing depends on the document."""


async def answered(
    engine: Engine, text: str, variables: Mapping[str, object] | None = None
) -> bool:
    """Whether it was executed without an error."""
    prepared = engine.prepare(text)
    if isinstance(prepared, Outcome):
        return False
    outcome = await engine.run(prepared, variables or {}, Nobody())
    return "errors" not in outcome.body


def stranger(number: int) -> str:
    """A document that is like no other: by its aliases, arguments, fragments or switches."""
    chance = Random(number)
    alias, count = f"a{number}", chance.randint(1, 4)
    inner = chance.choice(("number", "text near { text }", "number ...F", "near { ...F }"))
    body = f"{alias}: items(count: {count}) {{ {inner} {alias}: number @include(if: $on) }}"
    late = f" one(number: {number}) {{ {inner} }}" if chance.random() < 0.5 else ""
    more = " fragment F on Item { text number }" if "...F" in inner else ""
    return f"query Q{number}($on: Boolean! = true) {{ {body}{late} }}{more}"


def rss_mib() -> float:
    """The most that this process has held; Linux counts in KiB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2 ** (20 if sys.platform == "darwin" else 10)


def alive(kind: type) -> int:
    gc.collect()
    return sum(type(each) is kind for each in gc.get_objects())


async def round_s(engine: Engine) -> float:
    """Processor seconds of the known document; the best of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        assert await answered(engine, KNOWN)
        times.append(time.process_time() - begun)
    return sorted(times)[ROUNDS // 4]


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_stream_of_strangers() -> None:
    """Memory stays bounded, and the known document is known afterwards."""
    engine = Engine(strawberry.Schema(Query)._schema, Limits())
    before = await round_s(engine)
    known = engine.prepare(KNOWN)
    held: Counter[str] = Counter()
    for number in range(DOCUMENTS):
        assert await answered(engine, stranger(number), {"on": bool(number % 2)})
        if number % OFTEN == 0:
            assert await answered(engine, KNOWN)
        if number == DOCUMENTS // 4:
            held["plans"], held["mib"] = alive(Plan), int(rss_mib())
    after = await round_s(engine)
    grown_mib = rss_mib() - held["mib"]
    print(  # noqa: T201 - so that CI shows it
        f"\n{DOCUMENTS} strangers: the known document takes {after / before:.2f} times as long, "
        f"{alive(Plan)} plans ({held['plans']} after a quarter), {grown_mib:.0f} MiB more"
    )
    assert engine.prepare(KNOWN) is known
    assert alive(Plan) <= MOST_PLANS
    assert grown_mib < MOST_GROWN_MIB


async def test_a_document_that_is_used_stays_among_strangers() -> None:
    engine = Engine(strawberry.Schema(Query)._schema, Limits())
    for _ in range(3):
        assert await answered(engine, KNOWN)
    known = engine.prepare(KNOWN)
    for number in range(60):
        assert await answered(engine, stranger(number), {"on": False})
    assert engine.prepare(KNOWN) is known


async def test_every_choice_of_switches_is_answered() -> None:
    """More of them than plans are kept."""
    engine = Engine(strawberry.Schema(Query)._schema, Limits())
    names = [f"s{at}" for at in range(6)]
    fields = " ".join(f"{name}: number @include(if: ${name})" for name in names)
    head = ", ".join(f"${name}: Boolean!" for name in names)
    prepared = engine.prepare(f"query({head}) {{ items(count: 1) {{ {fields} }} }}")
    assert isinstance(prepared, Prepared)
    for choice in islice(product((True, False), repeat=6), 64):
        given = dict(zip(names, choice, strict=True))
        outcome = await engine.run(prepared, given, Nobody())
        shown = {name: 0 for name, on in given.items() if on}
        assert outcome.body == {"data": {"items": [shown]}}
    assert alive(Plan) <= MOST_PLANS
