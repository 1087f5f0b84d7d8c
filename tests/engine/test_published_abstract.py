"""What graphql-core's own tests say of interfaces and unions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import strawberry
from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema

from tests.engine.plain import agreed, later, said

# graphql-core drops coroutines that it cancels before they begin.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")

SDL = """
interface Life { progeny: [Life] }
interface Named { name: String }
type Dog implements Named & Life { name: String woofs: Boolean progeny: [Dog] mother: Life! }
type Cat implements Named & Life { name: String meows: Boolean progeny: [Cat] }
type Plant implements Named { name: String }
union Pet = Dog | Cat
type Query { pets: [Pet] pet: Pet named: [Named!] must: Named! lives: [Life] dog: Dog dogs: [Dog!] }
"""


class Animal:
    name = "Odie"
    woofs = True
    meows = False
    progeny: object = None

    def __init__(self, **own: object) -> None:
        self.__dict__.update(own)


class Dog(Animal):
    pass


class Cat(Animal):
    name = "Garfield"


class Plant(Animal):
    name = "Fern"


Tell = Callable[[object, GraphQLResolveInfo], object]
ANSWERS: dict[str, Callable[[type], Tell]] = {
    "at once": lambda kind: lambda value, _info: isinstance(value, kind),
    "late": lambda kind: lambda value, _info: later(isinstance(value, kind)),
    "never": lambda _kind: lambda _value, _info: False,
    "never, late": lambda _kind: lambda _value, _info: later(None),
    "failing": lambda kind: failing if kind is Cat else ANSWERS["at once"](kind),
    "failing late": lambda kind: failing_late if kind is Cat else ANSWERS["late"](kind),
    "both": lambda kind: ANSWERS["late" if kind is Dog else "at once"](kind),
}


def failing(_value: object, _info: object) -> object:
    raise RuntimeError("We are testing this error")


def failing_late(_value: object, _info: object) -> object:
    return later(RuntimeError("We are testing this error"))


def by_types(way: str) -> GraphQLSchema:
    """Each object type says what is of it."""
    schema: Any = build_schema(SDL)
    for kind in (Dog, Cat, Plant):
        schema.type_map[kind.__name__].is_type_of = ANSWERS[way](kind)
    return schema  # type: ignore[no-any-return] # built above


def by_resolver(tell: Callable[..., object]) -> GraphQLSchema:
    """The abstract type says of what type a value is."""
    schema: Any = build_schema(SDL)
    for name in ("Life", "Named", "Pet"):
        schema.type_map[name].resolve_type = tell
    return schema  # type: ignore[no-any-return] # built above


def root() -> dict[str, object]:
    garfield, odie = Cat(progeny=[Cat()]), Dog(progeny=[Dog(mother=Cat())], mother=Dog())
    return {
        "pets": [odie, garfield, None],
        "pet": odie,
        "named": [garfield, odie, Plant()],
        "must": garfield,
        "lives": [odie, garfield, Dog()],
        "dog": odie,
        "dogs": [odie, Dog()],
    }


DOCUMENTS = (
    "{ pets { __typename ... on Dog { name woofs } ... on Cat { name meows } } }",
    "{ pets { ...D ... on Named { name } } } fragment D on Dog { woofs }",
    "{ named { name __typename ... on Life { progeny { __typename } } } must { name } }",
    "{ lives { progeny { __typename ... on Dog { name mother { ... on Named { name } } } } } }",
    "{ pet { ... on Life { ... on Pet { ... on Dog { woofs a: name } } } } }",
    "{ dog { name progeny { name mother { progeny { __typename } } } } dogs { name } }",
    "{ pet { ... on Named { name } ... on Dog { name progeny { woofs } } } a: pet { __typename } }",
    "{ must { ... on Plant { name } } pet { ... on Cat { name } } }",
)


@pytest.mark.parametrize("way", ANSWERS)
async def test_types_that_say_what_is_of_them(way: str) -> None:
    schema = by_types(way)
    for text in DOCUMENTS:
        await agreed(schema, text, root)


def class_name(value: object, *_: object) -> object:
    return type(value).__name__


def late_name(value: object, *_: object) -> object:
    return later(type(value).__name__)


RESOLVERS: dict[str, Callable[..., object]] = {
    "at once": class_name,
    "late": late_name,
    "late at times": lambda value, *_: (late_name if value.woofs else class_name)(value),
    "failing": lambda *_: failing(None, None),
    "failing late": lambda *_: later(RuntimeError("late")),
    "nothing": lambda *_: None,
    "nothing, late": lambda *_: later(None),
    "unknown": lambda *_: "Human",
    "a scalar": lambda *_: "String",
    "introspection": lambda *_: "__Schema",
    "another type": lambda *_: "Query",
    "a type": lambda _value, info, _abstract: info.schema.type_map["Dog"],
    "a list": lambda *_: [],
}


@pytest.mark.parametrize("way", RESOLVERS)
async def test_resolvers_that_say_what_a_value_is(way: str) -> None:
    schema = by_resolver(RESOLVERS[way])
    for text in DOCUMENTS:
        await agreed(schema, text, root)


NAMES: dict[str, tuple[object, str]] = {
    "none": (None, "must resolve to an Object type at runtime for field 'Query.pet'"),
    "unknown": ("Human", "was resolved to a type 'Human' that does not exist inside the schema"),
    "scalar": ("String", "was resolved to a non-object type 'String'"),
    "introspection": ("__Schema", "Runtime Object type '__Schema' is not a possible type for"),
    "not of it": ("Plant", "Runtime Object type 'Plant' is not a possible type for 'Pet'"),
}


@pytest.mark.parametrize("name", NAMES)
async def test_a_typename_in_the_value_that_is_none(name: str) -> None:
    typename, message = NAMES[name]
    made = {"pet": {"__typename": typename}}
    seen = await agreed(build_schema(SDL), "{ pet { ... on Dog { name } } }", lambda: made)
    assert message in said(seen)[0][1].replace("\n", " ")


def with_names() -> Mapping[str, object]:
    return {
        "pets": [{"__typename": "Dog", "name": "a", "woofs": True}, {"__typename": "Cat"}],
        "named": [{"__typename": "Plant", "name": lambda _info: "b"}],
    }


async def test_a_typename_in_the_value() -> None:
    seen = await agreed(build_schema(SDL), DOCUMENTS[0], with_names)
    assert seen.data["pets"][0] == {"__typename": "Dog", "name": "a", "woofs": True}
    await agreed(build_schema(SDL), "{ named { name } }", with_names)


async def test_a_value_that_is_not_of_its_object_type() -> None:
    for way in ("at once", "late"):
        seen = await agreed(by_types(way), "{ dogs { name } dog { name } }", lambda: {
            "dogs": [Dog(), Cat()], "dog": Plant()
        })  # fmt: skip
        assert seen.data == {"dogs": None, "dog": None}
        assert "Expected value of type 'Dog' but got" in said(seen)[0][1]


async def test_what_a_type_resolver_is_told() -> None:
    told: list[object] = []

    def tell(value: object, info: GraphQLResolveInfo, abstract: Any) -> str:  # noqa: ANN401 - graphql-core's
        told.append(
            (type(value).__name__, info.field_name, info.path.as_list(), str(info.return_type),
             info.parent_type.name, info.context, abstract.name, len(info.field_nodes))
        )  # fmt: skip
        return type(value).__name__

    text = "{ pets { __typename } pets { ... on Dog { name } } lives { progeny { __typename } } }"
    await agreed(by_resolver(tell), text, root)
    runs = len(told) // 4
    assert all(told[at * runs : (at + 1) * runs] == told[:runs] for at in range(4))


@strawberry.interface
class Shape:
    kind: str

    @classmethod
    def resolve_type(cls, value: Any, *_: object) -> str:  # noqa: ANN401 - graphql-core's signature
        return str(value.kind)


@strawberry.type
class Round(Shape):
    radius: int = 1

    @classmethod
    def is_type_of(cls, value: Any, _info: object) -> bool:  # noqa: ANN401 - ditto
        return value.kind == "Round"


@strawberry.type
class Square(Shape):
    side: int = 2
    radius: int = 3

    @classmethod
    def is_type_of(cls, value: Any, _info: object) -> bool:  # noqa: ANN401 - ditto
        return value.kind in {"Square", "Round"}


@strawberry.interface
class Letter:
    kind: str

    @classmethod
    def resolve_type(cls, value: Any, *_: object) -> str:  # noqa: ANN401 - ditto
        return str(value.kind)


@strawberry.type
class Alpha(Letter):
    size: int = 1


@strawberry.type
class Beta(Letter):
    size: int = 2


@strawberry.type
class Shapes:
    @strawberry.field
    def letters(self) -> list[Letter | None]:
        return [Alpha(kind="Alpha"), Alpha(kind="Beta"), Beta(kind="Beta"), Beta(kind="Alpha")]

    @strawberry.field
    def all(self) -> list[Shape | None]:
        return [Round(kind="Round"), Square(kind="Round"), Square(kind="Square"), Round(kind="?")]

    @strawberry.field
    def rounds(self) -> list[Round | None]:
        return [Round(kind="Round"), Round(kind="Square"), Round(kind="Round")]


async def test_strawberry_types_that_say_it_by_the_value() -> None:
    """What one object of a class was says nothing of the next."""
    core = strawberry.Schema(Shapes, types=[Round, Square, Alpha, Beta])._schema
    text = "{ all { __typename kind ... on Round { radius } } rounds { kind radius } }"
    seen = await agreed(core, text)
    assert [each and each["__typename"] for each in seen.data["all"]] == [
        "Round",
        "Round",
        "Square",
        None,
    ]
    assert [each and each["kind"] for each in seen.data["rounds"]] == ["Round", None, "Round"]
    letters = await agreed(core, "{ letters { __typename } }")
    assert [each["__typename"] for each in letters.data["letters"]] == [
        "Alpha",
        "Beta",
        "Beta",
        "Alpha",
    ]
