"""Whatever happens in whatever order: every event arrives, in order for each request."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from gateway.domain.request_log import RequestEvent
from gateway.domain.request_rules import Step
from gateway.domain.role import Role
from gateway.webhooks.worker import Worker
from tests.webhooks.receiver import Receiver, Told, receiving, status
from tests.webhooks.stage import Stage

WORKERS = 3
STEPS = 60
MOODS = ("well", "well", "well", "ill", "cut", "away")


@dataclass
class Play:
    """A run that a seed decides."""

    stage: Stage
    receiver: Receiver
    rng: random.Random
    mood: str = "well"
    workers: list[Worker] = field(default_factory=list)
    open: list[tuple[int, int]] = field(default_factory=list)  # requests, and how far they are
    looks: set[asyncio.Task[None]] = field(default_factory=set)

    def reply(self, _: Told) -> bytes:
        """As the receiver feels."""
        if self.mood == "cut":
            return b""
        return status({"well": 204, "ill": 500, "away": 503}[self.mood])

    async def step(self) -> None:
        """One thing happens."""
        await self.rng.choice(
            (self.happen, self.happen, self.look, self.look, self.look, self.pass_time, self.feel,
             self.kill, self.hang)
        )()  # fmt: skip

    async def happen(self) -> None:
        """One more event: of a new request, or of one that is there."""
        if not self.open or self.rng.random() < 0.5:
            self.open.append((await self.stage.ask(), 0))
            return
        whose, far = self.open.pop(self.rng.randrange(len(self.open)))
        if far == 0:
            await self.stage.decide(whose, Step.APPROVE)
            self.open.append((whose, 1))
        else:
            await self.stage.book.cancel(await self.stage.person("Max", Role.MANAGER), whose)

    async def look(self) -> None:
        """A worker looks, and may be in the middle of it when the next thing happens."""
        worker = self.rng.choice(self.workers)
        task = asyncio.create_task(self.stage.begin(worker))
        self.looks.add(task)
        await asyncio.wait({task}, timeout=self.rng.choice((0.0, 0.005, 0.05)))

    async def pass_time(self) -> None:
        """Some of it, or more than a hold lasts."""
        self.stage.clock.advance(seconds=self.rng.choice((0.5, 5, 29, 31, 600)))

    async def feel(self) -> None:
        """The receiver changes its mind."""
        self.mood = self.rng.choice(MOODS)

    async def kill(self) -> None:
        """A worker goes in the middle of whatever it does; another one comes."""
        gone = self.workers.pop(self.rng.randrange(WORKERS))
        await gone.aclose()
        self.workers.append(self.stage.another())

    async def hang(self) -> None:
        """Answers stay away, perhaps for longer than holds last."""
        if self.receiver.open.is_set():
            self.receiver.open.clear()
        else:
            self.receiver.open.set()

    async def end(self) -> list[RequestEvent]:
        """All is well again; all that happened."""
        self.receiver.open.set()
        self.mood = "well"
        await asyncio.gather(*self.looks)
        for each in self.workers:
            await each.settled()
        while await self.stage.store.waiting() or not await self._all_taken():
            self.stage.clock.advance(seconds=31)
            await self.stage.look(self.workers[0])
        return list(await self.stage.book.events(0, most=10_000))

    async def _all_taken(self) -> bool:
        end = await self.stage.book.last_event()
        return set((await self.stage.store.positions("book")).values()) == {end}


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 60))]
)
async def test_every_event_arrives_in_order(stage: Stage, seed: int) -> None:
    rng = random.Random(seed)
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        play = Play(stage, receiver, rng, workers=[stage.another() for _ in range(WORKERS)])
        receiver.reply = play.reply
        for _ in range(STEPS):
            await play.step()
        events = {each.event_id: each for each in await play.end()}
        assert (await stage.as_kept(endpoint)).disabled_at is None
        assert {each.id for each in receiver.told} == set(events)
        assert len({each.body for each in receiver.told}) == len(events)
        order: dict[int, list[int]] = defaultdict(list)
        for each in receiver.told:
            event = events[each.id]
            order[event.request_id].append(event.sequence)
        assert all(found == sorted(found) for found in order.values()), order
