"""Cast and crew, keywords and companies: drawn from a film, the same everywhere."""

from functools import lru_cache
from typing import Final

from gateway.sandbox.film import Film, base36, draw
from gateway.sandbox.tmdb.reference import JsonObject

_KEYWORDS: Final = (
    (9715, "superhero"), (818, "based on novel or book"), (9672, "based on true story"),
    (4379, "time travel"), (9951, "alien"), (310, "artificial intelligence (a.i.)"),
    (9882, "space"), (12377, "zombie"), (3133, "vampire"), (10349, "survival"),
    (9748, "revenge"), (6054, "friendship"), (10683, "coming of age"), (4344, "musical"),
    (1299, "monster"), (470, "spy"), (2964, "future"), (4565, "dystopia"),
    (1701, "hero"), (10364, "mission"),
)  # fmt: skip
_COMPANIES: Final = (
    (174, "Warner Bros. Pictures", "US"), (33, "Universal Pictures", "US"),
    (4, "Paramount", "US"), (25, "20th Century Fox", "US"), (5, "Columbia Pictures", "US"),
    (3, "Pixar", "US"), (10342, "Studio Ghibli", "JP"), (8411, "Metro-Goldwyn-Mayer", "US"),
    (34397, "Small Lantern Films", ""), (12292, "Harbour Light Pictures", "GB"),
)  # fmt: skip


@lru_cache(maxsize=8192)
def person_id(name: str) -> int:
    """The same person has the same id in all films."""
    return 1_000 + draw("person", name) % 4_000_000


def cast_ids(film: Film) -> set[int]:
    """For the filter ``with_cast``."""
    return set(map(person_id, film.cast))


def keywords_of(film: Film) -> list[tuple[int, str]]:
    """Up to four, none for some films."""
    seed = draw("keywords", film.tmdb_id)
    picked = (_KEYWORDS[(seed >> 5 * n) % len(_KEYWORDS)] for n in range(seed % 5))
    return list(dict.fromkeys(picked))


def companies_of(film: Film) -> list[JsonObject]:
    """One or two; logos are often missing."""
    seed = draw("companies", film.tmdb_id)
    picked = (_COMPANIES[(seed >> 7 * n) % len(_COMPANIES)] for n in range(1 + seed % 2))
    return [
        {
            "id": company_id,
            "logo_path": None if company_id % 2 else f"/{base36(draw('logo', company_id), 12)}.png",
            "name": name,
            "origin_country": country,
        }
        for company_id, name, country in dict.fromkeys(picked)
    ]


def credits_of(film: Film) -> JsonObject:
    """``/movie/{id}/credits`` without the id."""
    cast = [
        {
            **_person(name, "Acting"),
            "cast_id": 1 + order,
            "character": f"{name.split()[-1]}'s part" if film.synthetic else "",
            "credit_id": base36(draw("credit", film.tmdb_id, name), 12),
            "order": order,
        }
        for order, name in enumerate(film.cast)
    ]
    jobs = [("Directing", "Director"), ("Writing", "Screenplay")][: 1 + film.tmdb_id % 2]
    crew = [
        {
            **_person(film.director, "Directing"),
            "credit_id": base36(draw("credit", film.tmdb_id, job), 12),
            "department": department,
            "job": job,
        }
        for department, job in jobs
    ]
    return {"cast": cast, "crew": crew}


def _person(name: str, department: str) -> JsonObject:
    seed = draw("face", name)
    return {
        "adult": False,
        "gender": seed % 3,
        "id": person_id(name),
        "known_for_department": department,
        "name": name,
        "original_name": name,
        "popularity": round(seed % 900 / 100, 4),
        "profile_path": None if seed % 4 == 0 else f"/a{base36(seed, 12)}{base36(seed, 14)}.jpg",
    }
