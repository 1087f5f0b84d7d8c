"""OMDb: every value a string, ``N/A`` for nothing, failures with status 200."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.catalogue import Catalogue, shared_catalogue
from gateway.sandbox.film import Film, draw
from gateway.sandbox.routes import Endpoint
from gateway.sandbox.upstream import SandboxUpstream

JsonObject = dict[str, object]
_GENRES: Final = {28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime"} | {
    99: "Documentary", 18: "Drama", 10751: "Family", 14: "Fantasy", 36: "History", 27: "Horror",
    10402: "Music", 9648: "Mystery", 10749: "Romance", 878: "Sci-Fi", 53: "Thriller",
    10752: "War", 37: "Western",
}  # fmt: skip
_LANGUAGES: Final = {
    "en": "English", "de": "German", "fr": "French", "ja": "Japanese", "ko": "Korean",
    "es": "Spanish", "it": "Italian", "pt": "Portuguese", "zh": "Mandarin", "cn": "Cantonese",
}  # fmt: skip


class SandboxOmdb(SandboxUpstream):
    """One path; ``i``, ``t`` or ``s`` decides what is asked."""

    name = "omdb"

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        seed: int = 0,
    ) -> None:
        self.catalogue = catalogue or shared_catalogue()
        super().__init__(sleep=sleep, seed=seed)

    def routes(self) -> Sequence[tuple[str, str, Endpoint]]:
        """The only one."""
        return [("GET", "/", self._ask)]

    def error(self, status: int) -> Response:
        """OMDb's body for an HTTP status; 401 and 429 are its spent day."""
        text = "Request limit reached!" if status in {401, 429} else "Internal server error."
        return _failed(text, status)

    def refuse(self, request: Request) -> Response | None:
        """``apikey``; the word ``invalid`` plays a wrong one."""
        key = request.query_params.get("apikey", "")
        if not key:
            return _failed("No API key provided.", 401)
        return _failed("Invalid API key!", 401) if key == "invalid" else None

    async def _ask(self, request: Request) -> Response:
        given = request.query_params
        if given.get("s"):
            return self._search(given["s"], given.get("y", ""))
        if given.get("t"):
            films = self._matching(given["t"], given.get("y", ""))
            return _answer(_title(films[0])) if films else _failed("Movie not found!")
        imdb_id = given.get("i", "")
        if not imdb_id.startswith("tt") or not imdb_id[2:].isdecimal() or len(imdb_id) > 10:
            return _failed("Incorrect IMDb ID.")
        film = self.catalogue.by_imdb_id(imdb_id)
        return _failed("Error getting data.") if film is None else _answer(_title(film))

    def _search(self, text: str, year: str) -> Response:
        films = self._matching(text, year)
        if not films:
            return _failed("Movie not found!")
        hits = [
            {
                "Title": film.title,
                "Year": str(film.year or "N/A"),
                "imdbID": film.imdb_id,
                "Type": "movie",
                "Poster": "N/A",
            }
            for film in films[:10]
        ]
        return _answer({"Search": hits, "totalResults": str(len(films)), "Response": "True"})

    def _matching(self, text: str, year: str) -> list[Film]:
        films = self.catalogue.search(text)
        return [f for f in films if f.imdb_id and year in {"", str(f.year)}]


def _title(film: Film) -> JsonObject:
    seed = draw("omdb", film.tmdb_id)
    return {
        "Title": film.title,
        "Year": str(film.year or "N/A"),
        "Rated": film.certification or "N/A",
        "Released": _day(film),
        "Runtime": f"{film.runtime_min} min" if film.runtime_min else "N/A",
        "Genre": ", ".join(_GENRES[i] for i in film.genre_ids) or "N/A",
        "Director": film.director,
        "Writer": "N/A",
        "Actors": ", ".join(film.cast[:4]),
        "Plot": f"{film.cast[0]} in a film by {film.director}.",
        "Language": _LANGUAGES[film.original_language],
        "Country": "United States" if film.original_language == "en" else "N/A",
        "Awards": "N/A" if seed % 3 else f"{seed % 40} wins & {seed % 90} nominations",
        "Poster": "N/A",
        **_ratings(film, seed),
        "imdbID": film.imdb_id,
        "Type": "movie",
        **dict.fromkeys(("DVD", "Production", "Website"), "N/A"),
        "BoxOffice": f"${film.revenue:,}" if film.revenue else "N/A",
        "Response": "True",
    }


def _ratings(film: Film, seed: int) -> JsonObject:
    """IMDb's rating and what the critics said, each of which may be missing."""
    if not film.vote_average or seed % 14 == 0:
        return {"Ratings": [], "Metascore": "N/A", "imdbRating": "N/A", "imdbVotes": "N/A"}
    rating = f"{min(9.3, film.vote_average + seed % 5 / 10):.1f}"
    metascore = min(98, int(film.vote_average * 9) + seed % 20) if seed % 6 else None
    ratings = [("Internet Movie Database", f"{rating}/10")]
    if seed % 5:
        ratings.append(("Rotten Tomatoes", f"{min(99, int(film.vote_average * 10) + seed % 15)}%"))
    if metascore is not None:
        ratings.append(("Metacritic", f"{metascore}/100"))
    return {
        "Ratings": [{"Source": source, "Value": value} for source, value in ratings],
        "Metascore": "N/A" if metascore is None else str(metascore),
        "imdbRating": rating,
        "imdbVotes": f"{film.vote_count * (40 + seed % 40):,}",
    }


def _day(film: Film) -> str:
    if not film.release_date:
        return "N/A"
    return date.fromisoformat(film.release_date).strftime("%d %b %Y")


def _answer(body: JsonObject, status: int = 200) -> Response:
    headers = {"cache-control": "public, max-age=3600"} if status == 200 else None
    return Response(
        orjson.dumps(body), status, headers, media_type="application/json; charset=utf-8"
    )


def _failed(text: str, status: int = 200) -> Response:
    return _answer({"Response": "False", "Error": text}, status)
