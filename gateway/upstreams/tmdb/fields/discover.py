"""What ``discover`` filters and sorts by."""

from __future__ import annotations

from datetime import date
from enum import Enum

import strawberry

from gateway.errors import BadUserInputError
from gateway.graph.described import described
from gateway.graph.ids import parse
from gateway.graph.locale import language_tag
from gateway.upstreams.tmdb.wire_discover import TmdbDiscover

_BEST_VOTE = 10
_MOST_GENRES = 20  # TMDB has nineteen


class DiscoverOrder(Enum):
    """TMDB's orders."""

    POPULARITY_DESC = "popularity.desc"
    POPULARITY_ASC = "popularity.asc"
    RELEASE_DATE_DESC = "primary_release_date.desc"
    RELEASE_DATE_ASC = "primary_release_date.asc"
    RATING_DESC = "vote_average.desc"
    RATING_ASC = "vote_average.asc"
    VOTE_COUNT_DESC = "vote_count.desc"
    VOTE_COUNT_ASC = "vote_count.asc"
    REVENUE_DESC = "revenue.desc"
    REVENUE_ASC = "revenue.asc"
    TITLE_ASC = "title.asc"
    TITLE_DESC = "title.desc"


described(
    DiscoverOrder,
    "In which order `discover` lists films.",
    {
        "POPULARITY_DESC": "Most looked at first.",
        "POPULARITY_ASC": "Least looked at first.",
        "RELEASE_DATE_DESC": "Newest first.",
        "RELEASE_DATE_ASC": "Oldest first.",
        "RATING_DESC": "Best voted first; combine with `minVotes`.",
        "RATING_ASC": "Worst voted first; combine with `minVotes`.",
        "VOTE_COUNT_DESC": "Most votes first.",
        "VOTE_COUNT_ASC": "Fewest votes first.",
        "REVENUE_DESC": "Highest takings first.",
        "REVENUE_ASC": "Lowest takings first.",
        "TITLE_ASC": "By title, from A.",
        "TITLE_DESC": "By title, from Z.",
    },
)


@strawberry.input(description="Which films `discover` lists: every condition given must hold.")
class DiscoverFilter:
    """Conditions; null is none."""

    genres: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of genres; a film must have all of them."
    )
    any_genre: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of genres; a film must have one. Not together with `genres`."
    )
    released_from: date | None = strawberry.field(
        default=None, description="First released on this day or later."
    )
    released_to: date | None = strawberry.field(
        default=None, description="First released on this day or earlier."
    )
    year: int | None = strawberry.field(default=None, description="Year of the first release.")
    min_rating: float | None = strawberry.field(
        default=None, description="Least average vote at TMDB, 0 to 10."
    )
    max_rating: float | None = strawberry.field(
        default=None, description="Highest average vote at TMDB, 0 to 10."
    )
    min_votes: int | None = strawberry.field(default=None, description="Fewest votes at TMDB.")
    min_runtime_minutes: int | None = strawberry.field(
        default=None, description="Shortest running time, in minutes."
    )
    max_runtime_minutes: int | None = strawberry.field(
        default=None, description="Longest running time, in minutes."
    )
    original_language: str | None = strawberry.field(
        default=None, description='Language it was made in, such as "ja".'
    )


def to_discover(given: DiscoverFilter | None, order: DiscoverOrder | None) -> TmdbDiscover:
    """Check the conditions and spell them as TMDB does.

    Raises:
        BadUserInputError: A condition that makes no sense.
    """
    wanted = given or DiscoverFilter()
    if wanted.genres and wanted.any_genre:
        raise _wrong("give `genres` or `anyGenre`, not both", "anyGenre")
    for name, rating in (("minRating", wanted.min_rating), ("maxRating", wanted.max_rating)):
        if rating is not None and not 0 <= rating <= _BEST_VOTE:
            raise _wrong("a rating is 0 to 10", name)
    for name, number in (
        ("year", wanted.year),
        ("minVotes", wanted.min_votes),
        ("minRuntimeMinutes", wanted.min_runtime_minutes),
        ("maxRuntimeMinutes", wanted.max_runtime_minutes),
    ):
        if number is not None and number < 0:
            raise _wrong("this must not be negative", name)
    language = wanted.original_language
    return TmdbDiscover(
        sort_by=(order or DiscoverOrder.POPULARITY_DESC).value,
        with_genres=_genres(wanted.genres),
        any_genres=_genres(wanted.any_genre),
        released_from=wanted.released_from,
        released_to=wanted.released_to,
        year=wanted.year,
        vote_average_min=wanted.min_rating,
        vote_average_max=wanted.max_rating,
        vote_count_min=wanted.min_votes,
        runtime_min_min=wanted.min_runtime_minutes,
        runtime_min_max=wanted.max_runtime_minutes,
        original_language=None if language is None else language_tag(language),
    )


def _genres(ids: list[strawberry.ID] | None) -> tuple[int, ...]:
    found = {parse(each, expect="Genre").number() for each in ids or ()}
    if len(found) > _MOST_GENRES:
        raise _wrong(f"at most {_MOST_GENRES} genres", "genres")
    return tuple(sorted(found))


def _wrong(what: str, argument: str) -> BadUserInputError:
    return BadUserInputError(f"`filter.{argument}`: {what}.", argument=f"filter.{argument}")
