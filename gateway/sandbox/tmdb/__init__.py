"""TMDB v3 as far as a gateway for films needs it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.answers import AnswerCache, conditional
from gateway.sandbox.catalogue import Catalogue, shared_catalogue
from gateway.sandbox.film import Film, draw
from gateway.sandbox.routes import Endpoint
from gateway.sandbox.tmdb import errors, reference
from gateway.sandbox.tmdb.changes import A_DAY, Touched, changes_page
from gateway.sandbox.tmdb.charts import CHARTS, Chart, Charts
from gateway.sandbox.tmdb.details import details
from gateway.sandbox.tmdb.discover import Discovery
from gateway.sandbox.tmdb.lists import Page, list_item, page_of
from gateway.sandbox.tmdb.params import Params
from gateway.sandbox.tmdb.parts import PARTS, WITHOUT_ID
from gateway.sandbox.upstream import SandboxUpstream

JsonObject = reference.JsonObject
Build = Callable[[Request, Params], JsonObject]

__all__ = ["SandboxTmdb"]


class SandboxTmdb(SandboxUpstream):
    """Strict where TMDB is strict, silent where it is silent."""

    name = "tmdb"

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        seed: int = 0,
        changes_a_day: int = A_DAY,
    ) -> None:
        self.catalogue = catalogue or shared_catalogue()
        self._charts = Charts(self.catalogue)
        self._discovery = Discovery(self.catalogue)
        self._today = today
        self._kept = AnswerCache()
        self._touched = Touched()
        self._changes_a_day = changes_a_day
        super().__init__(sleep=sleep, seed=seed)

    def routes(self) -> Sequence[tuple[str, str, Endpoint]]:
        """Literal paths, then the films' own."""
        plain: dict[str, Build] = {
            "/authentication": lambda *_: {
                "success": True,
                "status_code": 1,
                "status_message": "Success.",
            },
            "/configuration": lambda request, _: reference.configuration(_origin(request)),
            "/genre/movie/list": lambda _, params: reference.genre_list(params.language),
            "/discover/movie": lambda request, params: self._discovery.page(
                params, request.url.query
            ),
            "/search/movie": self._search,
            "/movie/changes": lambda _, p: changes_page(
                p, self.catalogue, self._today(), self._touched, self._changes_a_day
            ),
            "/find/{external_id}": self._find,
            "/movie/{id}": self._movie,
        }
        plain |= {_chart_path(chart): self._chart(chart) for chart in CHARTS.values()}
        plain |= {f"/movie/{{id}}/{part}": self._part(part) for part in PARTS}
        return [("GET", path, self._endpoint(build)) for path, build in plain.items()]

    def error(self, status: int) -> Response:
        """TMDB's body for an HTTP status."""
        return errors.by_status(status)

    def refuse(self, request: Request) -> Response | None:
        """A bearer token or the old parameter; the word ``invalid`` plays a wrong one."""
        header = request.headers.get("authorization", "")
        scheme, _, token = header.partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else ""
        key = key or request.query_params.get("api_key", "")
        return errors.refusal(7) if not key or key == "invalid" else None

    def touch(self, *tmdb_ids: int, deleted: bool = False) -> None:
        """Let somebody edit these films today, or delete them as far as the changes tell."""
        self._touched.add(self._today(), tmdb_ids, deleted=deleted)

    def reset(self) -> None:
        """Forget calls, faults and edits."""
        super().reset()
        self._touched = Touched()

    def _endpoint(self, build: Build) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            made = f"{self._today()} {self._touched.count}"
            key = f"{made} {_origin(request)} {request.url.path}?{request.url.query}"
            kept = self._kept.get(key)
            if kept is None:
                try:
                    answer = build(request, Params(request.url.query))
                except errors.TmdbRefusalError as refused:
                    return errors.refusal(refused.code)
                kept = self._kept.put(key, orjson.dumps(answer))
            headers = {
                "cache-control": f"public, max-age={2_600 + draw('age', key) % 20_000}",
                "vary": "accept-encoding, Origin",
            }
            return conditional(*kept, request.headers.get("if-none-match", ""), headers)

        return endpoint

    def _film(self, request: Request) -> Film:
        text = request.path_params["id"].partition("-")[0]  # "603-the-matrix" works too
        if not text.isdecimal() or int(text) == 0:
            raise errors.TmdbRefusalError(6)
        film = self.catalogue.get(int(text))
        if film is None:
            raise errors.TmdbRefusalError(34)
        return film

    def _movie(self, request: Request, params: Params) -> JsonObject:
        return details(self._film(request), params, self.catalogue)

    def _part(self, name: str) -> Build:
        def build(request: Request, params: Params) -> JsonObject:
            film = self._film(request)
            body = PARTS[name](film, params, self.catalogue)
            return body if name in WITHOUT_ID else {"id": film.tmdb_id, **body}

        return build

    def _chart(self, chart: Chart) -> Build:
        return lambda _, params: self._charts.page(chart, params, self._today())

    def _search(self, _: Request, params: Params) -> JsonObject:
        films = self.catalogue.search(params.text("query"))
        if not params.flag("include_adult"):
            films = [film for film in films if not film.adult]
        for name in ("year", "primary_release_year"):
            year = params.number(name)
            films = [film for film in films if year is None or film.year == year]
        return page_of(Page([list_item(film, params.language) for film in films], params.page))

    def _find(self, request: Request, params: Params) -> JsonObject:
        source = params.text("external_source")
        if source not in _EXTERNAL_SOURCES:
            raise errors.TmdbRefusalError(5)
        wanted = request.path_params["external_id"]
        film = self.catalogue.by_imdb_id(wanted) if source == "imdb_id" else None
        found = [] if film is None else [list_item(film, params.language, media_type=True)]
        empty = ("person_results", "tv_results", "tv_episode_results", "tv_season_results")
        return {"movie_results": found, **{name: [] for name in empty}}


_SOURCES = "imdb facebook instagram tvdb tiktok twitter wikidata youtube"
_EXTERNAL_SOURCES = frozenset(f"{source}_id" for source in _SOURCES.split())


def _chart_path(chart: Chart) -> str:
    if chart.name.startswith("trending"):
        return f"/trending/movie/{chart.name.partition('/')[2]}"
    return f"/movie/{chart.name}"


def _origin(request: Request) -> str:
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    return f"{scheme}://{request.headers.get('host', 'localhost')}"
