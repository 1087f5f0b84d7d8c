"""When and where a film came out, and where it can be watched."""

from datetime import date, timedelta
from typing import Final

from gateway.sandbox.film import Film, base36, draw
from gateway.sandbox.tmdb.reference import COUNTRY_OF_LANGUAGE, JsonObject

_FSK: Final = {"G": "0", "PG": "6", "PG-13": "12", "R": "16", "NR": "18", "": ""}
_BBFC: Final = {"G": "U", "PG": "PG", "PG-13": "12A", "R": "15", "NR": "18", "": ""}
_PROVIDERS: Final = (
    ("flatrate", 8, "Netflix", 0),
    ("flatrate", 337, "Disney Plus", 1),
    ("flatrate", 9, "Amazon Prime Video", 2),
    ("rent", 2, "Apple TV Store", 4),
    ("rent", 10, "Amazon Video", 5),
    ("buy", 2, "Apple TV Store", 4),
    ("buy", 3, "Google Play Movies", 6),
    ("ads", 73, "Tubi TV", 21),
    ("free", 212, "Hoopla", 36),
)
_OFFER_COUNTRIES: Final = ("US", "GB", "DE", "FR", "AT", "CA", "AU", "JP")


def release_dates_of(film: Film) -> JsonObject:
    """``/movie/{id}/release_dates`` without the id; types 1 to 5."""
    if not film.release_date:
        return {"results": []}
    first = date.fromisoformat(film.release_date)
    seed = draw("releases", film.tmdb_id)
    home = COUNTRY_OF_LANGUAGE.get(film.original_language, "US")
    results = [
        _country("DE", [(first + timedelta(days=seed % 60), 3, _FSK[film.certification])]),
        _country("GB", [(first + timedelta(days=seed % 20), 3, _BBFC[film.certification])]),
        _country("US", _american(film, first, seed)),
    ]
    if home not in {"DE", "GB", "US"}:
        results.append(_country(home, [(first, 3, "")]))
    return {"results": results}


def watch_providers_of(film: Film) -> JsonObject:
    """``/movie/{id}/watch/providers`` without the id; JustWatch's offers by country."""
    results: JsonObject = {}
    for country in _OFFER_COUNTRIES:
        seed = draw("offers", film.tmdb_id, country)
        offers: JsonObject = {"link": _link(film, country, seed)}
        for place, (way, *_) in enumerate(_PROVIDERS):
            if seed >> 3 * place & 7 < 3:
                shown = offers.setdefault(way, [])
                assert isinstance(shown, list)  # noqa: S101 -- narrows for mypy
                shown.append(_provider(place))
        if len(offers) > 1:
            results[country] = offers
    return {"results": results}


def provider_ids(film: Film, country: str) -> set[int]:
    """For the filter ``with_watch_providers``."""
    seed = draw("offers", film.tmdb_id, country)
    if country not in _OFFER_COUNTRIES:
        return set()
    return {row[1] for place, row in enumerate(_PROVIDERS) if seed >> 3 * place & 7 < 3}


def _american(film: Film, first: date, seed: int) -> list[tuple[date, int, str]]:
    releases = [(first, 3, film.certification)]
    if seed % 3 == 0:
        releases.insert(0, (first - timedelta(days=14), 1, ""))
    if first.year >= 2008:
        releases.append((first + timedelta(days=80 + seed % 60), 4, ""))
    if seed % 4:
        releases.append((first + timedelta(days=140), 5, film.certification))
    return releases


def _country(country: str, releases: list[tuple[date, int, str]]) -> JsonObject:
    return {
        "iso_3166_1": country,
        "release_dates": [
            {
                "certification": certification,
                "descriptors": [],
                "iso_639_1": "",
                "note": "",
                "release_date": f"{day.isoformat()}T00:00:00.000Z",
                "type": kind,
            }
            for day, kind, certification in releases
        ],
    }


def _link(film: Film, country: str, seed: int) -> str | None:
    if seed % 11 == 0:
        return None if seed % 2 else ""
    return f"https://www.themoviedb.org/movie/{film.tmdb_id}/watch?locale={country}"


def _provider(place: int) -> JsonObject:
    _, provider_id, name, priority = _PROVIDERS[place]
    return {
        "logo_path": f"/{base36(draw('provider', provider_id), 12)}.jpg",
        "provider_id": provider_id,
        "provider_name": name,
        "display_priority": priority,
    }
