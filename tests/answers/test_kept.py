"""How a kept answer looks when it is given: its age grows, and stale is told."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from gateway.cache.memory import OVERHEAD_BYTES
from gateway.cache.slot import Cached, Source
from gateway.edge.answers.kept import JUST_MADE, Given, Kept, unchanged
from gateway.edge.answers.told import is_cut, told
from gateway.edge.graphql.negotiation import GRAPHQL_JSON, JSON
from gateway.edge.graphql.reply import Answer, Reply
from gateway.graph.cache_policy import AnswerPolicy
from gateway.graph.freshness import FreshnessLog

BODY = b'{"data":{"a":1}}'
MARK = {"path": ["a"], "upstream": "tmdb", "source": "UPSTREAM", "state": "FRESH", "ageSeconds": 4}


def headers(reply: Reply) -> dict[str, str]:
    found = {name.decode(): value.decode() for name, value in reply.headers}
    assert len(found) == len(reply.headers)
    return found


class At:
    def __init__(self, *path: str | int) -> None:
        self.path = list(path)

    def as_list(self) -> list[str | int]:
        return self.path


def log(*parts: Cached[object], everything: bool = False) -> FreshnessLog:
    made = FreshnessLog(everything=everything)
    for part in parts:
        made.note(At("a"), "tmdb", part)
    return made


def test_what_was_just_made_may_be_kept_by_others() -> None:
    found = headers(Kept(body=BODY, life_s=900, spare_s=60).reply(JSON, JUST_MADE))
    assert found["cache-control"] == "public, max-age=900"
    assert found["cdn-cache-control"] == "public, max-age=900, stale-while-revalidate=60"
    assert found["cache-status"] == "Marquee; fwd=miss"
    assert found["vary"] == "Accept, Accept-Language, X-Freshness, X-Cost"
    assert found["content-length"] == str(len(BODY))
    assert "age" not in found


def test_it_is_reckoned_with_all_that_it_holds() -> None:
    tracemalloc.start()
    many = [told(answer({"data": {"a": "x" * size}}), POLICY).kept for size in range(0, 8000, 100)]
    for kept in many:
        assert kept is not None
        kept.aged(JSON, 1)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    reckoned = sum(kept.size_bytes + OVERHEAD_BYTES for kept in many if kept is not None)
    assert 0.6 < held_bytes / reckoned < 1.1


def test_its_age_grows_so_that_less_is_left() -> None:
    kept = Kept(body=BODY, life_s=900)
    for age_s in (0, 1, 899):
        reply = kept.aged(JSON, age_s)
        assert reply.body is BODY
        assert kept.aged(JSON, age_s) is reply
        found = headers(reply)
        assert found["age"] == str(age_s)
        assert found["cache-status"] == f"Marquee; hit; ttl={900 - age_s}"
        assert found["cache-control"] == "public, max-age=900"
    assert headers(kept.aged(JSON, 0))["etag"] == headers(kept.aged(JSON, 9))["etag"]


def test_what_is_private_is_told_to_no_cdn() -> None:
    found = headers(Kept(body=BODY, life_s=30, is_private=True).reply(JSON, JUST_MADE))
    assert found["cache-control"] == "private, max-age=30"
    assert found["vary"] == "Accept, Accept-Language, X-Freshness, X-Cost, Authorization, Cookie"
    assert "cdn-cache-control" not in found


def test_stale_is_marked_though_nobody_asked() -> None:
    kept = Kept(body=BODY, life_s=900, ages_s={"tmdb": 3.7, "youtube": 0.0})
    stale = Given(age_s=910, source="MEMORY", is_stale=True, reason="UPSTREAM_TIMEOUT")
    reply = kept.reply(JSON, stale)
    found, body = headers(reply), json.loads(reply.body)
    assert found["cache-control"] == "no-store"
    assert "cdn-cache-control" not in found
    assert found["cache-status"] == "Marquee; hit; ttl=-10; detail=stale"
    assert int(found["content-length"]) == len(reply.body)
    assert body["data"] == {"a": 1}
    assert body["extensions"]["freshness"] == [
        {
            "path": [],
            "upstream": name,
            "source": "MEMORY",
            "state": "STALE",
            "ageSeconds": age,
            "reason": "UPSTREAM_TIMEOUT",
        }
        for name, age in (("tmdb", 913), ("youtube", 910))
    ]
    assert found["etag"] != headers(kept.aged(JSON, 1))["etag"]


def test_what_was_told_when_it_was_made_is_told_with_its_age() -> None:
    kept = Kept(body=BODY, life_s=900, marks=[MARK])
    [first] = json.loads(kept.reply(JSON, JUST_MADE).body)["extensions"]["freshness"]
    assert first == MARK
    [later] = json.loads(kept.aged(JSON, 7).body)["extensions"]["freshness"]
    assert later == {**MARK, "source": "MEMORY", "ageSeconds": 11}


def test_it_is_read_back_as_it_was_written() -> None:
    kept = Kept(
        body=b'{"data":{"a":"\xc3\xa9\\n"}}',
        life_s=900,
        spare_s=60,
        is_private=True,
        marks=[MARK],
        ages_s={"tmdb": 1.5},
    )
    assert Kept.decode(kept.encode()) == kept


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]\n{}", b'[2,1,1,false,[],{}]\n{"data":1}'])
def test_foreign_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Kept.decode(raw)


def test_a_get_that_names_what_it_has_gets_nothing_more() -> None:
    kept = Kept(body=BODY, life_s=900)
    reply = kept.aged(GRAPHQL_JSON, 5)
    mine = headers(reply)["etag"]
    assert mine.startswith('"')
    for named in (mine, f'"x", {mine}', f"W/{mine}", "*"):
        found = unchanged(reply, named.encode())
        assert found is not None
        assert (found.status, found.body) == (304, b"")
        told_of = headers(found)
        assert told_of["etag"] == mine
        assert {"cache-control", "vary", "age", "cdn-cache-control"} <= told_of.keys()
        assert not {name for name in told_of if name.startswith("content-")}
    for named in ('"x"', "", headers(kept.aged(JSON, 5))["etag"], mine.strip('"')):
        assert unchanged(reply, named.encode()) is None


POLICY = AnswerPolicy(600)
GOOD = {"data": {"a": 1}}


def answer(
    body: dict[str, object] | None = None, freshness: FreshnessLog | None = None, **more: bool
) -> Answer:
    return Answer(
        body=GOOD if body is None else body,
        executed=more.get("executed", True),
        freshness=log() if freshness is None else freshness,
    )


@pytest.mark.parametrize(
    "made",
    [
        answer({"data": {"a": None}, "errors": [{"message": "no"}]}),
        answer({"data": None}),
        answer({"errors": [{"message": "no"}]}, executed=False),
        answer({"data": {"a": 1}, "extensions": {"cost": {}}}),
        answer(freshness=log(Cached(1, Source.MEMORY, 9.0, stale=True))),
        answer(freshness=log(Cached(1, Source.MEMORY, 9.0, fresh_s=0.5))),
        Answer(GOOD, executed=True),
    ],
)
def test_what_is_not_whole_and_fresh_is_for_this_moment_only(made: Answer) -> None:
    found = told(made, POLICY)
    assert found.kept is None
    for media_type in (JSON, GRAPHQL_JSON):
        reply = found.reply(media_type)
        assert headers(reply)["cache-control"] == "no-store"
        assert json.loads(reply.body) == made.body
        assert found.reply(media_type) is reply


def test_an_answer_lives_no_longer_than_its_first_part() -> None:
    parts = log(
        Cached(1, Source.UPSTREAM, 0.0),
        Cached(1, Source.REDIS, 9.0, fresh_s=45.9),
        Cached(1, Source.MEMORY, 1.0, fresh_s=500.0),
    )
    found = told(answer(freshness=parts), POLICY).kept
    assert found is not None
    assert (found.life_s, found.spare_s, found.ages_s) == (45, 60, {"tmdb": 9.0})
    fresh = told(answer(), POLICY).kept
    assert fresh is not None
    assert (fresh.life_s, fresh.spare_s) == (600, 60)
    own = told(answer(), AnswerPolicy(600, is_private=True)).kept
    assert own is not None
    assert (own.life_s, own.spare_s, own.is_private) == (600, 0, True)


def test_only_lack_of_time_cuts_an_answer() -> None:
    for code, expected in (("DEADLINE_EXCEEDED", True), ("NOT_PERMITTED", False)):
        body = {"data": None, "errors": [{"message": "", "extensions": {"code": code}}]}
        assert is_cut(told(answer(body), POLICY)) is expected
    assert not is_cut(told(answer(), POLICY))
