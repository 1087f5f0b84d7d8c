"""What a plan does, walked and generated: the fuzz against graphql-core says the rest."""

from __future__ import annotations

import asyncio
import gc

import pytest

from gateway.engine.kept import Kept
from gateway.engine.plan.plans import Plans, Shelf
from tests.unit.engine.plan.films import (
    GENERATED,
    SCHEMA,
    WALKED,
    Context,
    Counted,
    Film,
    planned,
    plans,
    prepared,
    reference,
    turn,
    values,
)

pytestmark = pytest.mark.parametrize("hot", [WALKED, GENERATED])


def film(name: str) -> Film:
    return Film(name=name, rank=0)


def shown(error: Exception) -> tuple[object, ...]:
    return (error.path, error.message, error.locations)  # type: ignore[attr-defined] # a GraphQLError


@pytest.mark.parametrize(
    "text",
    [
        '{ films(names: ["a", "b"]) { name rank state tags shout(times: 2) __typename } }',
        '{ b: films(names: ["x"]) { n: name ...f } } fragment f on Film { a: shout(times: 3) }',
        '{ films(names: ["a"]) { where deep: where } maybe { where } }',
        "query Q($d: Boolean) { maybe { told(deep: $d) } ...F } fragment F on Query { __typename }",
        "{ odd { name rank } maybe { name } }",
        "{ maybe { shout(times: 2147483647000) } }",
        "{ maybe { name @skip(if: true) rank @include(if: false) } }",
    ],
)
async def test_it_answers_as_graphql_core_does(text: str, hot: int) -> None:
    expected = await reference(text, Context())
    for _ in range(3):
        found = await planned(text, Context(), hot)
        assert repr(found.data) == repr(expected.data)
        assert [*map(shown, found.errors or ())] == [*map(shown, expected.errors or ())]


@pytest.mark.parametrize("field", ["people", "crowd"])
@pytest.mark.parametrize("start", range(12))
async def test_flat_lists_are_as_graphql_core_shows_them(field: str, start: int, hot: int) -> None:
    """Also once their code has seen the usual objects."""
    text = f"query ($a: Int, $b: Int) {{ {field}(start: $a, end: $b) {{ name age __typename }} }}"
    kept = plans(text, hot)
    for first, last in ((0, 2), (0, 2), (start, start + 2), (start, start + 1), (0, 12)):
        given = values(text, a=first, b=last)
        plan = kept.of(given)
        assert plan is not None
        expected = await reference(text, Context(), a=first, b=last)
        found = await plan.run(Context(), given)
        assert repr(found.data) == repr(expected.data)
        assert [*map(shown, found.errors or ())] == [*map(shown, expected.errors or ())]


async def test_an_attribute_that_runs_code_is_read_once(hot: int) -> None:
    text = "{ people(start: 5, end: 6) { name age } }"
    known = plans(text, hot)
    for _ in range(3):
        plan = known.of(values(text))
        assert plan is not None
        before = Counted.reads
        assert (await plan.run(Context(), values(text))).data == {
            "people": [{"name": "d", "age": 7}]
        }
        assert Counted.reads == before + 1


async def test_all_keys_of_a_level_are_asked_before_any_lands(hot: int) -> None:
    context = Context()
    text = '{ films(names: ["a", "b", "c"]) { label(size: 2) must crew { name } } }'
    task = asyncio.create_task(planned(text, context, hot))
    await turn(1)
    assert len(context.futures) == 9
    for key, future in context.futures.items():
        future.set_result([] if key.startswith("crew") else "x")
    assert (await task).errors is None


async def test_a_slow_key_holds_nobody_up(hot: int) -> None:
    context = Context()
    text = '{ slots(names: ["slow", "quick"]) { label } }'
    task = asyncio.create_task(planned(text, context, hot))
    await turn(1)
    context.futures["quick"].set_result(film("quick"))
    await turn()
    assert "label quick 1" in context.futures
    context.futures["label quick 1"].set_result("x")
    context.futures["slow"].set_result(None)
    found = await task
    assert found.data == {"slots": [None, {"label": "x of quick at ['slots', 1, 'label']"}]}


async def test_what_is_told_at_once_needs_no_future(hot: int) -> None:
    context = Context()
    found = await planned('{ films(names: ["cheap"]) { label } }', context, hot)
    assert found.data == {"films": [{"label": "at once of cheap at ['films', 0, 'label']"}]}
    assert not context.futures


async def test_a_future_is_shared_by_aliases_and_asked_once_each(hot: int) -> None:
    context = Context()
    text = '{ films(names: ["a", "a"]) { label other: label } }'
    task = asyncio.create_task(planned(text, context, hot))
    await turn(1)
    assert context.calls["label a 1"] == 4
    context.futures["label a 1"].set_result("x")
    found = await task
    assert found.data is not None
    assert found.data["films"][1]["other"] == "x of a at ['films', 1, 'other']"


async def test_a_late_failure_nulls_the_nearest_place_that_may_be_null(hot: int) -> None:
    context = Context()
    text = "{ maybe { name must director { name } } odd { name } }"
    task = asyncio.create_task(planned(text, context, hot))
    await turn()
    context.futures["label maybe 1"].set_result("bad")
    found = await task
    assert found.data == {"maybe": None, "odd": [{"name": "a"}, {"name": "b"}]}
    (error,) = found.errors or ()
    assert (error.path, error.message) == (["maybe", "must"], "bad label")


async def test_nobody_waits_for_what_is_below_a_null(hot: int) -> None:
    """The director's task is ended, and the answer given without it."""
    context = Context()
    before = asyncio.all_tasks()
    task = asyncio.create_task(planned("{ maybe { director { name } must } }", context, hot))
    await turn()
    assert len(asyncio.all_tasks() - before) == 2
    context.futures["label maybe 1"].set_exception(KeyError("gone"))
    assert (await task).data == {"maybe": None}
    assert asyncio.all_tasks() == before


async def test_cancelling_ends_its_tasks_and_leaves_shared_futures_alone(hot: int) -> None:
    context = Context()
    before = asyncio.all_tasks()
    text = '{ films(names: ["a", "b"]) { director { name } label } }'
    task = asyncio.create_task(planned(text, context, hot))
    await turn()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == before
    assert not context.futures["label a 1"].cancelled()
    context.futures["label a 1"].set_exception(KeyError("late"))
    await turn()
    del context, task
    gc.collect()  # an error that nobody looked at would be told of here


async def test_a_task_that_a_field_asks_for_is_not_ours_to_cancel(hot: int) -> None:
    context = Context()
    done = asyncio.get_running_loop().create_future()

    async def shared() -> str:
        return await done

    context.futures["label maybe 1"] = theirs = asyncio.create_task(shared())
    for _ in range(2):
        task = asyncio.create_task(planned("{ maybe { label must } }", context, hot))
        await turn()
        task.cancel()
        await asyncio.wait([task])
    assert (
        await planned("{ maybe { label bad: shout(times: -1) n: never } }", context, hot)
    ).data == {"maybe": None}
    await turn()
    assert not theirs.done()
    done.set_result("x")
    await theirs


async def test_a_cancelled_future_is_an_error_of_its_field(hot: int) -> None:
    context = Context()
    task = asyncio.create_task(planned("{ maybe { name label } }", context, hot))
    await turn()
    context.futures["label maybe 1"].cancel()
    found = await task
    assert found.data == {"maybe": {"name": "maybe", "label": None}}
    assert [error.path for error in found.errors or ()] == [["maybe", "label"]]


async def test_a_resolver_runs_once_where_a_field_beside_it_fails(hot: int) -> None:
    context = Context()
    text = "{ maybe { first: shout bad: shout(times: -3000000000) last: shout } odd { name } }"
    await planned(text, context, hot)
    assert context.calls == {"maybe": 1, "shout maybe": 1}
    context = Context()
    text = '{ films(names: ["a"]) { shout label } maybe { shout must } }'
    task = asyncio.create_task(planned(text, context, hot))
    await turn()
    for future in context.futures.values():
        future.set_result("bad")
    await task
    assert max(context.calls.values()) == 1


async def test_arguments_come_from_variables(hot: int) -> None:
    text = "query ($names: [String!]!, $n: Int = 2) { films(names: $names) { shout(times: $n) } }"
    for times, shout in ((3, "aaa"), (0, "")):
        found = await planned(text, Context(), hot, names=["a"], n=times)
        assert found.data == {"films": [{"shout": shout}]}
    found = await planned(text, Context(), hot, names=["a"])
    assert found.data == {"films": [{"shout": "aa"}]}


async def test_what_is_skipped_is_planned_per_choice(hot: int) -> None:
    text = (
        "query ($a: Boolean!, $b: Boolean = true) "
        "{ maybe { name @skip(if: $a) rank @include(if: $b) } }"
    )
    kept = plans(text, hot)
    once = kept.of(values(text, a=True))
    first = kept.of(values(text, a=True))
    assert first is not None
    assert first is not once  # what comes once is not held on to
    assert kept.of(values(text, a=True, b=True)) is first
    second = kept.of(values(text, a=False, b=False))
    assert second is not None
    assert (await second.run(Context(), values(text, a=False, b=False))).data == {
        "maybe": {"name": "maybe"}
    }
    assert (await first.run(Context(), values(text, a=True))).data == {"maybe": {"rank": 0}}


async def test_plans_of_strangers_flush_none_that_is_used(hot: int) -> None:
    """However much each grows while it runs, as this one does by its film."""
    shelf: Shelf = Kept(100)
    used = Plans(SCHEMA, prepared("{ maybe { name } }"), shelf, hot=hot)
    used.of(values("{ maybe { name } }"))
    plan = used.of(values("{ maybe { name } }"))
    assert plan is not None
    await plan.run(Context(), values("{ maybe { name } }"))
    for number in range(100):
        text = f"{{ a{number}: maybe {{ name rank shout }} }}"
        strange = Plans(SCHEMA, prepared(text), shelf, hot=hot)
        strange.of(values(text))
        stranger = strange.of(values(text))
        assert stranger is not None
        await stranger.run(Context(), values(text))
        for _ in range(2):
            assert used.of(values("{ maybe { name } }")) is plan
    assert len(shelf) == 17  # a stranger weighs its fields, and a little for its text


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { queryType { name } } }",
        '{ maybe { name } ...f } fragment f on Query { __type(name: "Film") { name } }',
        "query ($a: Boolean = true) { maybe { name @skip(if: $a) } }",
    ],
)
def test_what_has_no_plan_is_left_to_graphql_core(text: str, hot: int) -> None:
    given = values(text, a=None) if "$a" in text else values(text)
    assert plans(text, hot).of(given) is None
