"""The films: true where they are real, whole and cheap where they are not."""

import re

import pytest

from gateway.sandbox.catalogue import Catalogue, shared_catalogue, words_of
from gateway.sandbox.film import film_id_of_image
from gateway.sandbox.synthetic import FIRST_ID, LAST_ID, SPAN, id_at, rank_of
from gateway.sandbox.videos import film_id_of_key, generated_key, is_gone, videos_of


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shared_catalogue()


def test_at_least_200_real_films_with_distinct_ids(catalogue: Catalogue) -> None:
    assert len(catalogue.real) >= 200
    assert len({film.tmdb_id for film in catalogue.real}) == len(catalogue.real)
    assert len({film.imdb_id for film in catalogue.real}) == len(catalogue.real)


def test_every_row_is_well_formed(catalogue: Catalogue) -> None:
    for film in catalogue.real:
        assert re.fullmatch(r"tt\d{7,8}", film.imdb_id or ""), film
        assert re.fullmatch(r"(19[2-9]\d|20[0-2]\d)-[01]\d-[0-3]\d", film.release_date), film
        assert 60 <= film.runtime_min <= 240, film
        assert 3 <= len(film.cast) <= 5, film
        assert film.certification in {"", "G", "PG", "PG-13", "R", "NR"}, film
        assert all(re.fullmatch(r"[\w-]{11}", key) for key in film.trailer_keys), film


@pytest.mark.parametrize(
    ("tmdb_id", "imdb_id", "title", "year"),
    [
        (603, "tt0133093", "The Matrix", 1999),
        (27205, "tt1375666", "Inception", 2010),
        (129, "tt0245429", "Spirited Away", 2001),
        (1022789, "tt22022452", "Inside Out 2", 2024),
    ],
)
def test_known_films(
    catalogue: Catalogue, tmdb_id: int, imdb_id: str, title: str, year: int
) -> None:
    film = catalogue.get(tmdb_id)
    assert film is not None
    assert (film.imdb_id, film.title, film.year) == (imdb_id, title, year)
    assert catalogue.by_imdb_id(imdb_id) is film


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("AMELIE", 194),
        ("amélie", 194),
        ("the matrix", 603),
        ("matr", 603),
        ("der pate", 238),
        ("wall e", 10681),
        ("千と千尋の神隠し", 129),
        ("leon profi", 101),
    ],
)
def test_search_ignores_case_accents_and_language(
    catalogue: Catalogue, query: str, first: int
) -> None:
    assert catalogue.search(query)[0].tmdb_id == first


def test_search_finds_nothing_for_nothing(catalogue: Catalogue) -> None:
    assert catalogue.search("") == catalogue.search("  !?") == []
    assert catalogue.search("matrix qwertz") == []


def test_words_are_plain() -> None:
    assert words_of("Pan's Labyrinth: ÉTÉ—2001") == ("pans", "labyrinth", "ete", "2001")


def test_every_synthetic_id_is_a_film_and_ids_outside_are_none(catalogue: Catalogue) -> None:
    sample = [*range(FIRST_ID, LAST_ID, 9_973), FIRST_ID, LAST_ID]
    for tmdb_id in sample:
        film = catalogue.get(tmdb_id)
        assert film is not None
        assert film.tmdb_id == tmdb_id
    assert [catalogue.get(i) for i in (0, -1, 2, FIRST_ID - 1, LAST_ID + 1)] == [None] * 5


def test_synthetic_films_are_the_same_in_every_process(catalogue: Catalogue) -> None:
    film = catalogue.get(123_456)
    assert film == Catalogue().get(123_456)
    assert film is not None
    assert (film.title, film.release_date) == ("Song of Thunder", "1996-01-02")


def test_ranks_are_a_permutation() -> None:
    assert all(rank_of(id_at(rank)) == rank for rank in range(0, SPAN, 7_919))


def test_500_pages_hold_10000_distinct_films_in_order_of_popularity(catalogue: Catalogue) -> None:
    films = [catalogue.at(rank) for rank in range(10_000)]
    assert len({film.tmdb_id for film in films}) == 10_000
    popularity = [film.popularity for film in films]
    assert popularity == sorted(popularity, reverse=True)
    assert films[: len(catalogue.real)] == list(catalogue.real)


def test_synthetic_films_have_the_quirks_of_real_payloads(catalogue: Catalogue) -> None:
    films = [film for film in catalogue.indexed if film.synthetic]
    for quirk in (
        [film for film in films if film.poster_path is None],
        [film for film in films if film.release_date == ""],
        [film for film in films if film.runtime_min == 0],
        [film for film in films if film.budget == 0],
        [film for film in films if film.imdb_id is None],
        [film for film in films if film.genre_ids == ()],
        [film for film in films if film.adult],
    ):
        assert 0.005 < len(quirk) / len(films) < 0.7


def test_synthetic_imdb_ids_lead_back(catalogue: Catalogue) -> None:
    films = [film for film in catalogue.indexed if film.synthetic and film.imdb_id][:50]
    assert [catalogue.by_imdb_id(film.imdb_id or "") for film in films] == films
    assert catalogue.by_imdb_id("tt9999999") is None
    assert catalogue.by_imdb_id("tt9xxxxxxx") is None


def test_trailer_keys_lead_back_and_some_are_gone(catalogue: Catalogue) -> None:
    keys = [video.key for film in catalogue.indexed[:2_000] for video in videos_of(film)]
    assert 0.03 < sum(map(is_gone, keys)) / len(keys) < 0.09
    assert film_id_of_key(generated_key(654_321, 2)) == 654_321
    assert film_id_of_key("m2000000000") is None
    assert not is_gone("vKQi3bBA1y8")


def test_videos_vary_and_real_films_have_a_trailer(catalogue: Catalogue) -> None:
    for film in catalogue.real:
        videos = videos_of(film)
        assert any(video.kind == "Trailer" for video in videos), film.title
        assert len({video.key for video in videos}) == len(videos)
        dates = [video.published_at for video in videos]
        assert dates == sorted(dates, reverse=True)
    synthetic = [videos_of(film) for film in catalogue.indexed[300:1_300]]
    assert {0, 1, 2, 3} <= {len([v for v in some if v.language == "en"]) for some in synthetic}
    every = [video for some in synthetic for video in some]
    assert {"YouTube", "Vimeo"} == {video.site for video in every}
    assert {"Trailer", "Teaser", "Clip", "Featurette"} <= {video.kind for video in every}


def test_picture_names_lead_back(catalogue: Catalogue) -> None:
    film = catalogue.real[0]
    assert film.poster_path is not None
    assert len(film.poster_path) == len("/qJ0csDXAVFMsNn0cRcjy6W6PxAK.jpg")
    assert film_id_of_image(film.poster_path) == film.tmdb_id
    assert film_id_of_image("/logo.png") is None
