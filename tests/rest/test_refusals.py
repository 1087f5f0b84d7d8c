"""Every mutation and every refusal: the matching status, whoever keeps the requests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from graphql import GraphQLUnionType

from gateway.graph.ids import global_id
from gateway.sandbox import Fault
from gateway.web.rest.statuses import OF_MEMBER
from tests.graph.everything import core_schema
from tests.requests.stages import FILM, NO_FILM, OTHER_FILM, THIRD_FILM, Scene, set_up
from tests.requests.test_outages import break_book
from tests.rest.rest import STEPS, Rest, problem

NOBODYS = global_id("Request", 2_000_000_000)
NO_STORE = {"SEERR_BASE_URL": "off", "GATEWAY_BOOK": "off"}


def test_every_member_has_a_status() -> None:
    """A new one fails here until it has."""
    unions = (
        kind
        for kind in core_schema().type_map.values()
        if isinstance(kind, GraphQLUnionType) and kind.name.endswith("Result")
    )
    members = {member.name for kind in unions for member in kind.types}
    assert {name for name in members if not name.endswith("Success")} == set(OF_MEMBER)


async def test_asking(scene: Scene) -> None:
    rest = Rest(scene)
    assert problem(await rest.ask(None)) == (401, "UNAUTHENTICATED")
    assert problem(await rest.ask("vic")) == (403, "FORBIDDEN")
    assert problem(await rest.ask("ann", NO_FILM)) == (404, "MOVIE_NOT_FOUND")
    for ref in ({"imdbId": "tt9999999"}, {"id": "nonsense"}, {"id": NOBODYS}):
        assert (await rest.ask("ann", wish={"movie": ref})).status_code == 404
    for wish in ({}, {"movie": {}}, {"movie": {"tmdbId": 603, "imdbId": "tt0133093"}}, []):
        done = await rest.ask("ann", wish=wish)
        assert problem(done) == (422, "BAD_USER_INPUT")
        assert done.json()["errors"][0]["pointer"].startswith("#")
    done = await rest.ask("ann", Idempotency_Key="a b")
    assert problem(done) == (400, "BAD_USER_INPUT")
    assert done.json()["errors"][0]["header"] == "Idempotency-Key"

    await scene.hands.blocklist(THIRD_FILM)
    done = await rest.ask("ann", THIRD_FILM)
    assert problem(done) == (403, "BLOCKLISTED")
    assert done.json()["tmdbId"] == THIRD_FILM

    first = await rest.ask("ann", Idempotency_Key='"k"')
    assert first.status_code == 201
    assert (await rest.ask("ann", Idempotency_Key="k")).json() == first.json()
    done = await rest.ask("ann", OTHER_FILM, Idempotency_Key="k")
    assert problem(done) == (422, "IDEMPOTENCY_KEY_REUSED")
    again = await rest.ask("ann")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert again.headers["content-location"] == first.headers["location"]

    done = await rest.ask("bob")
    assert problem(done) == (409, "DUPLICATE_REQUEST")
    assert done.json()["request"]["id"] == first.json()["id"]

    await scene.hands.allow("ann", 1)
    done = await rest.ask("ann", OTHER_FILM)
    assert problem(done) == (429, "QUOTA_EXCEEDED")
    quota = done.json()["quota"]
    assert (quota["limit"], quota["remaining"]) == (1, 0)
    wait_s = (datetime.fromisoformat(quota["resetsAt"]) - datetime.now(UTC)).total_seconds()
    assert abs(int(done.headers["retry-after"]) - wait_s) < 5

    scene.stage.sandbox.tmdb.faults.set([Fault(kind="server_error")])
    done = await rest.ask("bob", OTHER_FILM + 1)
    assert problem(done) == (503, "UPSTREAM_UNAVAILABLE")
    told = done.json()
    assert (told["upstream"], told["retryable"], told["uncertain"]) == ("tmdb", True, False)
    assert int(done.headers["retry-after"]) > 0


async def test_deciding(scene: Scene) -> None:
    rest = Rest(scene)
    made = await rest.made("ann")
    where, version = made["id"], made["version"]
    for word in STEPS:
        assert problem(await rest.step(None, word, where)) == (401, "UNAUTHENTICATED")
        assert problem(await rest.step("bob", word, where)) == (403, "FORBIDDEN")
        assert problem(await rest.step("max", word, NOBODYS)) == (404, "REQUEST_NOT_FOUND")
        for request_id in ("nonsense", global_id("Movie", 603)):
            assert problem(await rest.step("max", word, request_id)) == (404, "BAD_USER_INPUT")
        done = await rest.step("max", word, where, Idempotency_Key="a b")
        assert problem(done) == (400, "BAD_USER_INPUT")
        for seen in ('"something"', f'W/"v{version}-{"0" * 24}"', f'"v{version + 1}-{"0" * 24}"'):
            done = await rest.step("max", word, where, If_Match=seen)
            assert problem(done) == (412, "REQUEST_CONFLICT")
            assert done.json()["request"]["status"] == "PENDING"
    done = await rest.step("max", "decline", where, {"reason": "x" * 501})
    assert problem(done) == (422, "BAD_USER_INPUT")
    assert done.json()["errors"][0]["pointer"] == "#/reason"
    done = await rest.step("max", "approve", where, {"version": version + 1})
    assert problem(done) == (409, "REQUEST_CONFLICT")
    assert problem(await rest.step("max", "retry", where)) == (409, "REQUEST_CONFLICT")

    etag = (await rest.get(f"/api/requests/{where}")).headers["etag"]
    several = f'"other", {etag}, "v{version + 7}-{"0" * 24}"'
    done = await rest.step("max", "approve", where, If_Match=several, Idempotency_Key="k")
    assert (done.status_code, done.json()["status"]) == (200, "APPROVED")
    for word in ("approve", "decline"):
        assert problem(await rest.step("max", word, where)) == (409, "REQUEST_CONFLICT")
    assert problem(await rest.step("ann", "cancel", where)) == (409, "REQUEST_CONFLICT")
    assert problem(await rest.step("max", "approve", where, If_Match=etag))[0] == 412
    other = (await rest.made("bob", OTHER_FILM))["id"]
    for word in ("approve", "decline", "retry", "cancel"):
        key = {"Idempotency_Key": f"k-{word}"}
        await rest.step("max", word, where, **key)
        done = await rest.step("max", word, other, **key)
        assert problem(done) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("keeper", ["book", pytest.param("seerr", marks=pytest.mark.slow)])
async def test_whoever_keeps_requests_is_away(tmp_path: Path, keeper: str) -> None:
    async with set_up(keeper, tmp_path) as scene:
        rest = Rest(scene)
        made = await rest.made("ann")
        if keeper == "book":
            await break_book(scene)
        else:
            scene.stage.sandbox.seerr.faults.set([Fault(kind="server_error")])
        for word in STEPS:
            done = await rest.step("max", word, made["id"])
            status, _ = problem(done)
            assert status == (502 if keeper == "book" else 503)  # one is broken, the other away
            assert (done.json()["upstream"], done.json()["retryable"]) == (keeper, True)
            assert keeper == "book" or int(done.headers["retry-after"]) > 0
        assert problem(await rest.get("/api/requests?first=3"))[0] == status
        scene.stage.sandbox.seerr.faults.clear()


async def test_nobody_keeps_requests(tmp_path: Path) -> None:
    async with set_up("book", tmp_path, NO_STORE) as scene:
        rest = Rest(scene)
        assert problem(await rest.ask("ann")) == (403, "REQUESTS_ARE_OFF")
        for word in STEPS:
            done = await rest.step("max", word, NOBODYS)
            assert problem(done) == (403, "REQUESTS_ARE_OFF")
        assert problem(await rest.get("/api/requests"))[0] == 404


@pytest.mark.slow
async def test_who_is_nobody_at_seerr(tmp_path: Path) -> None:
    async with set_up("seerr", tmp_path) as scene:
        assert problem(await Rest(scene).ask("nob")) == (403, "NO_STORE_USER")
        made = await Rest(scene).made("ann", FILM)
        for word in STEPS:
            done = await Rest(scene).step("nob", word, made["id"])
            assert problem(done) == (403, "NO_STORE_USER")


@pytest.mark.slow
async def test_an_answer_that_was_lost(tmp_path: Path) -> None:
    """Seerr may have it by now or not: 202, and asking again does nothing twice."""
    async with set_up("seerr", tmp_path) as scene:
        rest = Rest(scene)
        scene.stage.sandbox.seerr.faults.set([Fault(kind="html_502", route="/request")])
        done = await rest.ask("ann")
        assert (done.status_code, done.json()["status"]) == (202, "UNKNOWN")
        where = done.headers["location"]
        scene.stage.sandbox.seerr.faults.clear()
        assert (await rest.get(where, "ann")).status_code == 404
        again = await rest.ask("ann")
        assert (again.status_code, again.headers["location"]) == (202, where)
