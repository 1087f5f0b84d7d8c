"""Runs one operation in one world, and tells all that can be seen of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Protocol

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute

from gateway.engine.prepared import Prepared
from tests.engine.landing import Landing
from tests.engine.resolvers import WORLD
from tests.engine.world import Call, Path, Realm, World

Execute = Callable[[Prepared, dict[str, Any], "Ground"], Awaitable[ExecutionResult]]


class Ground(Protocol):
    """Where one operation runs once: a generated world, or the gateway over its sandbox."""

    landing: Landing
    calls: Counter[Call]
    batches: dict[object, asyncio.Future[Any]]
    noted: Callable[[Call], None] | None

    @property
    def core(self) -> GraphQLSchema: ...

    @property
    def context(self) -> object: ...

    @property
    def root(self) -> object:
        """What the root fields are resolved of."""
        ...

    def begin(self, prepared: Prepared, variables: Mapping[str, object]) -> None:
        """Hear what is about to run."""
        ...

    def told(self) -> Iterable[tuple[Path, Call]]:
        """What was told of places besides the answer."""
        ...

    async def aclose(self) -> None: ...


class Case(Protocol):
    """All that decides what an operation answers."""

    @property
    def core(self) -> GraphQLSchema: ...

    @property
    def prepared(self) -> Prepared: ...

    @property
    def variables(self) -> Mapping[str, Any]: ...

    def ground(self, order: int) -> Ground:
        """A fresh one, on which the values land in that order."""
        ...


@dataclass(frozen=True, slots=True)
class WorldCase:
    """A case of a generated schema.

    Args:
        realm: Whose schema it is.
        prepared: The operation.
        variables: As a client sent them.
        seed: Of the values.
        faults: How often a value is wrong.
    """

    realm: Realm
    prepared: Prepared
    variables: Mapping[str, Any]
    seed: int
    faults: float

    @property
    def core(self) -> GraphQLSchema:
        return self.realm.core

    def ground(self, order: int) -> World:
        """A fresh world."""
        return World(self.realm, self.seed, self.faults, Landing(order))


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as a client could see it."""

    path: Path
    message: str
    locations: tuple[tuple[int, int], ...]
    about: str  # extensions, and what was raised

    @classmethod
    def of(cls, error: GraphQLError) -> Fault:
        cause = error.original_error
        return cls(
            path=tuple(error.path or ()),
            message=error.message,
            locations=tuple((each.line, each.column) for each in error.locations or ()),
            about=f"{error.extensions} {type(cause).__name__}",
        )


@dataclass(slots=True)
class Run:
    """What was seen of one run."""

    ground: Ground

    data: Any = None
    text: str = ""  # of the data, with the order of keys
    errors: list[Fault] = field(default_factory=list)
    calls: Counter[Call] = field(default_factory=Counter)
    told: list[tuple[Path, Call]] = field(default_factory=list)  # of ``calls``, those with a place
    forgotten: int = 0  # coroutines that were never awaited
    untidy: list[str] = field(default_factory=list)  # what was left behind

    def hear(self, _loop: object, about: dict[str, Any]) -> None:
        """Note what broke where nobody saw it."""
        if "never retrieved" not in about["message"]:  # told when garbage is collected: anybody's
            self.untidy.append(f"{about['message']}: {about.get('exception')!r}")


async def run(case: Case, do: Execute, order: int) -> Run:
    """Run to the end."""
    async with _on(case, order) as (ground, seen):
        before = asyncio.all_tasks()
        result = await ground.landing.bring(_done(do, case, ground, seen))
        seen.data, seen.text = result.data, repr(result.data)
        seen.errors = [Fault.of(each) for each in result.errors or ()]
        await _tidied(ground, before, seen)
        if repr(result.data) != seen.text:
            seen.untidy.append("the answer changed after it was given")
        seen.told = list(ground.told())
        seen.calls = ground.calls + Counter(call for _, call in seen.told)
    return seen


async def cancelled(case: Case, do: Execute, order: int, landings: int) -> list[str]:
    """Cancel after some landings; what was left behind."""
    async with _on(case, order) as (ground, seen):
        before = asyncio.all_tasks()
        with suppress(asyncio.CancelledError):
            await ground.landing.bring(_done(do, case, ground, seen), landings=landings)
        await _tidied(ground, before, seen)
    if seen.forgotten:
        seen.untidy.append(f"{seen.forgotten} coroutines were never awaited")
    return seen.untidy


@asynccontextmanager
async def _on(case: Case, order: int) -> AsyncIterator[tuple[Ground, Run]]:
    ground = case.ground(order)
    seen = Run(ground)
    token = WORLD.set(ground)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(seen.hear)
    try:
        yield ground, seen
    finally:
        await ground.aclose()
        WORLD.reset(token)
        loop.set_exception_handler(None)


async def _done(do: Execute, case: Case, ground: Ground, seen: Run) -> ExecutionResult:
    ground.begin(case.prepared, case.variables)
    before = asyncio.all_tasks()
    try:
        return await do(case.prepared, dict(case.variables), ground)
    finally:
        left = asyncio.all_tasks() - before
        seen.untidy += [f"a task is left: {each.get_coro()}" for each in left]


async def _tidied(world: Ground, before: set[asyncio.Task[Any]], seen: Run) -> None:
    seen.untidy += [
        f"a shared future was cancelled: {key}"
        for key, each in world.batches.items()
        if each.cancelled()
    ]
    await world.landing.all_ashore(before)
    seen.forgotten = world.landing.forgotten()


async def oracle(prepared: Prepared, variables: dict[str, Any], world: Ground) -> ExecutionResult:
    """What graphql-core answers."""
    name = prepared.operation.name
    found: Any = execute(
        world.core,
        prepared.document,
        root_value=world.root,
        context_value=world.context,
        variable_values=variables,
        operation_name=None if name is None else name.value,
    )
    done: ExecutionResult = await found if isawaitable(found) else found
    return done


async def patient(prepared: Prepared, variables: dict[str, Any], world: Ground) -> ExecutionResult:
    """The same, without the tasks that graphql-core leaves behind where it gives up."""
    before = asyncio.all_tasks()
    try:
        return await oracle(prepared, variables, world)
    finally:
        try:
            await world.landing.all_ashore(before)
        except asyncio.CancelledError:  # by the trial, which does so once
            await world.landing.all_ashore(before)
            raise
        world.landing.forgotten()
