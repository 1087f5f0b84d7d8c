"""A page of 540 leaves with its data in memory: twenty films, their trailers and requests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import strawberry

from gateway.engine.batched import Batched

FILMS = 20
_BODY = """(first: $n) {
 id title overview releaseDate voteAverage voteCount popularity posterPath
 trailers { id name site key official } request { id status requestedBy createdAt } } }"""
PAGES = {
    "plain attributes": "query Page($n: Int = 20) { plain" + _BODY,
    "fields in two steps": "query Page($n: Int = 20) { inTwoSteps" + _BODY,
    "asynchronous resolvers": "query Page($n: Int = 20) { waiting" + _BODY,
}


@strawberry.enum
class Status(Enum):
    PENDING = "pending"
    APPROVED = "approved"
    AVAILABLE = "available"


@strawberry.type
class Trailer:
    id: strawberry.ID
    name: str
    site: str
    key: str
    official: bool


@strawberry.type
class Request:
    id: strawberry.ID
    status: Status
    requested_by: str
    created_at: str


@dataclass
class Loader:
    """One future per key, all settled in the next turn of the loop."""

    table: dict[str, Any]
    futures: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def ask(self, key: str) -> asyncio.Future[Any]:
        found = self.futures.get(key)
        if found is None:
            loop = asyncio.get_running_loop()
            if not self.waiting:
                loop.call_soon(self._settle)
            self.waiting.append(key)
            found = self.futures[key] = loop.create_future()
        return found

    def _settle(self) -> None:
        keys, self.waiting = self.waiting, []
        for key in keys:
            self.futures[key].set_result(self.table[key])


@dataclass
class Context:
    """The loaders of one operation."""

    trailers: Loader
    requests: Loader


async def _trailers(self: Any, info: strawberry.Info) -> list[Trailer]:  # noqa: ANN401 - any of the films
    return await info.context.trailers.ask(self.id)


async def _request(self: Any, info: strawberry.Info) -> Request | None:  # noqa: ANN401 - ditto
    return await info.context.requests.ask(self.id)


@Batched(lambda film, context, _: context.trailers.ask(film.id), lambda landed, *_: landed)
async def _trailers_in_two_steps(self: Any, info: strawberry.Info) -> list[Trailer]:  # noqa: ANN401 - ditto
    return await _trailers(self, info)


@Batched(lambda film, context, _: context.requests.ask(film.id), lambda landed, *_: landed)
async def _request_in_two_steps(self: Any, info: strawberry.Info) -> Request | None:  # noqa: ANN401 - ditto
    return await _request(self, info)


@strawberry.type
class Film:
    id: strawberry.ID
    title: str
    overview: str | None
    release_date: str | None
    vote_average: float
    vote_count: int
    popularity: float
    poster_path: str | None


@strawberry.type
class Plain(Film):
    trailers: list[Trailer]
    request: Request | None


@strawberry.type
class InTwoSteps(Film):
    trailers = strawberry.field(resolver=_trailers_in_two_steps)
    request = strawberry.field(resolver=_request_in_two_steps)


@strawberry.type
class Waiting(Film):
    trailers = strawberry.field(resolver=_trailers)
    request = strawberry.field(resolver=_request)


def _film(at: int) -> dict[str, Any]:
    return {
        "id": strawberry.ID(str(1000 + at)),
        "title": f"Film number {at}: “The Return”",
        "overview": "An overview of moderate length about a thing that happens to people, " * 4,
        "release_date": "2026-05-01",
        "vote_average": 7.123 + at / 10,
        "vote_count": 12345 + at,
        "popularity": 55.5 + at,
        "poster_path": f"/abc{at}def.jpg",
    }


_IDS = [str(1000 + at) for at in range(FILMS)]
_TRAILERS = {
    key: [
        Trailer(
            id=strawberry.ID(f"t{key}{number}"),
            name=f"Official trailer {number} of {key}",
            site="YouTube",
            key=f"dQw4w9WgXc{number}",
            official=True,
        )
        for number in range(3)
    ]
    for key in _IDS
}
_REQUESTS = {
    key: Request(
        id=strawberry.ID(f"r{key}"),
        status=list(Status)[at % 3],
        requested_by=f"user{at}",
        created_at="2026-11-01T10:00:00Z",
    )
    for at, key in enumerate(_IDS)
}
_PLAIN = [
    Plain(**_film(at), trailers=_TRAILERS[key], request=_REQUESTS[key])
    for at, key in enumerate(_IDS)
]
_IN_TWO_STEPS = [InTwoSteps(**_film(at)) for at in range(FILMS)]
_WAITING = [Waiting(**_film(at)) for at in range(FILMS)]


@strawberry.type
class Query:
    @strawberry.field
    async def plain(self, first: int = 20) -> list[Plain]:
        return _PLAIN[:first]

    @strawberry.field
    async def in_two_steps(self, first: int = 20) -> list[InTwoSteps]:
        return _IN_TWO_STEPS[:first]

    @strawberry.field
    async def waiting(self, first: int = 20) -> list[Waiting]:
        return _WAITING[:first]


SCHEMA = strawberry.Schema(Query)._schema


def context() -> Context:
    """Of one operation: nothing is loaded yet."""
    return Context(Loader(_TRAILERS), Loader(_REQUESTS))
