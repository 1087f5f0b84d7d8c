"""Nothing that a person causes at Seerr may be done in the name of its administrator.

Seerr does what comes without ``X-API-User``, or with a blank one, as its owner.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.request_rules import Step
from gateway.domain.request_store import Wish
from gateway.errors import UpstreamError
from gateway.transport.http import UpstreamHttp
from gateway.transport.port import HttpAnswer
from gateway.upstreams import seerr
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.person import SeerrPerson

GIVEN: dict[str, object] = {"int": 7, "Wish": Wish(tmdb_id=603), "Decision": Step.APPROVE}
"""An argument of each type."""
FOLDER = Path(seerr.__file__).parent
WRITER = ("person.py", "SeerrPerson", "_send")


class Recorder:
    """Seerr, that notes whom each call is made for, and is satisfied with all of them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, str]]] = []

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        assert timeout_s > 0
        assert url.startswith("http://seerr/")
        assert body is None or body.startswith(b"{")
        self.calls.append((method, headers))
        return HttpAnswer(status=200, headers={"content-type": "application/json"}, body=b"{}")

    async def aclose(self) -> None:
        """Nothing is open."""


def trees() -> Iterator[tuple[str, ast.AST]]:
    """Each module of the upstream."""
    for path in sorted(FOLDER.rglob("*.py")):
        yield path.name, ast.parse(path.read_text(encoding="utf-8"))


def inside(tree: ast.AST, kind: type[ast.AST]) -> Iterator[Any]:
    """Parts of a tree of one kind."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def places_that_write() -> Iterator[tuple[str, str, str]]:
    """Module, class and function of every ``send`` that is not a class's own."""
    for name, tree in trees():
        for owner in inside(tree, ast.ClassDef):
            for function in inside(owner, ast.AsyncFunctionDef):
                for node in inside(function, ast.Attribute):
                    if node.attr == "send" and ast.unparse(node.value) != "self":
                        yield name, owner.name, function.name


def test_only_two_modules_reach_seerr() -> None:
    reach = {name for name, tree in trees() if "UpstreamHttp" in ast.unparse(tree)}
    assert reach == {"client.py", "person.py"}


def test_writes_leave_at_one_place_alone() -> None:
    assert list(places_that_write()) == [WRITER]


@pytest.mark.parametrize(
    ("kind", "name"), [(SeerrPerson, "user_id"), (SeerrClient, "acting_user_id")]
)
def test_nobody_is_made_without_a_number(kind: Callable[..., Any], name: str) -> None:
    parameter = inspect.signature(kind).parameters[name]
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
    assert parameter.default is inspect.Parameter.empty
    assert parameter.annotation == "int"
    http = UpstreamHttp("seerr", Recorder(), base_url="http://seerr/api/v1")
    for wrong in (0, -1, True, False):
        with pytest.raises(ValueError, match="from 1"):
            kind(http, **{name: wrong})


def methods() -> list[str]:
    found = inspect.getmembers(SeerrPerson, inspect.iscoroutinefunction)
    return [name for name, _ in found if not name.startswith("_")]


@pytest.mark.parametrize("name", methods())
async def test_whatever_a_person_causes_carries_their_number(name: str) -> None:
    recorder = Recorder()
    http = UpstreamHttp(
        "seerr", recorder, base_url="http://seerr/api/v1", headers={"X-Api-Key": "k"}
    )
    person = SeerrPerson(http, user_id=41)
    method = getattr(person, name)
    given = {
        each.name: GIVEN[str(each.annotation)]
        for each in inspect.signature(method).parameters.values()
        if each.default is inspect.Parameter.empty
    }
    with suppress(UpstreamError):  # `{}` is no answer to a read
        await method(**given)
    assert recorder.calls
    assert {headers["X-API-User"] for _, headers in recorder.calls} == {"41"}


def test_the_wire_is_played_for_writes_and_reads() -> None:
    """Or the test above proves nothing."""
    assert {"create", "decide", "delete"} <= set(methods())
