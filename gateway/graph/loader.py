"""Loaders: keys in, domain values out, batched per operation and cached between them."""

from __future__ import annotations

import asyncio
import functools
import math
import weakref
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from aiodataloader import DataLoader
from pydantic import BaseModel

from gateway.cache.codec import ModelCodec
from gateway.cache.policy import CachePolicy
from gateway.cache.slot import AnySlot, Cached, Slot, Source
from gateway.engine.batched import FieldPath
from gateway.errors import QueryRejectedError, UpstreamError
from gateway.graph.context import GraphContext, Info
from gateway.transport.deadline import renew

K = TypeVar("K", bound=Hashable)
W = TypeVar("W", bound=BaseModel)
D = TypeVar("D")

Found: TypeAlias = W | UpstreamError | None


@dataclass(slots=True)  # not frozen: that doubles what making one costs
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

codec_of = functools.cache(ModelCodec)
"""One codec per payload; making one is dear."""


@functools.cache
def _fetched(policy: CachePolicy, *, is_absent: bool) -> Cached[Any]:
    """What has this moment come from the upstream: as good as the schema says, if it exists."""
    life = policy.lifetime(is_absent=is_absent, stored_at=0.0, dice=0.5)
    fresh_s = life.fresh_until if is_absent else math.inf
    return Cached(None, Source.UPSTREAM, 0.0, fresh_s=fresh_s)


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


async def side_by_side(work: Sequence[Coroutine[Any, Any, D]]) -> list[D]:
    """Await all at once, in order; one alone needs no task."""
    if len(work) == 1:
        return [await work[0]]
    return await asyncio.gather(*work)


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
    things: ClassVar[str] = "things"
    most: ClassVar[int] = 1000  # keys, or groups of them, in one operation
    patient: ClassVar[bool] = False  # waits until the operation's other loads have settled

    def __init__(self, ctx: GraphContext) -> None:
        self.ctx = ctx
        self.is_on = ctx.enabled(self.upstream)
        self._landings: dict[K, asyncio.Future[Settled[D]]] = {}
        self._asked: set[Hashable] = set()
        self._held: list[K] = []
        self._waiting: list[K] = []
        # It says when a batch is whole; its first key stands for all, a future for each is dear.
        # Not to be kept alive by its own batch: what it loaded would wait for the collector.
        self._batch: DataLoader[K, None] = DataLoader(
            functools.partial(_collected, weakref.ref(self)), cache=False
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
        known = self._landings.get(key)
        if known is not None:
            return known
        if not self.is_on:
            return NOTHING
        self._count(key)
        landing = self._landings[key] = asyncio.get_running_loop().create_future()
        if self.patient:
            self._hold(key)
        else:
            self.ctx.pending.watch(landing)
            self._enqueue([key])
        return landing

    def _enqueue(self, keys: Sequence[K]) -> None:
        """Put keys into the batch of this turn of the loop."""
        if not self._waiting:
            self._batch.load(keys[0])
        self._waiting += keys

    def _hold(self, key: K) -> None:
        """Keep a key back until the operation's other loads have settled."""
        self._held.append(key)
        if len(self._held) == 1:
            self.ctx.pending.when_quiet(self._release)

    def _release(self) -> None:
        held, self._held = self._held, []
        self._enqueue(held)

    def _count(self, key: K) -> None:
        """Hold one operation to what it may ask of an upstream that all share.

        Raises:
            QueryRejectedError: It asks for more.
        """
        group = self.apart(key)
        asked = self._asked
        asked.add(key if group is None else group)
        if len(asked) > self.most:
            raise QueryRejectedError(
                f"One operation may look up {self.most} different {self.things} "
                f"at {self.upstream}; ask for the rest in another."
            )

    def has(self, key: K) -> bool:
        """Whether this operation has asked for the key already."""
        return key in self._landings

    def collect(self) -> None:
        """Ask the cache for a batch; each key lands by itself, nobody waits for the slowest."""
        keys, self._waiting = self._waiting, []
        try:
            slots = [self.slot(key) for key in keys]
            for slot in slots:
                if slot.tags:
                    self.ctx.tags.update(slot.tags)
            batch = _Batch(self, dict(zip([slot.key for slot in slots], keys, strict=True)))
            self.ctx.cache.ask(slots, batch.fetch, batch.told, apart=batch.apart)
        except Exception as exc:  # noqa: BLE001 - told to the fields that wait
            for key in keys:
                self.fail(key, exc)

    def land(self, key: K, wire: W | None, found: Cached[Any]) -> None:
        """Hand a payload over to all who wait for it."""
        landing = self._landings[key]
        if landing.done():
            return
        try:
            domain = None if wire is None else self.to_domain(key, wire)
        except Exception as exc:  # noqa: BLE001 - told to the fields that wait
            landing.set_exception(exc)
        else:
            landing.set_result(Loaded(domain, self.upstream, found))

    def fail(self, key: K, error: Exception) -> None:
        """Tell all who wait that there is no answer."""
        landing = self._landings[key]
        if landing.done():
            return
        if isinstance(error, UpstreamError):
            landing.set_result(Failed(error))
        else:
            landing.set_exception(error)


async def _collected(of: weakref.ref[Loader[K, Any, Any]], keys: list[K]) -> list[None]:
    loader = of()
    if loader is not None:
        loader.collect()
    return [None] * len(keys)


@dataclass(frozen=True, slots=True)
class _Batch(Generic[K, W]):
    """The keys that one turn of the loop brought together, by the names of their slots."""

    loader: Loader[K, W, Any]
    keys: Mapping[str, K]

    async def fetch(self, missing: Sequence[AnySlot]) -> Mapping[str, object]:
        """Ask the upstream; a fill is shared, so its time is not one operation's."""
        keys = [self.keys[slot.key] for slot in missing]
        with renew(self.loader.ctx.runtime.fill_s):
            answers = await self.loader.fetch(keys)
        return {slot.key: answer for slot, answer in zip(missing, answers, strict=True)}

    def told(self, slot: AnySlot, answer: Cached[Any] | Exception) -> None:
        """Take one key's answer from the cache."""
        key = self.keys[slot.key]
        if isinstance(answer, Exception):
            self.loader.fail(key, answer)
        elif answer.source is Source.UPSTREAM:
            found = _fetched(slot.policy, is_absent=answer.value is None)
            self.loader.land(key, answer.value, found)
        else:
            self.loader.land(key, answer.value, answer)

    def apart(self, slot: AnySlot) -> Hashable:
        """Fetch side by side what is fetched apart."""
        return self.loader.apart(self.keys[slot.key])
