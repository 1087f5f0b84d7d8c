"""What the store reads: Seerr's two lists as wholes, out of the cache that the graph fills too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeVar

from gateway.cache.codec import Codec, ModelCodec
from gateway.cache.policy import CachePolicy
from gateway.cache.readthrough import ReadThrough
from gateway.cache.slot import Slot
from gateway.domain.request import MediaRequest, User
from gateway.errors import UpstreamContractError, UpstreamError
from gateway.transport.deadline import renew
from gateway.upstreams.seerr import policies
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.lists import all_media, all_requests
from gateway.upstreams.seerr.mapping import to_request, to_user
from gateway.upstreams.seerr.mirror import (
    MediaMirror,
    MediaMirrorCodec,
    RequestMirror,
    RequestMirrorCodec,
)
from gateway.upstreams.seerr.wire import SeerrRequest, SeerrUser

T = TypeVar("T")

EVERYTHING: Final = "all"  # the lists' only key
_FEW: Final = 3
_FILL_S: Final = 10.0  # a fill is shared: its time is not one operation's
_REQUEST: Final = ModelCodec(SeerrRequest)
_USER: Final = ModelCodec(SeerrUser)
_REQUESTS: Final = RequestMirrorCodec()
_MEDIA: Final = MediaMirrorCodec()


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads as the gateway's own Seerr user, whose view is shown to everybody.

    Attributes:
        client: Its client.
        cache: Where payloads are kept.
        scope: Tells one Seerr from another, in cache keys.
    """

    client: SeerrClient
    cache: ReadThrough
    scope: str

    async def requests(self) -> RequestMirror:
        """All requests for films."""

        async def fetch() -> RequestMirror:
            return RequestMirror(tuple(await all_requests(self.client)))

        found = await self._get(self._list(policies.REQUESTS, _REQUESTS), fetch)
        return _there(found)

    async def media(self) -> MediaMirror:
        """All films of the library."""

        async def fetch() -> MediaMirror:
            return MediaMirror(tuple(await all_media(self.client)))

        found = await self._get(self._list(policies.MEDIA, _MEDIA), fetch)
        return _there(found)

    async def many(self, request_ids: Collection[int]) -> dict[int, MediaRequest]:
        """Requests by id.

        A few are asked for by themselves where the list is not at hand: after each change it is
        not, and of a large library it is megabytes. So is what blocklisting hides from the list.
        """
        if not request_ids:
            return {}
        held = self.cache.peek(self._list(policies.REQUESTS, _REQUESTS))
        is_short = held is None and len(request_ids) <= _FEW
        known = {} if is_short else (await self.requests()).by_id
        hidden = [each for each in dict.fromkeys(request_ids) if each not in known]
        asked = await asyncio.gather(*map(self._request, hidden))
        found = [known[each] for each in request_ids if each in known] + [*filter(None, asked)]
        return {each.request_id: each for each in found}

    async def user(self, user_id: int) -> User | None:
        """A person; ``None`` if Seerr does not know them."""

        async def fetch() -> SeerrUser | None:
            return await self.client.user(user_id)

        key = policies.USER.key(self.scope, user_id)
        wire = await self._get(Slot(policies.USER, key, _USER), fetch)
        return None if wire is None else to_user(wire)

    async def _request(self, request_id: int) -> MediaRequest | None:
        async def fetch() -> SeerrRequest | None:
            return await self.client.request(request_id)

        key = policies.REQUEST.key(self.scope, str(request_id))
        tags = ("requests", f"request:{request_id}")
        wire = await self._get(Slot(policies.REQUEST, key, _REQUEST, tags), fetch)
        return None if wire is None else to_request(wire)

    def _list(self, policy: CachePolicy, codec: Codec[T]) -> Slot[T]:
        """What another Seerr user may see is another payload."""
        key = policy.key(self.scope, EVERYTHING, self.client.acting_user_id)
        return Slot(policy, key, codec, tags=("requests",))

    async def _get(self, slot: Slot[T], fetch: Callable[[], Awaitable[T | None]]) -> T | None:
        async def unhurried() -> T | None:
            with renew(_FILL_S):
                return await fetch()

        found = await self.cache.get(slot, unhurried)
        if isinstance(found, UpstreamError):
            raise found
        return found.value


def _there(found: T | None) -> T:
    if found is None:
        raise UpstreamContractError("seerr", "fetch", "no payload")
    return found
