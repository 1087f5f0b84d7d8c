"""Every mutation and every refusal: the right member of the union, whoever keeps the requests."""

from __future__ import annotations

import asyncio

import pytest

from gateway.graph.ids import global_id
from gateway.sandbox import Fault
from tests.requests.stages import FILM, NO_FILM, OTHER_FILM, THIRD_FILM, Scene

STEPS = ("approve", "decline", "retry", "cancel")
NOBODYS = global_id("Request", 2_000_000_000)


def told(done: dict[str, object]) -> tuple[object, object]:
    """Which member, and its code; each says something to people."""
    assert done["message"]
    return done["__typename"], done["code"]


class TestAsking:
    """``requestMovie``."""

    async def test_success_and_asking_twice(self, scene: Scene) -> None:
        made = await scene.made("ann")
        assert (made["status"], made["tmdbId"], made["is4k"]) == ("PENDING", FILM, False)
        again = await scene.ask_for("ann")
        assert (again["__typename"], again["created"]) == ("RequestMovieSuccess", False)
        assert again["request"] == made

    async def test_who_decides_needs_no_decision(self, scene: Scene) -> None:
        assert (await scene.made("max"))["status"] == "APPROVED"

    async def test_hd_and_4k_are_separate(self, scene: Scene) -> None:
        await scene.made("ann")
        other = await scene.ask_for("ann", is4k=True)
        assert (other["created"], other["request"]["is4k"]) == (True, True)

    async def test_by_imdb_id_and_by_global_id(self, scene: Scene) -> None:
        for ref in ({"imdbId": "tt6966692"}, {"id": global_id("Movie", FILM)}):
            done = await scene.ask_for("ann", movie=ref)
            assert done["request"]["tmdbId"] == FILM

    async def test_somebody_else_s(self, scene: Scene) -> None:
        made = await scene.made("ann")
        done = await scene.ask_for("bob")
        assert told(done) == ("DuplicateRequest", "DUPLICATE_REQUEST")
        assert done["request"] == {"id": made["id"]}

    async def test_over_quota(self, scene: Scene) -> None:
        await scene.hands.allow("ann", 1)
        await scene.made("ann")
        done = await scene.ask_for("ann", OTHER_FILM)
        assert told(done) == ("RequestQuotaExceeded", "QUOTA_EXCEEDED")
        quota = done["quota"]
        assert (quota["limit"], quota["days"], quota["used"], quota["remaining"]) == (1, 7, 1, 0)
        assert quota["resetsAt"] is not None

    async def test_blocklisted(self, scene: Scene) -> None:
        await scene.hands.blocklist(FILM)
        done = await scene.ask_for("ann")
        assert told(done) == ("MovieBlocklisted", "BLOCKLISTED")
        assert done["tmdbId"] == FILM

    async def test_not_permitted(self, scene: Scene) -> None:
        for name, code in ((None, "UNAUTHENTICATED"), ("vic", "FORBIDDEN")):
            assert told(await scene.ask_for(name)) == ("NotPermitted", code)

    async def test_no_film(self, scene: Scene) -> None:
        for ref in ({"tmdbId": NO_FILM}, {"imdbId": "tt9999999"}, {"tmdbId": -1}):
            done = await scene.ask_for("ann", movie=ref)
            assert told(done) == ("MovieNotFound", "MOVIE_NOT_FOUND")
            assert done["path"] == ["input", "movie"]

    async def test_invalid_input(self, scene: Scene) -> None:
        refs = [{"imdbId": "603"}, {"id": "nonsense"}, {"id": NOBODYS}]
        given = [({"movie": ref}, ["movie", *ref]) for ref in refs]
        keys = ("", "a b", "\n", "x" * 201)
        given += [({"idempotencyKey": key}, ["idempotencyKey"]) for key in keys]
        for part, path in given:
            done = await scene.ask_for("ann", **part)
            assert told(done) == ("InvalidInput", "BAD_USER_INPUT")
            assert done["path"] == ["input", *path]

    async def test_tmdb_is_away(self, scene: Scene) -> None:
        scene.stage.sandbox.tmdb.faults.set([Fault(kind="server_error")])
        done = await scene.ask_for("ann")
        assert told(done) == ("UpstreamUnavailable", "UPSTREAM_UNAVAILABLE")
        assert (done["upstream"], done["retryable"], done["uncertain"]) == ("tmdb", True, False)

    async def test_a_key_gets_its_first_reply_again(self, scene: Scene) -> None:
        first = await scene.ask_for("ann", idempotencyKey="k1")
        assert await scene.ask_for("ann", idempotencyKey="k1") == first
        other = await scene.ask_for("ann", OTHER_FILM, idempotencyKey="k1")
        assert told(other) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED")
        assert (await scene.ask_for("bob", THIRD_FILM, idempotencyKey="k1"))["created"]

    async def test_of_many_at_once_one_is_made(self, scene: Scene) -> None:
        names = ["ann", "bob"] * 4
        done = await asyncio.gather(*(scene.ask_for(name) for name in names))
        made = [each for each in done if each.get("created")]
        assert len(made) == 1
        assert {each["request"]["id"] for each in done} == {made[0]["request"]["id"]}


class TestDeciding:
    """The other four."""

    @pytest.mark.parametrize(("word", "status"), [("approve", "APPROVED"), ("decline", "DECLINED")])
    async def test_success(self, scene: Scene, word: str, status: str) -> None:
        made = await scene.made("ann")
        done = await scene.step("max", word, made["id"], version=made["version"])
        assert done["request"]["status"] == status
        assert await scene.status(made["id"]) == status

    async def test_retry_after_a_failure(self, scene: Scene) -> None:
        made = await scene.made("ann")
        await scene.step("max", "approve", made["id"])
        await scene.hands.fail(made["id"])
        assert await scene.status(made["id"]) == "FAILED"
        assert (await scene.step("max", "retry", made["id"]))["request"]["status"] == "APPROVED"

    @pytest.mark.parametrize("name", ["ann", "max", "ada"])
    async def test_cancel(self, scene: Scene, name: str) -> None:
        made = await scene.made("ann")
        done = await scene.step(name, "cancel", made["id"])
        assert done["request"]["id"] == made["id"]
        assert await scene.status(made["id"]) is None
        gone = await scene.step(name, "cancel", made["id"])
        assert told(gone) == ("RequestNotFound", "REQUEST_NOT_FOUND")

    async def test_not_permitted(self, scene: Scene) -> None:
        made = await scene.made("ann")
        for word in STEPS:
            for name in (None, "vic", "bob"):
                code = "FORBIDDEN" if name else "UNAUTHENTICATED"
                assert told(await scene.step(name, word, made["id"])) == ("NotPermitted", code)
        assert await scene.status(made["id"]) == "PENDING"

    async def test_an_owner_comes_too_late_to_cancel(self, scene: Scene) -> None:
        made = await scene.made("ann")
        await scene.step("max", "approve", made["id"])
        done = await scene.step("ann", "cancel", made["id"])
        assert told(done) == ("RequestConflict", "REQUEST_CONFLICT")
        assert done["request"] == {"id": made["id"], "status": "APPROVED"}

    @pytest.mark.parametrize(("first", "then"), [("decline", "approve"), ("approve", "decline")])
    async def test_decided_already(self, scene: Scene, first: str, then: str) -> None:
        made = await scene.made("ann")
        await scene.step("max", first, made["id"])
        assert (await scene.step("ada", then, made["id"]))["__typename"] == "RequestConflict"

    async def test_changed_since_the_caller_looked(self, scene: Scene) -> None:
        made = await scene.made("ann")
        for word in STEPS:
            done = await scene.step("max", word, made["id"], version=made["version"] + 1)
            assert told(done) == ("RequestConflict", "REQUEST_CONFLICT")
        assert await scene.status(made["id"]) == "PENDING"

    async def test_no_such_request(self, scene: Scene) -> None:
        for word in STEPS:
            done = await scene.step("max", word, NOBODYS)
            assert told(done) == ("RequestNotFound", "REQUEST_NOT_FOUND")
            assert done["path"] == ["input", "id"]

    async def test_invalid_input(self, book: Scene) -> None:
        for word in STEPS:
            for request_id in ("nonsense", global_id("Movie", 603)):
                done = await book.step("max", word, request_id)
                assert told(done) == ("InvalidInput", "BAD_USER_INPUT")
                assert done["path"] == ["input", "id"]
            done = await book.step("max", word, NOBODYS, idempotencyKey=" ")
            assert done["path"] == ["input", "idempotencyKey"]

    async def test_a_reason_that_is_too_long(self, book: Scene) -> None:
        done = await book.step("max", "decline", NOBODYS, reason="x" * 501)
        assert done["path"] == ["input", "reason"]

    @pytest.mark.parametrize("word", ["approve", "decline", "cancel"])
    async def test_a_key_gets_its_first_reply_again(self, scene: Scene, word: str) -> None:
        made, other = await scene.made("ann"), await scene.made("ann", OTHER_FILM)
        first = await scene.step("max", word, made["id"], idempotencyKey="k")
        assert first["request"]["id"] == made["id"]
        assert await scene.step("max", word, made["id"], idempotencyKey="k") == first
        done = await scene.step("max", word, other["id"], idempotencyKey="k")
        assert told(done) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED")

    async def test_of_two_at_once_one_decides(self, scene: Scene) -> None:
        made = await scene.made("ann")
        done = await asyncio.gather(
            scene.step("max", "approve", made["id"]), scene.step("ada", "decline", made["id"])
        )
        kinds = sorted(each["__typename"] for each in done)
        assert kinds[1] == "RequestConflict" or kinds[0] == "RequestConflict"
        assert sum(kind.endswith("Success") for kind in kinds) == 1
