"""A small schema that can be followed; what is tested over it knows no movies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import strawberry

from gateway.errors import BadUserInputError, EventsMissedError
from gateway.graph.context import Info


@strawberry.type
class Said:
    """One object for all who hear it."""

    text: str
    cursor: str

    @strawberry.field
    async def slowly(self, info: Info) -> str:
        await cast("Any", info.context.runtime).pace()
        return self.text

    @strawberry.field
    def who(self, info: Info) -> str | None:
        return None if info.context.viewer is None else info.context.viewer.id

    @strawberry.field
    def times(self, count: int) -> str:
        return self.text * count

    @strawberry.field
    def fails(self) -> str | None:
        raise ValueError("a resolver's own business")


class Radio:
    """Says the same to everybody who listens; stands in for the feed."""

    def __init__(self) -> None:
        self.ears: set[asyncio.Queue[object]] = set()
        self.told = 0
        self.open = asyncio.Event()
        self.open.set()
        self.begun = 0
        self.changed = 0

    async def pace(self) -> None:
        self.begun += 1
        await self.open.wait()

    def say(self, text: str) -> None:
        self.told += 1
        self.put(Said(text=text, cursor=f"c{self.told}"))

    def put(self, item: object) -> None:
        for each in self.ears:
            each.put_nowait(item)

    async def listen(self) -> AsyncIterator[object]:
        mine: asyncio.Queue[object] = asyncio.Queue()
        self.ears.add(mine)
        try:
            while True:
                item = await mine.get()
                if item is None:
                    return
                if isinstance(item, Exception) and not isinstance(item, EventsMissedError):
                    raise item
                yield item
        finally:
            self.ears.discard(mine)


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, text: str) -> str:
        return text

    @strawberry.field
    async def slow(self, info: Info) -> str:
        await cast("Any", info.context.runtime).pace()
        return "done"

    @strawberry.field
    def me(self, info: Info) -> str | None:
        return None if info.context.viewer is None else info.context.viewer.id


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, info: Info) -> str:
        radio = cast("Any", info.context.runtime)
        await radio.pace()
        radio.changed += 1
        return "changed"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def said(self, info: Info, after: str | None = None) -> AsyncIterator[Said]:
        if after == "foreign":
            raise BadUserInputError("That cursor is foreign.", argument="after")
        radio = cast("Any", info.context.runtime)
        resumed = info.context.resume
        if resumed is not None:
            yield Said(text=f"since {resumed}", cursor="c0")
        listening = radio.listen()
        try:
            async for each in listening:
                yield each
        finally:
            await listening.aclose()

    @strawberry.subscription
    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(to):
            yield number


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
