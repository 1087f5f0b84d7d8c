"""A small schema with every way to resolve a field, and an account of what was called."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import strawberry
from graphql import ExecutionResult, OperationDefinitionNode, execute, parse
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.engine.batched import Batched
from gateway.engine.plan.plan import HOT
from gateway.engine.plan.plans import Plans
from gateway.engine.prepared import Prepared

WALKED, GENERATED = HOT * 1000, 1


@dataclass
class Context:
    """What the resolvers share."""

    calls: Counter[str] = field(default_factory=Counter)
    futures: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    turns: list[str] = field(default_factory=list)

    def future(self, key: str) -> asyncio.Future[Any]:
        """Shared by all who ask for the key."""
        if key not in self.futures:
            self.futures[key] = asyncio.get_running_loop().create_future()
        self.calls[key] += 1
        return self.futures[key]


@strawberry.enum
class State(Enum):
    OPEN = "open"
    DONE = "done"


@strawberry.type
class Person:
    name: str
    age: int | None = None


def _ask(film: Film, context: Context, arguments: Any) -> object:  # noqa: ANN401 - Batched's
    if film.name == "cheap":
        return "at once"
    return context.future(f"label {film.name} {arguments['size']}")


def _use(landed: object, film: Film, _context: Context, _arguments: Any, path: Any) -> str | None:  # noqa: ANN401 - ditto
    if landed == "bad":
        raise ValueError("bad label")
    return None if landed is None else f"{landed} of {film.name} at {path.as_list()}"


@Batched(_ask, _use)
async def label(self: Film, info: strawberry.Info, size: int = 1) -> str | None:
    raise NotImplementedError  # in these tests it is asked for in two steps only


@Batched(_ask, _use)
async def must(self: Film, info: strawberry.Info, size: int = 1) -> str:
    raise NotImplementedError  # ditto


@Batched(lambda film, context, _: context.future(f"crew {film.name}"), lambda landed, *_: landed)
async def crew(self: Film, info: strawberry.Info) -> list[Person]:
    raise NotImplementedError  # ditto


@strawberry.type
class Film:
    name: str
    rank: int
    state: State = State.OPEN
    tags: list[str | None] = strawberry.field(default_factory=list)
    label = strawberry.field(resolver=label)
    must = strawberry.field(resolver=must)
    crew = strawberry.field(resolver=crew)

    @strawberry.field
    def shout(self, info: strawberry.Info, times: int = 1) -> str:
        info.context.calls[f"shout {self.name}"] += 1
        return self.name * times

    @strawberry.field
    async def director(self, info: strawberry.Info) -> Person | None:
        return await info.context.future(f"director {self.name}")

    @strawberry.field
    def told(self, info: strawberry.Info, deep: bool = False) -> str:
        raw = info._raw_info
        parts: list[Any] = [
            *(info.field_name, info.path.as_list(), info.root_value, info.return_type),
            *(info.python_name, info.selected_fields, info.variable_values, info.query),
            *(info.operation.name, info.schema is not None, info.context is not None),
            *(raw.parent_type, raw.return_type, sorted(raw.fragments), raw.abort_signal),
            *(raw.path.key, raw.path.typename, raw.field_nodes, raw.is_awaitable(deep)),
        ]
        return repr(parts)

    @strawberry.field
    def never(self) -> str:
        raise RuntimeError("never")

    @strawberry.field
    def where(self, info: strawberry.Info) -> str:
        path, steps = info.path, []
        while path is not None:
            steps.append(f"{path.typename}.{path.key}")
            path = path.prev
        return " ".join([info.field_name, *steps])


class Counted(Person):
    """Reading it runs code."""

    reads = 0

    @property
    def age(self) -> int:  # type: ignore[override] # an attribute of any kind
        Counted.reads += 1
        return 7

    @age.setter
    def age(self, value: int) -> None:
        pass


def people() -> list[Any]:
    """Usual ones, and all the unusual ones that a list may hold."""
    nameless = Person(name="x", age=1)
    del nameless.name
    return [
        Person(name="a", age=1),
        Person(name="b"),
        None,
        Person(name="c", age="old"),  # type: ignore[arg-type] # on purpose
        ValueError("a person went wrong"),
        Counted(name="d"),
        nameless,
        Person(name="e", age=2**40),
        {"name": "no person"},
        Person(name=None, age=3),  # type: ignore[arg-type] # on purpose
        Person(name="f", age=True),
        Person(name="g", age=5),
    ]


@strawberry.type
class Query:
    @strawberry.field
    def people(self, start: int = 0, end: int = 99) -> list[Person | None] | None:
        return people()[start:end]

    @strawberry.field
    def crowd(self, start: int = 0, end: int = 99) -> list[Person] | None:
        return people()[start:end]

    @strawberry.field
    def films(self, info: strawberry.Info, names: list[str]) -> list[Film]:
        info.context.calls["films"] += 1
        return [Film(name=each, rank=at) for at, each in enumerate(names)]

    @strawberry.field
    def slots(self, info: strawberry.Info, names: list[str]) -> list[Film | None]:
        return [info.context.future(each) for each in names]  # awaited slot by slot

    @strawberry.field
    def maybe(self, info: strawberry.Info) -> Film | None:
        info.context.calls["maybe"] += 1
        return Film(name="maybe", rank=0)

    @strawberry.field
    def odd(self) -> list[Film] | None:
        return [Film(name="a", rank=1), Film(name="b", rank="no number")]  # type: ignore[arg-type] # the odd one


SCHEMA = strawberry.Schema(Query)._schema


def prepared(text: str) -> Prepared:
    """A document's only operation."""
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return Prepared(document, operation, text)


def plans(text: str, hot: int) -> Plans:
    """Of a document's only operation."""
    return Plans(SCHEMA, prepared(text), hot=hot)


def values(text: str, **variables: object) -> VariableValues:
    """Its variables, coerced."""
    operation = parse(text).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    found = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
    assert isinstance(found, VariableValues)
    return found


async def planned(text: str, context: Context, hot: int, **variables: object) -> ExecutionResult:
    """Run it by its plan."""
    given = values(text, **variables)
    plan = plans(text, hot).of(given)
    assert plan is not None
    return await plan.run(context, given)


async def reference(text: str, context: Context, **variables: object) -> ExecutionResult:
    """Run it by graphql-core."""
    found = execute(SCHEMA, parse(text), context_value=context, variable_values=variables)
    return found if isinstance(found, ExecutionResult) else await found  # type: ignore[misc] # not incremental


async def turn(times: int = 3) -> None:
    """Let the loop turn."""
    for _ in range(times):
        await asyncio.sleep(0)
