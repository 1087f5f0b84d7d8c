"""Language and region: of an argument, of the header, of the settings, in this order."""

from __future__ import annotations

import pytest

from tests.graph.stage import Stage, staged
from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]  # fixtures

TITLE = "{ movie(by: {tmdbId: 603}) { title overview } }"
LOCAL = """{ movie(by: {tmdbId: 603}) {
  certification watchProviders { region } at: certification(region: "de")
  there: watchProviders(region: "GB") { region } } }"""


async def asked(stage: Stage) -> set[str]:
    """Languages that TMDB was asked for."""
    queries = [query.split("&") for query in stage.sandbox.tmdb.queries]
    found = {p.partition("=")[2] for q in queries for p in q if p.startswith("language=")}
    stage.calls()
    return found


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT, en;q=0.5", "de-AT"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("junk;;q=x, *, 12", "en-US"),
        ("", "en-US"),
    ],
)
async def test_the_header_chooses_the_language(stage: Stage, header: str, language: str) -> None:
    body = await stage.ask(TITLE, accept_language=header)
    assert body["data"]["movie"]["title"]
    assert await asked(stage) == {language}


async def test_the_argument_goes_before_the_header(stage: Stage) -> None:
    body = await stage.ask(
        '{ movie(by: {tmdbId: 603}, language: "DE") { title } }', accept_language="fr"
    )
    assert body["data"]["movie"]["title"] == "Matrix"
    assert await asked(stage) == {"de"}


async def test_one_film_in_two_languages_in_one_operation(stage: Stage) -> None:
    """Two calls, for the texts differ; the parts without language come once."""
    found = await stage.data(
        """{ en: movie(by: {tmdbId: 603}, language: "en-US") { ...Film }
             de: movie(by: {tmdbId: 603}, language: "de") { ...Film } }
           fragment Film on Movie { id title tagline genres { name } keywords { name }
             recommendations(first: 1) { nodes { title } } externalIds { imdbId } }"""
    )
    english, german = found["en"], found["de"]
    assert (english["title"], german["title"]) == ("The Matrix", "Matrix")
    for part in ("id", "keywords", "externalIds"):
        assert english[part] == german[part]
    calls = [call.query for call in stage.sandbox.tmdb.calls]
    assert len(calls) == 2
    assert sum("keywords" in query for query in calls) == 1


async def test_what_is_nested_is_told_in_the_films_language(stage: Stage) -> None:
    await stage.data(
        """{ movie(by: {tmdbId: 603}, language: "de") {
             recommendations(first: 2) { nodes { tagline genres { name } } } } }"""
    )
    assert await asked(stage) == {"de"}


async def test_languages_never_share_an_answer(stage: Stage) -> None:
    titles = {}
    for language in ("en-US", "de", "en-US", "de"):
        body = await stage.ask(TITLE, accept_language=language)
        titles.setdefault(language, set()).add(body["data"]["movie"]["title"])
    assert titles == {"en-US": {"The Matrix"}, "de": {"Matrix"}}
    assert stage.calls()["tmdb"] == 2


async def test_languages_never_share_an_answer_in_valkey_either(valkey_url: str) -> None:
    """A second process finds both, each under its own key."""
    shared = {"GATEWAY_REDIS_URL": valkey_url}
    async with staged(shared) as one, staged(shared) as other:
        for language, title in (("en-US", "The Matrix"), ("de", "Matrix")):
            for stage in (one, other):
                body = await stage.ask(TITLE, accept_language=language)
                assert body["data"]["movie"]["title"] == title
        assert one.calls()["tmdb"] == 2
        assert other.calls()["tmdb"] == 0


async def test_the_region_comes_from_the_header_too(stage: Stage) -> None:
    plain = (await stage.ask(LOCAL, accept_language="de"))["data"]["movie"]
    british = (await stage.ask(LOCAL, accept_language="en-GB"))["data"]["movie"]
    assert plain["watchProviders"] == {"region": "US"}
    assert british["watchProviders"] == british["there"] == {"region": "GB"}
    assert plain["certification"] == "R"
    assert plain["at"] == british["at"]
    assert plain["at"] != "R"


async def test_the_operator_sets_what_holds_without_a_header() -> None:
    async with staged({"GATEWAY_LANGUAGE": "de-DE", "GATEWAY_REGION": "DE"}) as stage:
        found = await stage.data("{ movie(by: {tmdbId: 603}) { title watchProviders { region } } }")
        assert found["movie"] == {"title": "Matrix", "watchProviders": {"region": "DE"}}


async def test_trailers_come_in_the_languages_asked_for(stage: Stage) -> None:
    found = await stage.data(
        """{ movie(by: {tmdbId: 603}) {
             usual: trailers(first: 50) { nodes { language } }
             german: trailers(first: 50, languages: ["DE-at"]) { nodes { language } }
             both: trailers(first: 50, languages: ["de", "en"]) { nodes { language } }
             none: trailers(languages: []) { totalCount }
             foreign: trailers(languages: ["ja"]) { totalCount } } }"""
    )

    def languages(name: str) -> set[str]:
        return {node["language"] for node in found["movie"][name]["nodes"]}

    assert languages("usual") <= {"en", None}
    assert languages("german") == {"de"}
    assert languages("both") == {"de", "en"}
    assert found["movie"]["none"]["totalCount"] == found["movie"]["foreign"]["totalCount"] == 0
    assert stage.calls()["tmdb"] == 1


async def test_too_many_languages_are_refused(stage: Stage) -> None:
    many = [f"{a}{b}" for a in "abcde" for b in "fghij"]
    body = await stage.ask(
        """query($l: [String!]) { movie(by: {tmdbId: 603}) {
          trailers(languages: $l) { totalCount } } }""",
        {"l": many},
    )
    (error,) = body["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "languages"}


async def test_answers_vary_by_the_header(stage: Stage) -> None:
    answer = await stage.http.post("/graphql", json={"query": TITLE})
    assert "Accept-Language" in answer.headers["vary"]
