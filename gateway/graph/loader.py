"""Loaders: keys in, domain values out, batched per operation and cached between them."""

from __future__ import annotations

import asyncio
import functools
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from aiodataloader import DataLoader
from pydantic import BaseModel

from gateway.cache.codec import ModelCodec
from gateway.cache.policy import CachePolicy
from gateway.cache.slot import Cached, Slot, Source
from gateway.engine.batched import FieldPath
from gateway.errors import QueryRejectedError, UpstreamError
from gateway.graph.context import GraphContext, Info
from gateway.transport.deadline import renew

K = TypeVar("K", bound=Hashable)
W = TypeVar("W", bound=BaseModel)
D = TypeVar("D")

Found: TypeAlias = W | UpstreamError | None


@dataclass(frozen=True, slots=True)
class Loaded(Generic[D]):
    """A value, who owns it, and where the cache has it from; ``None`` where nobody was asked."""

    value: D | None
    upstream: str
    found: Cached[Any] | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A failure as a value: as an exception it would be logged where nobody waits for it."""

    error: UpstreamError


Settled: TypeAlias = Loaded[D] | Failed
Landing: TypeAlias = asyncio.Future[Settled[D]] | Settled[D]
"""What has been loaded, or will be; shared by all who ask for the same key."""

NOTHING: Loaded[Any] = Loaded(None, "", None)
_FETCHED: Cached[Any] = Cached(None, Source.UPSTREAM, 0.0)

codec_of = functools.cache(ModelCodec)
"""One codec per payload; making one is dear."""


def unwrap(landed: Settled[D], context: GraphContext, path: FieldPath) -> D | None:
    """The value for the field at ``path``, whose freshness is noted.

    Raises:
        UpstreamError: The upstream gave no usable answer for this key.
    """
    if isinstance(landed, Failed):
        raise landed.error
    if landed.found is not None:
        context.freshness.note(path, landed.upstream, landed.found)
    return landed.value


async def landed(landing: Landing[D], info: Info) -> D | None:
    """Wait for a landing; ``info`` and what is raised are as ``unwrap`` has them."""
    if isinstance(landing, asyncio.Future):
        # Shielded: other fields wait for the same key, and must not be cancelled
        # because this one was.
        landing = await asyncio.shield(landing)
    return unwrap(landing, info.context, info.path)


class Loader(ABC, Generic[K, W, D]):
    """One batched look-up of one operation.

    A batch reads the cache once for all its keys and asks the upstream for
    those that are missing. A key that fails does not fail its neighbours.
    """

    upstream: ClassVar[str]
    policy: ClassVar[CachePolicy]
    wire: ClassVar[type[BaseModel]]
    batch_size: ClassVar[int | None] = None
    things: ClassVar[str] = "things"
    most: ClassVar[int] = 1000  # keys, or groups of them, in one operation
    patient: ClassVar[bool] = False  # waits until the operation's other loads have settled

    def __init__(self, ctx: GraphContext) -> None:
        self.ctx = ctx
        self._landings: dict[K, asyncio.Future[Settled[D]]] = {}
        self._asked: set[Hashable] = set()
        self._held: list[K] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._batch: DataLoader[K, Settled[D]] = DataLoader(
            self._run, max_batch_size=self.batch_size
        )

    @abstractmethod
    async def fetch(self, keys: Sequence[K]) -> Sequence[Found[W]]:
        """Ask the upstream; one answer for each key, in order."""

    @abstractmethod
    def to_domain(self, key: K, wire: W) -> D:
        """Map a payload; pure and total."""

    def apart(self, key: K) -> Hashable:  # noqa: ARG002 - one call answers for all
        """What tells apart the keys that are fetched by calls of their own, side by side."""
        return None

    def cache_key(self, key: K) -> tuple[str | int | None, ...]:
        """The parts that tell this key's payload from every other under the policy."""
        return (str(key),)

    def slot(self, key: K) -> Slot[W]:
        """Where the payload of a key is cached, and how it is read back."""
        return Slot(
            policy=self.policy,
            key=self.key(self.policy, *self.cache_key(key)),
            codec=codec_of(self.wire),
        )

    def key(self, policy: CachePolicy, *parts: str | int | None) -> str:
        """Name a payload; two addresses of one upstream never share a key."""
        return policy.key(self.ctx.runtime.upstreams[self.upstream].scope, *parts)

    async def load(self, key: K, info: Info) -> D | None:
        """Load one value; ``None`` if it does not exist or the upstream is off.

        Args:
            key: What is wanted.
            info: Of the field that wants it, whose path the freshness is told for.

        Raises:
            UpstreamError: The upstream gave no usable answer for this key.
        """
        return await landed(self.ask(key), info)

    def ask(self, key: K) -> Landing[D]:
        """Put a key into the batch that is being collected."""
        if not self.ctx.enabled(self.upstream):
            return NOTHING
        known = self._landings.get(key)
        if known is not None:
            return known
        self._count(key)
        landing = self._landings[key] = asyncio.get_running_loop().create_future()
        if self.patient:
            self._hold(key)
        else:
            self.ctx.pending.watch(landing)
            self._enqueue(key)
        return landing

    def _enqueue(self, key: K) -> None:
        batched = self._batch.load(key)
        batched.add_done_callback(functools.partial(_pass_on, self._landings[key]))

    def _hold(self, key: K) -> None:
        """Keep a key back until the operation's other loads have settled."""
        self._held.append(key)
        if len(self._held) == 1:
            self._spawn(self._release())

    async def _release(self) -> None:
        await self.ctx.pending.quiet()
        held, self._held = self._held, []
        for key in held:
            self._enqueue(key)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _count(self, key: K) -> None:
        """Hold one operation to what it may ask of an upstream that all share.

        Raises:
            QueryRejectedError: It asks for more.
        """
        group = self.apart(key)
        self._asked.add(key if group is None else group)
        if len(self._asked) > self.most:
            raise QueryRejectedError(
                f"One operation may look up {self.most} different {self.things} "
                f"at {self.upstream}; ask for the rest in another."
            )

    def has(self, key: K) -> bool:
        """Whether this operation has asked for the key already."""
        return key in self._landings

    async def _run(self, keys: list[K]) -> list[Settled[D]]:
        return await self._answers(keys, self._hand_over)

    async def _answers(
        self, keys: Sequence[K], meanwhile: Callable[[Sequence[K]], None]
    ) -> list[Settled[D]]:
        """Ask the cache; ``meanwhile`` hears of the keys that need no fetch, once others do."""
        slots = {key: self.slot(key) for key in keys}
        by_cache_key = {slot.key: key for key, slot in slots.items()}

        async def fill(missing: Sequence[Slot[Any]]) -> Mapping[str, object]:
            wanted = {by_cache_key[slot.key]: None for slot in missing}
            meanwhile([key for key in keys if key not in wanted])
            with renew(self.ctx.runtime.fill_s):
                found = await self._fetched(list(wanted))
            return {slots[key].key: value for key, value in found.items()}

        cached = await self.ctx.cache.get_many(list(slots.values()), fill)
        return [self._settled_as(key, value) for key, value in zip(keys, cached, strict=True)]

    def _hand_over(self, keys: Sequence[K]) -> None:
        """Settle what is cached while others are fetched: what is nested in it has work to do."""
        waiting = [key for key in keys if not self._landings[key].done()]
        if waiting:
            self._spawn(self._land_all(waiting))

    async def _land_all(self, keys: Sequence[K]) -> None:
        answers = await self._answers(keys, lambda _: None)
        for key, answer in zip(keys, answers, strict=True):
            self._land(key, answer)

    async def _fetched(self, keys: Sequence[K]) -> Mapping[K, Found[W]]:
        """Fetch side by side what is fetched apart: a slow key must not hold its neighbours up."""
        groups: dict[Hashable, list[K]] = defaultdict(list)
        for key in keys:
            groups[self.apart(key)].append(key)
        answers = await asyncio.gather(*map(self._group, groups.values()))
        return {key: value for answer in answers for key, value in answer.items()}

    async def _group(self, keys: Sequence[K]) -> Mapping[K, Found[W]]:
        found = dict(zip(keys, await self.fetch(keys), strict=True))
        for key, value in found.items():
            if not isinstance(value, UpstreamError):  # for those the cache may have a stale one
                domain = None if value is None else self.to_domain(key, value)
                self._land(key, Loaded(domain, self.upstream, _FETCHED))
        return found

    def _land(self, key: K, value: Settled[D]) -> None:
        landing = self._landings[key]
        if not landing.done():
            landing.set_result(value)

    def _settled_as(self, key: K, found: Cached[W] | UpstreamError) -> Settled[D]:
        if isinstance(found, UpstreamError):
            return Failed(found)
        domain = None if found.value is None else self.to_domain(key, found.value)
        return Loaded(domain, self.upstream, found)


def _pass_on(landing: asyncio.Future[Settled[D]], batched: asyncio.Future[Settled[D]]) -> None:
    if batched.cancelled():
        landing.cancel()
        return
    error = batched.exception()
    if landing.done():
        return
    if error is None:
        landing.set_result(batched.result())
    else:
        landing.set_exception(error)
