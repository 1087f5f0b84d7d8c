"""TMDB's blanks become ``None``; nothing that a page may use leads elsewhere."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from gateway.cache.codec import ModelCodec
from gateway.domain.movie import ReleaseStatus
from gateway.domain.trailer import TrailerKind, TrailerSite
from gateway.telemetry import unknown_values
from gateway.upstreams.tmdb import mapping, mapping_facets
from gateway.upstreams.tmdb.wire import TmdbListItem, TmdbMovie
from gateway.upstreams.tmdb.wire_facets import (
    TmdbCredits,
    TmdbExternalIds,
    TmdbReleaseDates,
    TmdbVideos,
    TmdbWatchProviders,
)
from gateway.upstreams.tmdb.wire_fused import FACETS, TmdbFusedMovie
from gateway.upstreams.tmdb.wire_lists import TmdbConfiguration, TmdbFound, TmdbMoviePage


def _movie(**fields: object) -> TmdbMovie:
    return TmdbMovie.model_validate_json(json.dumps({"id": 1, "title": "A", **fields}))


def _page(*items: dict[str, object], **fields: object) -> TmdbMoviePage:
    return TmdbMoviePage.model_validate_json(json.dumps({"results": items, **fields}))


@pytest.mark.parametrize(
    ("sent", "attribute"),
    [
        ({"runtime": 0}, "runtime_min"),
        ({"budget": 0}, "budget_usd"),
        ({"revenue": 0}, "revenue_usd"),
        ({"release_date": ""}, "released_on"),
        ({"homepage": ""}, "homepage"),
        ({"tagline": "  "}, "tagline"),
        ({"overview": ""}, "overview"),
        ({"imdb_id": ""}, "imdb_id"),
        ({"poster_path": None}, "poster_path"),
        ({"belongs_to_collection": None}, "collection"),
        ({"vote_average": 0, "vote_count": 0}, "vote_average"),
        ({"vote_average": 11.5, "vote_count": 3}, "vote_average"),
        ({"original_language": "xx"}, "original_language"),
    ],
)
def test_unknown_is_none(sent: dict[str, object], attribute: str) -> None:
    assert getattr(mapping.to_movie(_movie(**sent)), attribute) is None


def test_a_film_in_full() -> None:
    found = mapping.to_movie(
        _movie(
            release_date="1999-03-31",
            runtime=136,
            revenue=3_000_000_000,
            status="Post Production",
            genres=[{"id": 28, "name": "Action"}, {"id": 0, "name": "broken"}],
            belongs_to_collection={"id": 5, "name": "All", "poster_path": "/p.jpg"},
            vote_average=8.2,
            vote_count=9,
            adult=True,
        )
    )
    assert (found.released_on, found.year, found.runtime_min) == (date(1999, 3, 31), 1999, 136)
    assert (found.revenue_usd, found.status) == (3_000_000_000, ReleaseStatus.POST_PRODUCTION)
    assert (found.genre_ids, found.vote_average, found.adult) == ((28,), 8.2, True)
    assert found.collection is not None
    assert found.collection.poster_path == "/p.jpg"


def test_a_blank_title_falls_back_to_the_original_one() -> None:
    assert mapping.to_movie(_movie(title=" ", original_title="Ä")).title == "Ä"


@pytest.mark.parametrize(
    "path", ["//evil.example/x.jpg", "x.jpg", "/a b.jpg", "/a?b", "/a\nb", "https://evil/x.jpg"]
)
def test_a_picture_stays_below_its_server(path: str) -> None:
    assert mapping.to_movie(_movie(poster_path=path)).poster_path is None


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "https://a b", "//x"])
def test_a_homepage_is_a_web_address(link: str) -> None:
    assert mapping.to_movie(_movie(homepage=link)).homepage is None


def test_an_unknown_status_is_counted() -> None:
    before = unknown_values[("tmdb", "status", "'Delayed'")]
    assert mapping.to_movie(_movie(status="Delayed")).status is ReleaseStatus.UNKNOWN
    assert unknown_values[("tmdb", "status", "'Delayed'")] == before + 1


def test_a_page_clamps_deduplicates_and_leaves_series_out() -> None:
    page = mapping.to_page(
        _page(
            {"id": 1, "title": "first"},
            {"id": 2, "title": "series", "media_type": "tv"},
            {"id": 3, "title": "film", "media_type": "movie"},
            {"id": 1, "title": "again"},
            page=2,
            total_pages=58_326,
            total_results=1_166_520,
        )
    )
    assert [item.title for item in page.items] == ["first", "film"]
    assert (page.number, page.total_pages, page.total_items) == (2, 500, 1_166_520)


def test_a_page_that_tells_nothing_is_the_last_one_asked_for() -> None:
    page = mapping.to_page(_page({"id": 1, "title": "A"}), number=7)
    assert (page.number, page.total_pages, page.total_items) == (7, 7, None)


def test_the_own_page_of_a_film_has_all_that_a_list_item_tells() -> None:
    """So that both are read by the same properties."""
    only_listed = set(TmdbListItem.__annotations__) - set(TmdbMovie.model_fields)
    assert only_listed == {"genre_ids", "media_type"}


def test_find_takes_the_first_film() -> None:
    empty = TmdbFound.model_validate_json('{"movie_results": [], "tv_results": [{"id": 3}]}')
    assert mapping.to_found(empty) is None
    found = TmdbFound(movie_results=(TmdbListItem(id=4, title="B"),))
    assert mapping.to_found(found) == mapping.to_summary(TmdbListItem(id=4, title="B"))


@pytest.mark.parametrize(
    ("sent", "base"),
    [("https://i.example/t/p", "https://i.example/t/p/"), ("javascript:x", None), ("", None)],
)
def test_the_image_server_is_a_web_address(sent: str, base: str | None) -> None:
    wire = TmdbConfiguration.model_validate_json(json.dumps({"images": {"secure_base_url": sent}}))
    assert mapping.to_image_base_url(wire) == base


def test_videos_keep_order_and_drop_keys_that_are_none() -> None:
    video = {"id": "a1", "key": "k-_1", "site": "YouTube", "type": "Trailer", "size": 1080}
    videos = TmdbVideos.model_validate_json(
        json.dumps(
            {
                "results": [
                    {**video, "published_at": "2016-03-01T13:03:55.000Z", "iso_639_1": "en"},
                    {**video, "id": "a2", "key": "../evil"},
                    {**video, "id": "a3", "site": "Dailymotion", "type": "Recap", "size": 0},
                    {**video, "name": "twice"},
                ]
            }
        )
    )
    first, second = mapping_facets.to_trailers(603, videos)
    assert (first.video_id, first.tmdb_id, first.name, first.resolution) == (
        "a1",
        603,
        "k-_1",
        1080,
    )
    assert first.published_at == datetime(2016, 3, 1, 13, 3, 55, tzinfo=UTC)
    assert (second.site, second.kind, second.resolution) == (
        TrailerSite.OTHER,
        TrailerKind.OTHER,
        None,
    )


def test_cast_stands_by_billing_and_the_unbilled_last() -> None:
    cast = [
        {"id": 1, "name": "none"},
        {"id": 2, "name": "second", "order": 1},
        {"id": 3, "name": "first", "order": 0, "character": ""},
        {"id": 4},
    ]
    wire = TmdbCredits.model_validate_json(json.dumps({"cast": cast, "crew": []}))
    found = mapping_facets.to_credits(wire)
    assert [person.name for person in found.cast] == ["first", "second", "none"]
    assert found.cast[0].character is None


def test_certifications_and_days_by_country() -> None:
    dates = {"certification": "", "release_date": "2013-02-14T00:00:00.000Z", "type": 3}
    wire = TmdbReleaseDates.model_validate_json(
        json.dumps(
            {
                "results": [
                    {"iso_3166_1": "AR", "release_dates": [dates]},
                    {"iso_3166_1": "Argentina", "release_dates": [dates]},
                    {"iso_3166_1": "US", "release_dates": None},
                ]
            }
        )
    )
    (release,) = mapping_facets.to_release_dates(wire).releases
    assert (release.region, release.kind, release.certification) == ("AR", 3, None)
    assert release.released_on == date(2013, 2, 14)


def test_offers_by_country_with_links_that_may_be_blank() -> None:
    offer = {"provider_id": 8, "provider_name": "Netflix", "logo_path": "/n.jpg"}
    wire = TmdbWatchProviders.model_validate_json(
        json.dumps({"results": {"US": {"link": None, "flatrate": [offer]}, "AE": {"link": ""}}})
    )
    emirates, states = mapping_facets.to_watch_offers(wire)
    assert (emirates.region, emirates.link, emirates.flatrate) == ("AE", None, ())
    assert [each.name for each in states.flatrate] == ["Netflix"]


def test_an_error_in_the_place_of_ids_is_no_film_without_ids() -> None:
    envelope = {"success": False, "status_code": 34, "status_message": "gone"}
    fused = TmdbFusedMovie.model_validate_json(
        json.dumps({"id": 1, "title": "A", **dict.fromkeys(FACETS, envelope)})
    )
    assert {name: fused.part(name) for name in FACETS} == dict.fromkeys(FACETS)


def test_fused_parts_by_name_and_details_apart() -> None:
    page = {"page": 1, "results": []}
    parts = {
        "videos": {"results": []},
        "credits": {"cast": [], "crew": []},
        "release_dates": {"results": []},
        "external_ids": {"imdb_id": "tt1"},
        "keywords": {"keywords": []},
        "watch/providers": {"results": {}},
        "recommendations": page,
        "similar": page,
    }
    fused = TmdbFusedMovie.model_validate_json(json.dumps({"id": 1, "title": "A", **parts}))
    assert {name: type(fused.part(name)) for name in FACETS} == dict(FACETS)
    assert json.loads(ModelCodec(TmdbMovie).encode(fused)) == {"id": 1, "title": "A"}


def test_ids_elsewhere() -> None:
    wire = TmdbExternalIds.model_validate_json('{"imdb_id": "nm1", "twitter_id": ""}')
    found = mapping_facets.to_external_ids(wire)
    assert (found.imdb_id, found.twitter_id) == (None, None)
