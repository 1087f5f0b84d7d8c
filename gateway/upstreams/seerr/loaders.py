"""Requests and library states, from mirrors of Seerr's lists."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from gateway.cache.codec import Codec
from gateway.cache.slot import Slot
from gateway.domain.request import MediaRequest
from gateway.errors import UpstreamError
from gateway.graph.loader import Found, Loader, side_by_side
from gateway.upstreams.seerr import policies
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.lists import all_media, all_requests
from gateway.upstreams.seerr.mapping import to_request
from gateway.upstreams.seerr.mirror import (
    MediaMirror,
    MediaMirrorCodec,
    RequestMirror,
    RequestMirrorCodec,
)
from gateway.upstreams.seerr.wire import SeerrRequest

EVERYTHING = "all"

M = TypeVar("M")


class _MirrorLoader(Loader[str, Any, M], Generic[M]):
    """A whole list that the gateway's Seerr user may see; the only key is ``EVERYTHING``."""

    upstream = "seerr"
    codec: ClassVar[Codec[Any]]

    @abstractmethod
    async def everything(self, client: SeerrClient) -> M:
        """Read the whole list."""

    def slot(self, key: str) -> Slot[Any]:
        """What another Seerr user may see is another payload."""
        user_id = self.ctx.need(SeerrClient).acting_user_id
        name = self.key(self.policy, key, user_id)
        return Slot(policy=self.policy, key=name, codec=self.codec, tags=("requests",))

    def to_domain(self, key: str, wire: M) -> M:  # noqa: ARG002 - one key
        """The mirror maps itself, once for everybody."""
        return wire

    async def fetch(self, keys: Sequence[str]) -> Sequence[M | UpstreamError | None]:
        """Read it once for all who ask."""
        try:
            return [await self.everything(self.ctx.need(SeerrClient))] * len(keys)
        except UpstreamError as exc:
            return [exc] * len(keys)


class RequestsLoader(_MirrorLoader[RequestMirror]):
    """All requests for films."""

    policy = policies.REQUESTS
    codec = RequestMirrorCodec()

    async def everything(self, client: SeerrClient) -> RequestMirror:
        """Seerr leaves series out."""
        return RequestMirror(tuple(await all_requests(client)))


class MediaLoader(_MirrorLoader[MediaMirror]):
    """All library rows of films."""

    policy = policies.MEDIA
    codec = MediaMirrorCodec()

    async def everything(self, client: SeerrClient) -> MediaMirror:
        """Films only."""
        return MediaMirror(tuple(await all_media(client)))


class RequestLoader(Loader[int, SeerrRequest, MediaRequest | None]):
    """One request by its id: requests on blocklisted films are missing from the list."""

    upstream = "seerr"
    things = "requests"
    most = 100
    policy = policies.REQUEST
    wire = SeerrRequest

    def slot(self, key: int) -> Slot[SeerrRequest]:
        """Gone when anything happens to it."""
        return replace(super().slot(key), tags=("requests", f"request:{key}"))

    def to_domain(self, key: int, wire: SeerrRequest) -> MediaRequest | None:  # noqa: ARG002 - the row knows it
        """Map; a request for a series is none."""
        return to_request(wire)

    async def fetch(self, keys: Sequence[int]) -> Sequence[Found[SeerrRequest]]:
        """One call for each id."""
        return await side_by_side([self._one(each) for each in keys])

    async def _one(self, request_id: int) -> Found[SeerrRequest]:
        try:
            return await self.ctx.need(SeerrClient).request(request_id)
        except UpstreamError as exc:
            return exc
