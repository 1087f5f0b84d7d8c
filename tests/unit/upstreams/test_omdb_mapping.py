"""``N/A`` is nothing, and every source stands on its own scale."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.movie import Rating
from gateway.upstreams.omdb.mapping import to_ratings, to_value, to_votes
from gateway.upstreams.omdb.wire import OmdbMovie


def _ratings(**fields: object) -> tuple[Rating, ...]:
    return to_ratings(OmdbMovie.model_validate_json(json.dumps({"Response": "True", **fields})))


def test_three_sources() -> None:
    assert _ratings(
        imdbRating="8.7",
        imdbVotes="1,987,654",
        Metascore="73",
        Ratings=[
            {"Source": "Internet Movie Database", "Value": "8.6/10"},
            {"Source": "Rotten Tomatoes", "Value": "83%"},
            {"Source": "Metacritic", "Value": "72/100"},
        ],
    ) == (
        Rating(source="IMDb", value=8.7, scale=10, votes=1_987_654),
        Rating(source="Rotten Tomatoes", value=83, scale=100),
        Rating(source="Metacritic", value=73, scale=100),
    )


def test_the_list_stands_in_for_a_field_that_tells_nothing() -> None:
    found = _ratings(
        imdbRating="N/A",
        imdbVotes="N/A",
        Metascore=None,
        Ratings=[
            {"Source": "Internet Movie Database", "Value": "8.6/10"},
            {"Source": "Metacritic", "Value": "72/100"},
            {"Source": "Letterboxd", "Value": "4/5"},
            "broken",
        ],
    )
    assert found == (
        Rating(source="IMDb", value=8.6, scale=10),
        Rating(source="Metacritic", value=72, scale=100),
    )


def test_no_source_is_no_rating_and_zero_is_one() -> None:
    assert _ratings(imdbRating="N/A", Ratings=[]) == ()
    rotten = [{"Source": "Rotten Tomatoes", "Value": "0%"}]
    assert _ratings(imdbRating="0.0", Ratings=rotten) == (
        Rating(source="IMDb", value=0, scale=10),
        Rating(source="Rotten Tomatoes", value=0, scale=100),
    )


@pytest.mark.parametrize("text", ["N/A", "", None, "11", "-1", "nan", "8,7", "8.7/5", "1e1"])
def test_what_is_off_the_scale_is_nothing(text: str | None) -> None:
    assert to_value(text, 10) is None


@pytest.mark.parametrize(
    ("text", "votes"),
    [("370,927", 370_927), ("5", 5), ("1234", 1234), ("N/A", None), ("1,2", None), (None, None)],
)
def test_votes_have_commas(text: str | None, votes: int | None) -> None:
    assert to_votes(text) == votes


@given(st.integers(0, 2_000_000_000))
def test_votes_read_back(votes: int) -> None:
    assert to_votes(f"{votes:,}") == votes
