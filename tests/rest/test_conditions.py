"""Validators, and what is asked under a condition (RFC 9110, 13)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.web.rest.answering import etag, judged, tags_of
from tests.requests.cast import as_
from tests.requests.stages import Scene
from tests.rest.rest import Rest, problem

bodies = st.binary(max_size=40)
marks = st.sampled_from(["", "v1", "v12"])
opaque = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='",'))
others = st.builds('{}"{}"'.format, st.sampled_from(["", "W/"]), opaque)


@settings(max_examples=40)
@given(bodies, bodies, marks, marks)
def test_the_same_bytes_have_the_same_tag_and_no_others(
    one: bytes, other: bytes, mark: str, another: str
) -> None:
    assert (etag(one, mark) == etag(other, another)) is ((one, mark) == (other, another))
    assert etag(one, mark)[0] == etag(one, mark)[-1] == '"'


@settings(max_examples=40)
@given(bodies, st.lists(others, max_size=4), st.sampled_from(["", "W/", None]), st.integers(0, 4))
def test_conditions_are_judged_as_rfc_9110_has_it(
    body: bytes, named: list[str], weak: str | None, place: int
) -> None:
    """``If-Match`` compares strongly, ``If-None-Match`` weakly; the first one counts first."""
    ours = etag(body)
    if weak is not None:
        named.insert(place, weak + ours)
    sent = ", ".join(named).encode()
    has_strong, has_any = ours in named, any(each.removeprefix("W/") == ours for each in named)
    asks = bool(named)
    fields = {b"if-match": sent} if asks else {}
    assert judged(fields, ours) == (None if has_strong or not asks else 412)
    fields = {b"if-none-match": sent} if asks else {}
    assert judged(fields, ours) == (304 if has_any else None)
    both = {b"if-match": sent, b"if-none-match": sent}
    if asks:
        assert judged(both, ours) == (304 if has_strong else 412)


@settings(max_examples=40)
@given(st.lists(others, min_size=1, max_size=5))
def test_tags_are_read_as_they_were_written(named: list[str]) -> None:
    assert tags_of(", ".join(named).encode()) == named


def test_anything_matches_a_star() -> None:
    assert judged({b"if-none-match": b"*"}, '"x"') == 304
    assert judged({b"if-match": b"*"}, '"x"') is None
    assert tags_of(None) is None


async def test_what_is_known_is_not_sent_again(book: Scene) -> None:
    rest = Rest(book)
    await rest.made("ann")
    for path in ("/api/movies/603", "/api/search?query=the", "/api/requests", "/api/openapi.json"):
        await rest.get(path)
        first = await rest.get(path)
        known = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
        again = await rest.get(path, **known)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert again.headers.get(name) == first.headers.get(name)
        assert "content-type" not in again.headers
        other = await rest.get(path, If_None_Match='"other"')
        assert (other.status_code, other.content) == (200, first.content)


async def test_another_representation_has_another_tag(book: Scene) -> None:
    rest = Rest(book)
    tags = [
        (await rest.get("/api/movies/603", **headers)).headers["etag"]
        for headers in ({}, {"Accept-Language": "de"}, {"X-Freshness": "all"}, {})
    ]
    assert tags[0] == tags[3]
    assert len(set(tags)) == 3


async def test_a_tag_lives_as_long_as_its_version(book: Scene) -> None:
    rest = Rest(book)
    asked = await rest.ask("ann")
    made, where = asked.json(), asked.headers["location"]
    first = (await rest.get(where)).headers["etag"]
    assert first == asked.headers["etag"]
    assert (await rest.get(where, If_Match=first)).status_code == 200
    done = await rest.step("max", "approve", made["id"], If_Match=first)
    assert done.headers["content-location"] == where
    second = (await rest.get(where)).headers["etag"]
    assert second == done.headers["etag"]
    assert first.partition("-")[0] != second.partition("-")[0]
    assert problem(await rest.get(where, If_Match=first)) == (412, "PRECONDITION_FAILED")
    assert (await rest.get(where, If_None_Match=first)).status_code == 200
    assert (await rest.step("max", "cancel", made["id"], If_Match=first)).status_code == 412
    owners = await book.stage.http.get(where, headers=as_("ann"))
    assert owners.headers["etag"].partition("-")[0] == second.partition("-")[0]
    gone = await rest.step("max", "cancel", made["id"], If_Match=owners.headers["etag"])
    assert (gone.status_code, "etag" in gone.headers) == (200, False)
