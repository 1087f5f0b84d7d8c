"""Values that read their parts from a payload are the plain ones to whoever looks."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from gateway.domain.movie import Movie, MovieSummary
from gateway.domain.trailer import Video
from gateway.upstreams.tmdb.mapping import to_movie, to_summary
from gateway.upstreams.tmdb.wire import TmdbGenre, TmdbListItem, TmdbMovie
from gateway.upstreams.youtube.mapping import to_video
from gateway.upstreams.youtube.wire import YouTubeVideo

_FILM = TmdbMovie(
    id=603, title="The Matrix", runtime=136, genres=(TmdbGenre(id=28, name="Action"),)
)
_BACKED = [
    (to_movie(_FILM), Movie),
    (to_summary(TmdbListItem(id=603, title="The Matrix", genre_ids=(28,))), MovieSummary),
    (to_video(YouTubeVideo(id="k")), Video),
]


@pytest.mark.parametrize(("backed", "plain"), _BACKED)
def test_every_part_is_read_from_the_payload(backed: object, plain: type) -> None:
    """A part without a property would be an empty slot of the dataclass."""
    same = plain(**{each.name: getattr(backed, each.name) for each in fields(plain)})
    assert (backed, same) == (same, backed)
    assert hash(backed) == hash(same)


@pytest.mark.parametrize(("backed", "plain"), _BACKED)
def test_it_is_frozen(backed: object, plain: type) -> None:
    with pytest.raises((FrozenInstanceError, AttributeError)):
        setattr(backed, fields(plain)[0].name, 1)


def test_it_differs_where_a_part_does_and_from_what_is_no_such_value() -> None:
    film = to_movie(_FILM)
    plain = Movie(**{each.name: getattr(film, each.name) for each in fields(Movie)})
    assert film != replace(plain, title="Matrix")
    assert film != to_summary(TmdbListItem(id=603, title="The Matrix"))
    assert film != object()
