"""The wire to Redis: commands in a short time, a switch for bad times, never an exception."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from redis.exceptions import RedisError

from gateway.cache.redis_connect import Client, connect, disconnect
from gateway.cache.redis_link import Command, Replies, Reply, ReplyError, Then
from gateway.cache.redis_nodes import nodes_of
from gateway.cache.redis_wires import Wires
from gateway.cache.trip import Trip

__all__ = ["Command", "RedisLine", "Reply", "ReplyError"]

TIMEOUT_S = 0.06  # two of these make a caller wait, then the switch is open
GRACE_S = 0.01  # for a reply that came while the event loop was busy elsewhere
PATIENCE_S = 0.5  # of a probe, and of a connection that nobody waits for any more
_COUNTS = ("redis_commands", "redis_trips", "redis_failures", "redis_refused", "redis_skipped")
# Replies that speak of the server as a whole; any other error is about one command.
_AILING = frozenset({"LOADING", "CLUSTERDOWN", "MASTERDOWN"})
_MOVED = frozenset({"MOVED", "ASK"})
_LOG = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Errand:
    """Commands of one caller, on one server or on several."""

    commands: Sequence[Command]
    then: Then
    replies: Replies
    timer: asyncio.TimerHandle | None = None
    left: int = 0  # servers that have not answered
    is_over: bool = False

    def end(self, replies: Replies | None) -> None:
        self.is_over = True
        if self.timer is not None:
            self.timer.cancel()
        self.then(replies)


class RedisLine:
    """Commands to one Redis, by URL.

    Each server has one connection, on which everybody's commands and replies queue up. A reply that
    is late is not waited for, but it still takes its turn, so nobody ever hears another's.

    Args:
        url: As ``redis_connect`` reads it.
        timeout_s: What a caller waits at most.
    """

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._client: Client = connect(url, timeout_s=PATIENCE_S)
        self._nodes = nodes_of(self._client)
        self._wires = Wires(self._nodes)
        self._timeout_s = timeout_s
        self._trip = Trip()
        self._unrouted: list[_Errand] = []  # while the cluster's map is being learned
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts = Counter(dict.fromkeys(_COUNTS, 0))
        self._is_closed = False

    @property
    def is_up(self) -> bool:
        """Whether commands are sent at all."""
        return not self._trip.is_open

    def slot(self, key: str) -> int:
        """A number that keys share if one command may name them together."""
        return self._nodes.slot(key)

    async def run(self, commands: Sequence[Command]) -> Replies | None:
        """Send commands in one go; ``None`` when Redis did not answer in time.

        An error reply to one command is an exception in its place.
        """
        future: asyncio.Future[Replies | None] = asyncio.get_running_loop().create_future()
        self.send(commands, partial(_settle, future))
        return await future

    def send(self, commands: Sequence[Command], then: Then) -> None:
        """As ``run``, for who has no task to wait in; ``then`` may be told before this returns."""
        if not commands:
            then([])
        elif self._trip.is_open or self._is_closed:
            self._counts["redis_skipped"] += 1
            then(None)
        else:
            self._counts["redis_commands"] += len(commands)
            self._counts["redis_trips"] += 1
            errand = _Errand(commands, then, [None] * len(commands))
            loop = asyncio.get_running_loop()
            errand.timer = loop.call_later(self._timeout_s, self._late, errand)
            self._hand_out(errand)

    def refused(self, *, is_demoted: bool) -> None:
        """Note that a script was not allowed to write; a primary that was demoted is left."""
        self._counts["redis_refused"] += 1
        if is_demoted and self._nodes.may_move:
            self._wires.retire()

    async def ping(self) -> None:
        """Ask every server for a sign of life, as long as it may take; it also connects.

        Raises:
            RedisError: There is none.
        """
        await self._nodes.learn()
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Replies | None]] = []
        for name in self._nodes.names():
            futures.append(loop.create_future())
            self._wires.send(name, [("PING",)], partial(_settle, futures[-1]))
        for replies in await asyncio.gather(*futures):
            if replies is None or isinstance(replies[0], ReplyError):
                raise RedisError(self._wires.trouble if replies is None else str(replies[0]))

    def stats(self) -> Mapping[str, int]:
        """Commands sent, failures, commands spared, times the switch opened."""
        return {**self._counts, "redis_tripped": self._trip.times_open}

    async def aclose(self) -> None:
        """Stop probing and close every connection; nothing is sent any more."""
        self._is_closed = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wires.aclose()
        await disconnect(self._client)

    def _hand_out(self, errand: _Errand) -> None:
        places: dict[str, list[int]] = {}
        for place, command in enumerate(errand.commands):
            name = self._nodes.route(command)
            if name is None:
                self._route_later(errand)
                return
            places.setdefault(name, []).append(place)
        errand.left = len(places)
        for name, mine in places.items():
            commands = errand.commands
            if errand.left > 1:
                commands = [commands[place] for place in mine]
            self._wires.send(name, commands, partial(self._heard, errand, mine))

    def _heard(self, errand: _Errand, places: Sequence[int], replies: Replies | None) -> None:
        if errand.is_over:
            return
        if replies is None:
            self._broken(errand, self._wires.trouble)
            return
        for place, reply in zip(places, replies, strict=True):
            errand.replies[place] = reply
        errand.left -= 1
        if not errand.left:
            self._judge(errand)

    def _judge(self, errand: _Errand) -> None:
        codes = [reply.code for reply in errand.replies if isinstance(reply, ReplyError)]
        if ailing := _AILING.intersection(codes):
            self._broken(errand, min(ailing))
        elif _MOVED.intersection(codes):
            self._spawn(self._follow(errand))
        else:
            for code in codes:
                self.refused(is_demoted=code == "READONLY")
            self._trip.succeeded()
            errand.end(errand.replies)

    async def _follow(self, errand: _Errand) -> None:
        """Ask redis-py for what lies elsewhere now."""
        try:
            for place, reply in enumerate(errand.replies):
                if isinstance(reply, ReplyError) and reply.code in _MOVED:
                    errand.replies[place] = await self._nodes.follow(errand.commands[place])
        except (RedisError, OSError) as exc:
            self._broken(errand, type(exc).__name__)
        if not errand.is_over:
            errand.end(errand.replies)

    def _route_later(self, errand: _Errand) -> None:
        if errand.is_over:
            return
        self._unrouted.append(errand)
        if len(self._unrouted) == 1:
            self._spawn(self._learn())

    async def _learn(self) -> None:
        why: str | None = "no map"
        try:
            await self._nodes.learn()
            why = None
        except (RedisError, OSError) as exc:
            why = type(exc).__name__
        finally:
            errands, self._unrouted = self._unrouted, []
            for errand in errands:
                if why is None:
                    self._hand_out(errand)
                else:
                    self._broken(errand, why)

    def _late(self, errand: _Errand) -> None:
        loop = asyncio.get_running_loop()
        errand.timer = loop.call_later(GRACE_S, self._broken, errand, "no answer in time")

    def _broken(self, errand: _Errand, why: str) -> None:
        if errand.is_over:
            return
        self._counts["redis_failures"] += 1
        errand.end(None)
        if self._trip.failed():
            _LOG.warning("redis is away (%s): caching in memory until it is back", why)
            self._spawn(self._probe())
            self._wires.cut()

    async def _probe(self) -> None:
        while self._trip.is_open:
            await asyncio.sleep(self._trip.pause_s(random.random()))  # noqa: S311 - no secret
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self.ping()
            except (RedisError, OSError):
                self._wires.cut()
                continue
            self._trip.succeeded()
            _LOG.warning("redis is back")

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _settle(future: asyncio.Future[Replies | None], replies: Replies | None) -> None:
    if not future.done():
        future.set_result(replies)
