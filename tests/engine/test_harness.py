"""The harness itself: graphql-core agrees with itself, and each of these bugs is found."""

from __future__ import annotations

import asyncio
from functools import partial
from inspect import isawaitable
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError, execute, validate
from graphql.execution import Executor

from gateway.engine.prepared import Prepared
from tests.engine.landing import HungError
from tests.engine.runs import Execute, patient, run
from tests.engine.trials import Trial, everyday, failure, runnable
from tests.engine.world import World

# graphql-core drops coroutines that it cancels before they begin.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")

_SMALL = 300  # letters; documents have thousands


def test_written_documents_are_valid() -> None:
    for seed in everyday(25):
        trial = Trial.of(seed)
        assert not validate(trial.cases[0].realm.core, trial.cases[0].prepared.document)


def test_the_same_seed_is_the_same_trial() -> None:
    assert str(Trial.of(7)) == str(Trial.of(7))
    assert sum(runnable(Trial.of(seed).cases[0]) for seed in everyday(30)) > 24


async def test_graphql_core_keeps_the_rules() -> None:
    """In whatever order its values land."""
    assert not await failure(everyday(40), lambda _: [patient])


class Backwards(Executor[Any]):
    """Answers the right fields in the wrong order."""

    def execute_fields(self, *given: Any) -> Any:  # noqa: ANN401 - graphql-core's own
        found = super().execute_fields(*given)
        return dict(reversed(found.items())) if isinstance(found, dict) else found


class Lenient(Executor[Any]):
    """Nulls what may not be null, where it fails."""

    def handle_field_error(self, *given: Any) -> None:  # noqa: ANN401 - ditto
        self.error_propagation = False
        super().handle_field_error(*given)


class Eager(Executor[Any]):
    """Tells errors of fields that it has nulled already."""

    def handle_field_error(self, raw_error: Any, kind: Any, details: Any, path: Any) -> None:  # noqa: ANN401 - ditto
        try:
            super().handle_field_error(raw_error, kind, details, path)
        except GraphQLError as error:
            self.collected_errors.errors.append(error)
            raise


class Forgetful(Executor[Any]):
    """Loses an error."""

    def handle_field_error(self, *given: Any) -> None:  # noqa: ANN401 - ditto
        super().handle_field_error(*given)
        self.collected_errors.errors.pop()


class Misplacing(Executor[Any]):
    """Says that an error is where its parent is."""

    def handle_field_error(self, raw_error: Any, kind: Any, details: Any, path: Any) -> None:  # noqa: ANN401 - ditto
        super().handle_field_error(raw_error, kind, details[:1], path.prev or path)


class Twice(Executor[Any]):
    """Asks again when a value is not as expected."""

    def execute_field(self, *given: Any) -> Any:  # noqa: ANN401 - ditto
        known = len(self.collected_errors.errors)
        found = super().execute_field(*given)
        if len(self.collected_errors.errors) > known:
            self.collected_errors.errors.pop()
            self.collected_errors._error_positions.discard(given[3])
            return super().execute_field(*given)
        return found


class Halting(Executor[Any]):
    """Stops a list at its first wrong item."""

    def complete_list_item_value(self, item: Any, results: Any, *given: Any) -> Any:  # noqa: ANN401 - ditto
        if None in results:
            results.append(None)
            return False
        return super().complete_list_item_value(item, results, *given)


async def buggy(
    executor: type[Executor[Any]], prepared: Prepared, variables: dict[str, Any], world: World
) -> ExecutionResult:
    before = asyncio.all_tasks()
    found: Any = execute(
        world.realm.core,
        prepared.document,
        context_value=world,
        variable_values=variables,
        operation_name=prepared.operation.name and prepared.operation.name.value,
        executor_class=executor,
    )
    result: ExecutionResult = await found if isawaitable(found) else found
    await world.landing.all_ashore(before)
    return result


async def without_variables(prepared: Prepared, _: object, world: World) -> ExecutionResult:
    try:
        return await patient(prepared, {}, world)
    except KeyError:
        return ExecutionResult(None, None)


async def littering(prepared: Prepared, variables: dict[str, Any], world: World) -> ExecutionResult:
    result = await patient(prepared, variables, world)
    waiting = asyncio.wait_for(world.landing.wait_for(None), None)
    world.noted = partial(lambda _task, _call: None, asyncio.create_task(waiting))
    return result


async def cancelling(
    prepared: Prepared, variables: dict[str, Any], world: World
) -> ExecutionResult:
    world.batches["one"] = world.landing.wait_for(None)
    world.batches["one"].cancel()
    return await patient(prepared, variables, world)


async def changing(prepared: Prepared, variables: dict[str, Any], world: World) -> ExecutionResult:
    result = await patient(prepared, variables, world)
    late = world.landing.wait_for(None)
    late.add_done_callback(lambda _: (result.data or {}).clear())
    return result


async def hanging(_prepared: object, _variables: object, _world: object) -> ExecutionResult:
    return await asyncio.get_running_loop().create_future()


@pytest.mark.slow
@pytest.mark.parametrize("bug", [Backwards, Lenient, Eager, Forgetful, Misplacing, Twice, Halting])
async def test_a_bug_is_found(bug: type[Executor[Any]]) -> None:
    found = await failure(range(150), lambda _: [partial(buggy, bug)])
    assert "small:" in found
    assert len(found.split("small:")[1].splitlines()[1]) < _SMALL


@pytest.mark.slow
async def test_lost_variables_are_found() -> None:
    assert "small:" in await failure(range(60), lambda _: [without_variables])


@pytest.mark.parametrize("bug", [littering, cancelling, changing])
async def test_what_is_left_behind_is_found(bug: Execute) -> None:
    case = Trial.of(3).cases[0]
    assert not (await run(case, patient, 0)).untidy
    assert (await run(case, bug, 0)).untidy


async def test_an_operation_that_hangs_is_found() -> None:
    with pytest.raises(HungError):
        await run(Trial.of(3).cases[0], hanging, 0)
