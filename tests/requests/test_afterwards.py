"""What is shown after a change, by whomever: never how it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.graph.stage import staged
from tests.requests.cast import as_, introduce
from tests.requests.stages import FILM, OTHER_FILM, Hands, Scene, SeerrHands, kept_in, with_people

SEE = """query($film: Int!) { movie(by: {tmdbId: $film}) { availability
  requests(first: 1) { totalCount nodes { status } } viewerRequest { status } } }"""
LIST = "{ requests(first: 1) { nodes { tmdbId status } } }"
QUOTA = "{ viewer { quota { used } } }"


async def shown(scene: Scene, name: str | None) -> tuple[Any, ...]:
    """The film's own page, as somebody sees it."""
    film = (await scene.query(name, SEE, film=FILM))["movie"]
    own = film["viewerRequest"]
    states = [each["status"] for each in film["requests"]["nodes"]]
    return film["availability"], film["requests"]["totalCount"], states, own and own["status"]


async def test_kept_answers_are_gone_before_the_reply(scene: Scene) -> None:
    """Each was read before, so that it is kept: by everybody, and by Ann alone."""
    await scene.hands.allow("ann", 5)
    assert await shown(scene, None) == ("UNKNOWN", 0, [], None)
    assert await shown(scene, "ann") == ("UNKNOWN", 0, [], None)
    assert (await scene.query("ann", QUOTA))["viewer"]["quota"]["used"] == 0
    before = (await scene.query(None, LIST))["requests"]["nodes"]
    made = await scene.made("ann")
    assert await shown(scene, None) == ("PENDING", 1, ["PENDING"], None)
    assert await shown(scene, "ann") == ("PENDING", 1, ["PENDING"], "PENDING")
    assert (await scene.query("ann", QUOTA))["viewer"]["quota"]["used"] == 1
    [listed] = (await scene.query(None, LIST))["requests"]["nodes"]
    assert listed == {"tmdbId": FILM, "status": "PENDING"}
    assert await scene.status(made["id"]) == "PENDING"
    await scene.step("max", "approve", made["id"])
    assert await shown(scene, "ann") == ("PROCESSING", 1, ["APPROVED"], "APPROVED")
    assert await scene.status(made["id"]) == "APPROVED"
    await scene.step("max", "cancel", made["id"])
    assert (await shown(scene, None))[1:] == (0, [], None)
    assert (await scene.query(None, LIST))["requests"]["nodes"] == before
    assert await scene.status(made["id"]) is None


async def test_mutations_of_one_operation_see_what_came_before(scene: Scene) -> None:
    """One after the other; what is read below each is read anew."""
    made = await scene.made("ann")
    text = """mutation($id: ID!, $other: Int!) {
      first: approveRequest(input: {id: $id}) { ...S }
      second: approveRequest(input: {id: $id}) { __typename }
      third: requestMovie(input: {movie: {tmdbId: $other}}) { ... on RequestMovieSuccess {
        request { movie { requests { nodes { status } } availability } } } }
      fourth: cancelRequest(input: {id: $id}) { ... on CancelRequestSuccess {
        request { movie { requests { nodes { status } } } } } } }
    fragment S on ApproveRequestSuccess {
      request { movie { requests { nodes { status } } availability } } }"""
    done = await scene.query("max", text, id=made["id"], other=OTHER_FILM)
    approved = {"requests": {"nodes": [{"status": "APPROVED"}]}, "availability": "PROCESSING"}
    assert done["first"]["request"]["movie"] == approved
    assert done["second"] == {"__typename": "RequestConflict"}
    assert done["third"]["request"]["movie"] == approved
    assert done["fourth"]["request"]["movie"]["requests"]["nodes"] == []


async def test_nothing_is_changed_by_get(scene: Scene) -> None:
    text = f"mutation {{ requestMovie(input: {{movie: {{tmdbId: {FILM}}}}}) {{ __typename }} }}"
    found = await scene.stage.http.get("/graphql", params={"query": text}, headers=as_("ann"))
    assert found.status_code == 405
    assert await shown(scene, None) == ("UNKNOWN", 0, [], None)


async def test_what_was_asked_for_outlives_the_gateway(tmp_path: Path) -> None:
    """At Seerr, too, whose people go on as well."""
    sandbox = with_people()
    for environ in ({}, kept_in(tmp_path)):
        async with staged(environ, sandbox, prepare=introduce) as stage:
            scene = Scene(stage, hands_of_nobody())
            made = await scene.made("ann")
            await scene.step("max", "approve", made["id"])
        async with staged(environ, sandbox, prepare=introduce) as stage:
            scene = Scene(stage, hands_of_nobody())
            assert await scene.status(made["id"]) == "APPROVED"
            again = await scene.ask_for("ann")
            assert (again["created"], again["request"]["id"]) == (False, made["id"])


def hands_of_nobody() -> Hands:
    """Nothing is done behind the store's back."""
    return SeerrHands(None)  # type: ignore[arg-type] # never used
