"""Runs one operation in one world, and tells all that can be seen of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, execute

from gateway.engine.prepared import Prepared
from tests.engine.landing import Landing
from tests.engine.resolvers import WORLD
from tests.engine.world import Call, Realm, World

Path = tuple[str | int, ...]
Execute = Callable[[Prepared, dict[str, Any], World], Awaitable[ExecutionResult]]

_GRACE = 3  # turns of the loop in which cancelled tasks may end


@dataclass(frozen=True, slots=True)
class Case:
    """All that decides what an operation answers.

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

    def world(self, order: int) -> World:
        """A fresh world, in whose order the values land."""
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

    data: Any = None
    text: str = ""  # of the data, with the order of keys
    errors: list[Fault] = field(default_factory=list)
    calls: Counter[Call] = field(default_factory=Counter)
    untidy: list[str] = field(default_factory=list)  # what was left behind

    def hear(self, _loop: object, about: dict[str, Any]) -> None:
        """Note what broke where nobody saw it."""
        if "never retrieved" not in about["message"]:  # told when garbage is collected: anybody's
            self.untidy.append(f"{about['message']}: {about.get('exception')!r}")


async def run(case: Case, do: Execute, order: int) -> Run:
    """Run to the end."""
    world, seen = case.world(order), Run()
    token = WORLD.set(world)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(seen.hear)
    before = asyncio.all_tasks()
    try:
        result = await world.landing.bring(_awaited(do, case, world))
        seen.data, seen.text = result.data, repr(result.data)
        seen.errors = [Fault.of(each) for each in result.errors or ()]
        await _tidied(world, before, seen)
        if repr(result.data) != seen.text:
            seen.untidy.append("the answer changed after it was given")
    finally:
        WORLD.reset(token)
        loop.set_exception_handler(None)
    seen.calls = world.calls
    return seen


async def cancelled(case: Case, do: Execute, order: int, landings: int) -> list[str]:
    """Cancel after some landings; what was left behind."""
    world, seen = case.world(order), Run()
    token = WORLD.set(world)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(seen.hear)
    before = asyncio.all_tasks()
    try:
        await world.landing.bring(_awaited(do, case, world), landings=landings)
    except asyncio.CancelledError:
        pass
    finally:
        await _tidied(world, before, seen)
        WORLD.reset(token)
        loop.set_exception_handler(None)
    return seen.untidy


async def _awaited(do: Execute, case: Case, world: World) -> ExecutionResult:
    return await do(case.prepared, dict(case.variables), world)


async def _tidied(world: World, before: set[asyncio.Task[Any]], seen: Run) -> None:
    for _ in range(_GRACE):
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - before
    seen.untidy += [f"a task is left: {task.get_coro()}" for task in left]
    seen.untidy += [
        f"a shared future was cancelled: {key}"
        for key, each in world.batches.items()
        if each.cancelled()
    ]
    await world.landing.all_ashore(before)


async def oracle(prepared: Prepared, variables: dict[str, Any], world: World) -> ExecutionResult:
    """What graphql-core answers."""
    name = prepared.operation.name
    found: Any = execute(
        world.realm.core,
        prepared.document,
        context_value=world,
        variable_values=variables,
        operation_name=None if name is None else name.value,
    )
    done: ExecutionResult = await found if isawaitable(found) else found
    return done


async def patient(prepared: Prepared, variables: dict[str, Any], world: World) -> ExecutionResult:
    """The same, without the tasks that graphql-core leaves behind where it gives up."""
    before = asyncio.all_tasks()
    try:
        return await oracle(prepared, variables, world)
    finally:
        await world.landing.all_ashore(before)
