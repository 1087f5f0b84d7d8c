"""Every answer against the published schema, where that is right.

TMDB's document marks nothing as nullable or required; what the recordings show as null is named
here, and everything that it names must be there.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from gateway.sandbox import SandboxTmdb, SandboxYouTube
from gateway.sandbox.videos import videos_of
from gateway.sandbox.youtube_fields import SEARCH, VIDEOS, Tree
from gateway.sandbox.youtube_video import OTHER_PARTS

Ask = Callable[..., Awaitable[httpx.Response]]
SPECS = Path(__file__).parents[1] / "contract" / "specs"
TMDB = json.loads((SPECS / "tmdb-v3-excerpt.json").read_text())
YOUTUBE = json.loads((SPECS / "youtube-v3-excerpt.json").read_text())

NULLABLE = {
    "adult", "backdrop_path", "belongs_to_collection", "facebook_id", "imdb_id", "instagram_id",
    "iso_3166_1", "iso_639_1", "link", "logo_path", "poster_path", "profile_path", "twitter_id",
    "wikidata_id",
}  # fmt: skip
NUMBERS = {"vote_average"}  # an integer in the schema of some lists, after their examples
OPTIONAL = {"flatrate", "rent", "buy", "free", "ads", "US", "DE", "GB", "original_value", "value"}
SAMPLE = [603, 129, 582, 634649, 1022789, *range(100_001, 1_000_000, 31_337)]
MOVIE_PATHS = [path for path in TMDB if path.startswith("/movie/{movie_id}")]
LIST_CALLS = {
    "/discover/movie": "/discover/movie?page=13",
    "/search/movie": "/search/movie?query=har",
    "/movie/popular": "/movie/popular?page=40",
    "/movie/top_rated": "/movie/top_rated",
    "/movie/upcoming": "/movie/upcoming?page=20",
    "/movie/now_playing": "/movie/now_playing",
    "/trending/movie/{time_window}": "/trending/movie/week?page=30",
    "/movie/changes": "/movie/changes",
    "/find/{external_id}": "/find/tt0133093?external_source=imdb_id",
    "/configuration": "/configuration",
    "/genre/movie/list": "/genre/movie/list",
    "/authentication": "/authentication",
}


def strict(schema: dict[str, Any], name: str = "") -> dict[str, Any]:
    """The schema with everything required, and null where the recordings have it."""
    made = dict(schema)
    if "properties" in made:
        made["properties"] = {key: strict(value, key) for key, value in made["properties"].items()}
        made["required"] = sorted(made["properties"].keys() - OPTIONAL)
    if "items" in made:
        made["items"] = strict(made["items"])
    if name in NUMBERS:
        made["type"] = "number"
    if name in NULLABLE and "type" in made:
        made["type"] = [made["type"], "null"]
    return made


def complaints(schema: dict[str, Any], body: object) -> list[str]:
    return [
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        for error in Draft202012Validator(schema).iter_errors(body)
    ]


def test_every_path_of_the_excerpt_is_asked() -> None:
    assert {*LIST_CALLS, *MOVIE_PATHS} == set(TMDB)


@pytest.mark.parametrize("path", sorted(LIST_CALLS))
async def test_lists(ask_tmdb: Ask, path: str) -> None:
    answer = await ask_tmdb(LIST_CALLS[path])
    assert answer.status_code == 200
    assert complaints(strict(TMDB[path]), answer.json()) == []


@pytest.mark.parametrize("path", MOVIE_PATHS)
async def test_movies_and_their_parts(ask_tmdb: Ask, path: str) -> None:
    schema = strict(TMDB[path])
    for tmdb_id in SAMPLE:
        body = (await ask_tmdb(path.replace("{movie_id}", str(tmdb_id)))).json()
        assert complaints(schema, body) == [], tmdb_id


async def test_every_real_film_with_everything_appended(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    parts = [path.removeprefix("/movie/{movie_id}/") for path in MOVIE_PATHS if path.count("/") > 2]
    details = strict(TMDB["/movie/{movie_id}"])
    for film in tmdb.catalogue.real[::9]:
        body = (
            await ask_tmdb(f"/movie/{film.tmdb_id}?append_to_response={','.join(parts)}")
        ).json()
        assert complaints(details, body) == []
        for part in parts:
            schema = strict(TMDB[f"/movie/{{movie_id}}/{part}"])
            whole = {"id": film.tmdb_id, **body[part]}
            assert complaints(schema, whole) == [], (film.title, part)


def linked(name: str) -> dict[str, Any]:
    """A discovery schema as JSON schema that knows no other fields."""
    text = json.dumps(YOUTUBE).replace('"$ref": "', '"$ref": "#/$defs/')
    known = json.loads(text)
    for each in known.values():
        if "additionalProperties" not in each:
            each["additionalProperties"] = False
    return {"$defs": known, "$ref": f"#/$defs/{name}"}


async def test_videos(youtube: SandboxYouTube, ask_youtube: Ask) -> None:
    schema = linked("VideoListResponse")
    films = youtube.catalogue.indexed[:200]
    keys = [video.key for film in films for video in videos_of(film)]
    for start in range(0, len(keys), 50):
        ids = ",".join(keys[start : start + 50])
        parts = "snippet,contentDetails,status,statistics,player"
        body = (await ask_youtube(f"/videos?part={parts}&id={ids}")).json()
        assert complaints(schema, body) == []


@pytest.mark.parametrize(
    ("name", "known"), [("VideoListResponse", VIDEOS), ("SearchListResponse", SEARCH)]
)
def test_fields_that_may_be_asked_for(name: str, known: Tree) -> None:
    assert unknown(name, known) == []


def unknown(name: str, tree: Tree) -> list[str]:
    """Names in a selection that a discovery schema does not have, in full."""
    found: list[str] = []
    for field, below in tree.items():
        told = YOUTUBE[name]["properties"].get(field, {"missing": field})
        kind = told.get("items", told).get("$ref")
        if "missing" in told and field not in OTHER_PARTS:
            found.append(f"{name}.{field}")
        elif below:
            found += unknown(kind, below)
    return found


async def test_search_hits(ask_youtube: Ask) -> None:
    body = (await ask_youtube("/search?part=snippet&q=harbor&maxResults=50")).json()
    assert len(body["items"]) == 50
    assert complaints(linked("SearchListResponse"), body) == []
