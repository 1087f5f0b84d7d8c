"""What graphql-core's own tests say of fields that may not be null, and of errors at all."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema

from tests.engine.compiled import Compiled
from tests.engine.documents import Written
from tests.engine.plain import PlainCase, agreed, later, said
from tests.engine.runs import run
from tests.engine.trials import prepared

# graphql-core drops coroutines that it cancels before they begin.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.slow,
]

SCHEMA = build_schema("""
type Thing {
  sync: String
  must: String!
  late: String
  lateMust: String!
  nest: Thing
  mustNest: Thing!
  lateNest: Thing
  lateMustNest: Thing!
}
type Query { thing: Thing mustThing: Thing! must: String! lateMust: String! late: String }
""")


class Nulling:
    """Every leaf is null."""

    def leaf(self, name: str) -> object:
        del name

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - methods that graphql-core calls
        if name.startswith("__"):
            raise AttributeError(name)
        lower = name.lower()

        def sync(_info: object) -> object:
            return type(self)() if lower.endswith(("nest", "thing")) else self.leaf(name)

        async def late(_info: object) -> object:
            await later(None)
            return sync(_info)

        return late if lower.startswith("late") else sync


class Throwing(Nulling):
    """Every leaf fails."""

    def leaf(self, name: str) -> object:
        raise RuntimeError(name)


class Giving(Nulling):
    """Every leaf gives an error as if it were a value."""

    def leaf(self, name: str) -> object:
        return GraphQLError(name, extensions={"code": name.upper()})


DOCUMENTS = {
    "nullable": "{ thing { sync } }",
    "nullable, late": "{ thing { late } }",
    "not nullable": "{ thing { must } }",
    "not nullable, late": "{ thing { lateMust } }",
    "in an object": "{ thing { nest { must } } }",
    "in a late object": "{ thing { lateNest { must } } }",
    "late in an object": "{ thing { nest { lateMust } } }",
    "all late": "{ thing { lateNest { lateMust } } }",
    "a tree": """{ thing {
      nest { sync late nest { sync late } lateNest { sync late } }
      lateNest { sync late nest { sync late } lateNest { sync late } } } }""",
    "a long chain": """{ thing {
      a: nest { mustNest { lateMustNest { mustNest { lateMustNest { must } } } } }
      b: lateNest { mustNest { lateMustNest { mustNest { lateMustNest { must } } } } }
      c: nest { mustNest { lateMustNest { mustNest { lateMustNest { lateMust } } } } }
      d: lateNest { mustNest { lateMustNest { mustNest { lateMustNest { lateMust } } } } } } }""",
    "to the top": "{ mustThing { must } }",
    "to the top, late": "{ mustThing { lateMust } }",
    "at the top": "{ must }",
    "late at the top": "{ lateMust }",
    "two at the top": "{ late lateMust must }",
    "both ways at the root": "{ thing { lateMustNest { must } lateNest { must } } }",
    "slower nullable beside": "{ thing { lateMustNest { must } lateNest { lateMust } } }",
    "much slower nullable beside": """{ thing { nest { lateMustNest { must }
      lateNest { lateNest { lateNest { lateMust } } } } } }""",
    "merged": "{ thing { nest { sync } nest { must } ... on Thing { nest { late } } } }",
    "aliased": "{ thing { a: must b: lateMust c: sync } again: thing { sync } }",
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_nulls_and_errors(name: str) -> None:
    for root in (Nulling, Throwing, Giving):
        await agreed(SCHEMA, DOCUMENTS[name], root)


async def test_a_null_goes_up_to_the_first_that_may_be_null() -> None:
    seen = await agreed(SCHEMA, DOCUMENTS["a long chain"], Nulling)
    assert seen.data == {"thing": {"a": None, "b": None, "c": None, "d": None}}
    assert len(seen.errors) == 4
    assert said(seen)[0] == (
        ("thing", "a", "mustNest", "lateMustNest", "mustNest", "lateMustNest", "must"),
        "Cannot return null for non-nullable field Thing.must.",
    )


ARGUMENTS = build_schema("""
type Query { field(must: String!): String optional(may: String! = "default", other: Int): String }
""")


def echoed(_source: object, _info: object, **given: object) -> str:
    return repr(sorted(given.items()))


for _field in ARGUMENTS.query_type.fields.values():  # type: ignore[union-attr] # it has one
    _field.resolve = echoed

GIVEN: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "a literal": ('{ field(must: "x") }', {}, "[('must', 'x')]"),
    "a variable": ("query($v: String!) { field(must: $v) }", {"v": "x"}, "[('must', 'x')]"),
    "a default": ('query($v: String = "d") { field(must: $v) }', {}, "[('must', 'd')]"),
    "null for a default": ('query($v: String = "d") { field(must: $v) }', {"v": None}, None),
    "none for a default": ("query($v: String) { field: optional(may: $v) }", {},
        "[('may', 'default')]"),
    "null for an argument's default": ("query($v: String) { field: optional(may: $v) }",
        {"v": None}, None),
    "null among others": ("query($v: Int) { field: optional(other: $v) }", {"v": None},
        "[('may', 'default'), ('other', None)]"),
    "nothing among others": ("query($v: Int) { field: optional(other: $v) }", {},
        "[('may', 'default')]"),
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
async def test_arguments_that_may_not_be_null(name: str) -> None:
    text, variables, shown = GIVEN[name]
    seen = await agreed(ARGUMENTS, text, variables=variables)
    assert seen.data == {"field": shown}
    assert bool(seen.errors) is (shown is None)


def every_kind() -> GraphQLSchema:
    return build_schema("""
    type Query { ok: String said: String raised: String given: String list: [String]
      lateOk: String lateSaid: String lateRaised: String lateGiven: String told: String }
    """)


class Data:
    """Each way to fail."""

    def ok(self, _info: object) -> str:
        return "ok"

    def said(self, _info: object) -> str:
        raise GraphQLError("said", extensions={"foo": "bar"})

    def raised(self, _info: object) -> str:
        raise RuntimeError("raised")

    def given(self, _info: object) -> Exception:
        return RuntimeError("given")

    def list(self, _info: object) -> object:
        return ["0", RuntimeError("1"), "2", GraphQLError("3")]

    def told(self, _info: object) -> str:
        """An error that says itself where it belongs."""
        raise GraphQLError("told", path=["elsewhere", 1])

    async def lateOk(self, info: object) -> object:  # noqa: N802 - the field's name
        return await later(self.ok(info))

    async def lateSaid(self, info: object) -> object:  # noqa: N802 - ditto
        await later(None)
        return self.said(info)

    async def lateRaised(self, info: object) -> object:  # noqa: N802 - ditto
        return self.raised(info)

    async def lateGiven(self, info: object) -> object:  # noqa: N802 - ditto
        await later(None)
        return self.given(info)


async def test_every_way_to_fail() -> None:
    text = """{ ok said raised given list lateOk lateSaid lateRaised lateGiven }"""
    seen = await agreed(every_kind(), text, Data)
    assert [name for name, value in seen.data.items() if value] == ["ok", "list", "lateOk"]
    assert seen.data["list"] == ["0", None, "2", None]
    assert len(seen.errors) == 8
    assert any("'foo': 'bar'" in each.about for each in seen.errors)


async def test_an_error_that_knows_its_place_keeps_it() -> None:
    """Whoever runs an operation inside another hands its errors on as they are."""
    seen = await agreed(every_kind(), "{ told }", Data)
    assert said(seen) == [(("elsewhere", 1), "told")]


def failing(message: str) -> Callable[[object], object]:
    def resolve(_info: object) -> object:
        raise RuntimeError(message)

    return resolve


def waiting(value: object) -> Callable[[object], object]:
    return lambda _info: later(value)


FAILING: dict[str, dict[str, object]] = {
    "at once": {"must": failing("x"), "late": waiting("y"), "lateMust": waiting("z")},
    "late": {"must": "x", "late": waiting(RuntimeError("y")), "lateMust": waiting(None)},
    "both": {"must": failing("x"), "late": waiting(RuntimeError("y")), "lateMust": waiting(None)},
}


@pytest.mark.parametrize("name", FAILING)
@pytest.mark.parametrize(
    "text", ["{ late lateMust must }", "{ must late }", "{ lateMust late }", "{ late must }"]
)
async def test_errors_at_once_beside_late_ones(name: str, text: str) -> None:
    await agreed(SCHEMA, text, lambda: FAILING[name])


NEVER: dict[str, tuple[str, dict[str, object]]] = {
    "failing beside": ("{ thing { lateMust must } }", {"must": failing("x")}),
    "null beside": ("{ thing { late lateMust must } }", {"must": None}),
    "before": ("{ thing { must lateMust } }", {"must": None}),
    "failing below": ("{ thing { late mustNest { must } } }", {"mustNest": {"must": None}}),
    "failing later": ("{ thing { late lateMust } }", {"lateMust": waiting(None)}),
}


@pytest.mark.parametrize("name", NEVER)
@pytest.mark.parametrize("hot", [1, 9])
async def test_nobody_waits_for_what_is_null_already(name: str, hot: int) -> None:
    """What never lands does not hold the answer up."""
    text, given = NEVER[name]

    async def never(_info: object) -> object:
        return await asyncio.get_running_loop().create_future()

    def root() -> dict[str, object]:
        return {"thing": {"late": never, "lateMust": never, **given}}

    case = PlainCase(SCHEMA, prepared(Written(text, {})), {}, root)
    for _ in range(2):
        seen = await run(case, Compiled(hot=hot), 0)
        assert seen.data == {"thing": None}
        assert len(seen.errors) == 1
        assert not seen.untidy


class StopError(BaseException):
    """No error of a field: whoever stops the process."""


@pytest.mark.parametrize("hot", [1, 9])
async def test_what_stops_the_process_is_not_held_back(hot: int) -> None:
    async def stopping(_info: object) -> object:
        await later(None)
        raise StopError

    case = PlainCase(SCHEMA, prepared(Written("{ late lateMust }", {})), {}, lambda: {
        "late": stopping, "lateMust": waiting("x"),
    })  # fmt: skip
    for _ in range(2):
        with pytest.raises(StopError):
            await run(case, Compiled(hot=hot), 0)


@pytest.mark.parametrize("hot", [1, 9])
async def test_nobody_complains_of_errors_that_come_too_late(
    hot: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Python would log each failed future that nobody looked at."""
    loop = asyncio.get_running_loop()

    def failing_soon(_info: object) -> asyncio.Future[object]:
        made: asyncio.Future[object] = loop.create_future()
        loop.call_soon(loop.call_soon, made.set_exception, RuntimeError("too late"))
        return made

    for text in ("{ thing { lateMust late must } }", "{ thing { late a: late must } }"):
        root = {"thing": {"late": failing_soon, "lateMust": failing_soon, "must": None}}
        case = PlainCase(SCHEMA, prepared(Written(text, {})), {}, lambda root=root: root)
        for _ in range(2):
            seen = await run(case, Compiled(hot=hot), 0)
            assert seen.data == {"thing": None}
            await later(None)
    await later(None)
    gc.collect()
    assert "never retrieved" not in caplog.text
