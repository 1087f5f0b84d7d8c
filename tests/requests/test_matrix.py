"""Who may see what, and do what: every field of the schema, and five kinds of people.

The rules come from the schema itself, which is not built while a field has none. What a rule says
is held against what the gateway does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import strawberry
from graphql import GraphQLObjectType

from gateway.domain.role import Role
from gateway.graph.access import ANYBODY, KNOWN, Guard, Rule, requires, rule_of, rules
from gateway.graph.cache_control import CacheControlScope, lasting
from gateway.graph.open_types import OPEN_TYPES
from gateway.graph.request import MOVES
from gateway.schema import build_schema
from tests.graph.everything import LOOSE, core_schema, everything
from tests.requests.cast import PEOPLE
from tests.requests.stages import FILM, OTHER_FILM, Scene, set_up

SCHEMA: Final = core_schema()
RULES: Final = rules(SCHEMA, OPEN_TYPES)
CLOSED: Final = {at: rule for at, rule in RULES.items() if not rule.anybody}

ROLES: Final = {
    "anonymous": None,
    "other": "bob",
    "owner": "ann",
    "manager": "max",
    "admin": "ada",
}
"""Ann's are the request and the account that are looked at."""

MAY: Final = {
    ("Movie", "viewerRequest"): {"other", "owner", "manager", "admin"},
    ("Request", "reason"): {"owner", "manager", "admin"},
    ("User", "quota"): {"owner"},
    ("User", "role"): {"owner"},
    ("Mutation", "requestMovie"): {"other", "owner", "manager", "admin"},
    ("Mutation", "approveRequest"): {"manager", "admin"},
    ("Mutation", "declineRequest"): {"manager", "admin"},
    ("Mutation", "retryRequest"): {"manager", "admin"},
    ("Mutation", "cancelRequest"): {"owner", "manager", "admin"},
}
"""Whoever may, by field; all others are everybody's."""

# The same request, and the same account, by every way that leads there.
WAYS: Final = """query($request: ID!, $film: Int!, $asker: ID!) {
  node(id: $request) { ...R } nodes(ids: [$request]) { ...R }
  requests(requestedBy: $asker) { nodes { ...R } edges { node { ...R } } }
  movie(by: {tmdbId: $film}) { requests { nodes { ...R } edges { node { ...R } } } }
  _entities(representations: [{__typename: "Request", id: $request}]) { ...R } }
fragment R on Request { reason requestedBy { role quota { used } } }"""


def seen(value: Any, name: str) -> list[Any]:  # noqa: ANN401 - JSON
    """Every value under that name, wherever it is."""
    if isinstance(value, list):
        return [found for item in value for found in seen(item, name)]
    if not isinstance(value, dict):
        return []
    own = [value[name]] if name in value else []
    return own + [found for inner in value.values() for found in seen(inner, name)]


def test_every_field_says_whose_business_it_is() -> None:
    """Each that is not everybody's is in the matrix, so a new one fails here until it is."""
    fields = {
        (kind.name, name)
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for name in kind.fields
    }
    assert fields <= set(RULES)
    assert set(CLOSED) == set(MAY)
    assert {(kind, name) for kind, name in RULES if kind == "Mutation"} <= set(MAY)


@pytest.mark.parametrize("at", [at for at in CLOSED if at[0] != "Mutation"])
def test_the_reference_says_it_and_no_cache_shares_it(at: tuple[str, str]) -> None:
    kind = SCHEMA.type_map[at[0]]
    assert isinstance(kind, GraphQLObjectType)
    field = kind.fields[at[1]].extensions["strawberry-definition"]
    scopes = {getattr(each, "scope", None) for each in field.directives}
    assert CacheControlScope.PRIVATE in scopes
    found = rule_of(field)
    assert found is not None
    assert found is KNOWN or found.told in (kind.fields[at[1]].description or "")


@pytest.mark.parametrize("who", ROLES)
async def test_what_each_may_see(tmp_path: Path, who: str) -> None:
    async with set_up("book", tmp_path) as scene:
        made = await scene.made("ann")
        await scene.step("max", "decline", made["id"], reason="on disc")
        asker = (await scene.query("ann", "{ viewer { id } }"))["viewer"]["id"]
        name = ROLES[who]
        found = await scene.query(name, WAYS, request=made["id"], film=FILM, asker=asker)
        for at, shown in (
            (("Request", "reason"), "on disc"),
            (("User", "role"), Role.REQUESTER.name),
            (("User", "quota"), {"used": 0}),
        ):
            values = seen(found, at[1])
            assert len(values) == 7
            assert all(each == (shown if who in MAY[at] else None) for each in values)
        await own_request(scene, name, may=who in MAY["Movie", "viewerRequest"])


def of_everybody(value: Any) -> Any:  # noqa: ANN401 - JSON
    """An answer without what is somebody's, and without the moment's own."""
    if isinstance(value, list):
        return [of_everybody(item) for item in value]
    if not isinstance(value, dict):
        return value
    theirs = {name for kind, name in CLOSED if kind == value.get("__typename")}
    left = {key: inner for key, inner in value.items() if key not in theirs}
    return {k: of_everybody(v) for k, v in left.items() if k not in {"viewer", "upstreams"}}


async def test_all_else_is_the_same_for_everybody(tmp_path: Path) -> None:
    async with set_up("seerr", tmp_path, LOOSE) as scene:
        document = await everything(scene.stage)
        told = [await scene.query(name, document) for name in (*ROLES.values(), "vic", "nob")]
        assert len(str(told[0])) > 20_000
        assert [of_everybody(each) for each in told[1:]] == [of_everybody(told[0])] * 6


async def own_request(scene: Scene, name: str | None, *, may: bool) -> None:
    """Whoever is known has one of their own, and sees that one."""
    if name is not None:
        await scene.ask_for(name, OTHER_FILM)
    text = """query($film: Int!) { movie(by: {tmdbId: $film}) {
      viewerRequest { requestedBy { displayName } } } }"""
    found = (await scene.query(name, text, film=OTHER_FILM))["movie"]["viewerRequest"]
    mine = None if name is None else PEOPLE[name].display_name
    assert found == ({"requestedBy": {"displayName": mine}} if may else None)


@pytest.mark.parametrize(
    "scene", ["book", pytest.param("seerr", marks=pytest.mark.slow)], indirect=True
)
@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("mutation", [name for kind, name in MAY if kind == "Mutation"])
async def test_what_each_may_do(scene: Scene, mutation: str, who: str) -> None:
    name = ROLES[who]
    if mutation == "requestMovie":
        done = await scene.ask_for(name)
    else:
        made = await scene.made("ann")
        word = mutation.removesuffix("Request")
        if word == "retry":
            await scene.step("max", "approve", made["id"])
            await scene.hands.fail(made["id"])
        done = await scene.step(name, word, made["id"])
    may = who in MAY["Mutation", mutation]
    assert done["__typename"].endswith("Success") is may
    if not may:
        code = "FORBIDDEN" if name else "UNAUTHENTICATED"
        assert (done["__typename"], done["code"]) == ("NotPermitted", code)


def schema_of(field: Any) -> strawberry.Schema:  # noqa: ANN401 - a Strawberry field
    """A schema with one more field."""
    query = strawberry.tools.create_type("Query", [field], description="All.")
    return strawberry.Schema(query=query)


def secret() -> str:
    """Something to show."""
    return "s"


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ({}, "Query.secret says not who may use it"),
        ({"metadata": KNOWN.declared}, "Query.secret is not everybody's, so its scope is PRIVATE"),
        (
            {"extensions": [Guard(requires(Role.ADMIN))], "directives": [lasting(MOVES)]},
            "Query.secret is not everybody's, so its scope is PRIVATE",
        ),
    ],
)
def test_a_field_without_a_rule_stops_the_build(declared: dict[str, Any], complaint: str) -> None:
    field = strawberry.field(resolver=secret, description="New.", **declared)
    with pytest.raises(LookupError, match=complaint):
        rules(schema_of(field)._schema, OPEN_TYPES)


def test_a_field_with_a_rule_is_built() -> None:
    private = lasting(MOVES, scope=CacheControlScope.PRIVATE)
    rule: Rule = requires(Role.ADMIN)
    for declared in (
        {"metadata": ANYBODY.declared},
        {"extensions": [Guard(rule)], "directives": [private]},
    ):
        field: Any = strawberry.field(resolver=secret, description="New.", **declared)  # type: ignore[call-overload] # of two kinds
        assert ("Query", "secret") in rules(schema_of(field)._schema, OPEN_TYPES)
    assert build_schema() is build_schema()
