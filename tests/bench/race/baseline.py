"""What one would write first: Strawberry, FastAPI, httpx, a DataLoader per upstream.

The same schema as far as the race needs it, so that the same documents are asked and the same
answers expected. "Warm" is what one adds next: parsed values kept in memory, documents parsed and
validated once. Run as ``python -m tests.bench.race.baseline PORT UPSTREAM cold|warm``.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from enum import Enum
from typing import Any, Final, NewType

import httpx
import strawberry
import uvicorn
from fastapi import FastAPI
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.fastapi import GraphQLRouter
from strawberry.schema.config import StrawberryConfig

AT_ONCE: Final = 50  # more at a time only make httpx slower
IDS_A_CALL: Final = 50
_KINDS: Final = {"Trailer": 2, "Teaser": 1}
_LENGTH: Final = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_STATUSES: Final = ("UNKNOWN", "PENDING", "APPROVED", "DECLINED", "FAILED", "COMPLETED")
_APPROVED: Final = 2
_AVAILABLE: Final = 5
_BEARER: Final = {"Authorization": "Bearer sandbox"}


BigInt = NewType("BigInt", int)
_SCALARS: Final = {BigInt: strawberry.scalar(name="BigInt", serialize=int, parse_value=int)}


class Upstreams:
    """All three over one client, which keeps its connections."""

    def __init__(self, origin: str, *, keeps: bool) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._http = httpx.AsyncClient(base_url=origin, timeout=30, limits=limits)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._kept: dict[tuple[object, ...], Any] | None = {} if keeps else None

    async def get(self, path: str, headers: dict[str, str], **params: str) -> Any:  # noqa: ANN401 - JSON
        key = (path, *params.items())
        if self._kept is not None and key in self._kept:
            return self._kept[key]
        async with self._turn:
            answer = await self._http.get(path, params=params, headers=headers)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        found = answer.json()
        if self._kept is not None:
            self._kept[key] = found
        return found

    async def tmdb(self, path: str, **params: str) -> Any:  # noqa: ANN401 - JSON
        return await self.get(f"/tmdb/3{path}", _BEARER, language="en-US", **params)

    async def films(self, ids: list[int]) -> list[Any]:
        more = {"append_to_response": "videos", "include_video_language": "en,null"}
        return await asyncio.gather(*(self.tmdb(f"/movie/{each}", **more) for each in ids))

    async def wishes(self, ids: list[int]) -> list[Any]:
        key = {"X-Api-Key": "sandbox"}
        paths = (f"/seerr/api/v1/movie/{each}" for each in ids)
        return await asyncio.gather(*(self.get(path, key) for path in paths))

    async def videos(self, keys: list[str]) -> list[Any]:
        chunks = [keys[at : at + IDS_A_CALL] for at in range(0, len(keys), IDS_A_CALL)]
        pages = await asyncio.gather(*(self._videos(chunk) for chunk in chunks))
        found = {each["id"]: each for page in pages for each in page["items"]}
        return [found.get(key) for key in keys]

    async def _videos(self, keys: list[str]) -> Any:  # noqa: ANN401 - JSON
        parts = "snippet,contentDetails,statistics"
        headers = {"X-Goog-Api-Key": "sandbox"}
        return await self.get("/youtube/v3/videos", headers, part=parts, id=",".join(keys))

    async def aclose(self) -> None:
        await self._http.aclose()


@strawberry.type
class Image:
    url: str


@strawberry.type
class Rating:
    source: str
    value: float


@strawberry.type
class Person:
    display_name: str


@strawberry.type
class Request:
    status: str
    created_at: str
    requested_by: Person


@strawberry.type
class Requests:
    nodes: list[Request]


@strawberry.type
class Trailer:
    name: str
    key: str
    site: strawberry.Private[str]

    async def _video(self, info: strawberry.Info) -> Any:  # noqa: ANN401 - JSON
        return await info.context["videos"].load(self.key) if self.site == "YouTube" else None

    @strawberry.field
    async def view_count(self, info: strawberry.Info) -> BigInt | None:
        found = await self._video(info)
        return BigInt(int(found["statistics"]["viewCount"])) if found else None

    @strawberry.field
    async def duration_seconds(self, info: strawberry.Info) -> int | None:
        found = await self._video(info)
        match = found and _LENGTH.fullmatch(found["contentDetails"]["duration"])
        if not match:
            return None
        days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


@strawberry.type
class Trailers:
    nodes: list[Trailer]


@strawberry.enum
class PosterSize(Enum):
    W500 = "w500"


@strawberry.type
class Movie:
    tmdb_id: int
    title: str
    overview: str | None
    release_date: date | None
    ratings: list[Rating]
    poster_path: strawberry.Private[str | None]

    @strawberry.field
    async def poster(
        self, info: strawberry.Info, size: PosterSize = PosterSize.W500
    ) -> Image | None:
        base = info.context["images"]
        return Image(url=f"{base}{size.value}{self.poster_path}") if self.poster_path else None

    @strawberry.field
    async def runtime_minutes(self, info: strawberry.Info) -> int | None:
        return (await info.context["films"].load(self.tmdb_id))["runtime"] or None

    @strawberry.field
    async def trailers(self, info: strawberry.Info, first: int = 5) -> Trailers:
        film = await info.context["films"].load(self.tmdb_id)
        best = sorted(film["videos"]["results"], key=_rank, reverse=True)[:first]
        return Trailers(nodes=[Trailer(name=e["name"], key=e["key"], site=e["site"]) for e in best])

    @strawberry.field
    async def requests(self, info: strawberry.Info, first: int = 5) -> Requests:
        found = await info.context["wishes"].load(self.tmdb_id)
        media = (found or {}).get("mediaInfo") or {}
        newest = sorted(media.get("requests") or (), key=lambda e: e["createdAt"], reverse=True)
        return Requests(nodes=[_request(each, media) for each in newest[:first]])


@strawberry.type
class PageInfo:
    end_cursor: str | None


@strawberry.type
class Movies:
    nodes: list[Movie]
    page_info: PageInfo


def _rank(video: dict[str, Any]) -> tuple[object, ...]:
    spoken = 2 if video["iso_639_1"] == "en" else 1 if video["iso_639_1"] is None else 0
    kind = _KINDS.get(video["type"], 0)
    return kind, spoken, video["official"], video["size"], video["published_at"]


def _request(told: dict[str, Any], media: dict[str, Any]) -> Request:
    user = told["requestedBy"]
    name = user["displayName"]  # of who has none, Seerr shows the address
    state = media["status4k" if told["is4k"] else "status"]
    is_there = told["status"] == _APPROVED and state == _AVAILABLE
    return Request(
        status="COMPLETED" if is_there else _STATUSES[told["status"]],
        created_at=told["createdAt"].replace(".000Z", "Z"),
        requested_by=Person(display_name=f"User {user['id']}" if "@" in name else name),
    )


def _movie(told: dict[str, Any]) -> Movie:
    is_rated = bool(told["vote_count"])
    day = told["release_date"]
    return Movie(
        tmdb_id=told["id"],
        title=told["title"],
        overview=told["overview"] or None,
        release_date=date.fromisoformat(day) if day else None,
        ratings=[Rating(source="TMDB", value=told["vote_average"])] if is_rated else [],
        poster_path=told["poster_path"],
    )


@strawberry.enum
class MovieChart(Enum):
    POPULAR = "popular"


@strawberry.input
class MovieRef:
    tmdb_id: int


@strawberry.type
class Query:
    @strawberry.field
    async def charts(
        self, info: strawberry.Info, chart: MovieChart, first: int = 20, after: str | None = None
    ) -> Movies:
        page = int(after or 0) + 1
        found = await info.context["tmdb"](f"/movie/{chart.value}", page=str(page))
        nodes = [_movie(each) for each in found["results"][:first]]
        return Movies(nodes=nodes, page_info=PageInfo(end_cursor=str(page)))

    @strawberry.field
    async def movie(self, info: strawberry.Info, by: MovieRef) -> Movie | None:
        found = await info.context["films"].load(by.tmdb_id)
        return _movie(found) if found else None


def is_ready() -> bool:
    """It answers, so it is."""
    return True


def app(origin: str, *, is_warm: bool) -> FastAPI:
    """The server; ``/health/ready`` tells when it is up."""
    state: dict[str, Any] = {}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        upstreams = state["upstreams"] = Upstreams(origin, keeps=is_warm)
        state["images"] = (await upstreams.tmdb("/configuration"))["images"]["secure_base_url"]
        yield
        await upstreams.aclose()

    async def context() -> dict[str, Any]:
        upstreams: Upstreams = state["upstreams"]
        return {
            "tmdb": upstreams.tmdb,
            "images": state["images"],
            "films": DataLoader(load_fn=upstreams.films),
            "wishes": DataLoader(load_fn=upstreams.wishes),
            "videos": DataLoader(load_fn=upstreams.videos),
        }

    schema = strawberry.Schema(
        Query,
        extensions=[ParserCache, ValidationCache] if is_warm else [],
        config=StrawberryConfig(scalar_map=_SCALARS),
    )
    served = FastAPI(lifespan=lifespan)
    served.include_router(GraphQLRouter(schema, context_getter=context), prefix="/graphql")
    served.add_api_route("/health/ready", is_ready)
    return served


if __name__ == "__main__":
    port, where, mode = sys.argv[1:]
    made = app(where, is_warm=mode == "warm")
    uvicorn.run(made, port=int(port), access_log=False, log_level="error")
