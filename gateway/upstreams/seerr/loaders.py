"""Requests and library states, from mirrors of Seerr's lists."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from gateway.cache.codec import Codec
from gateway.cache.slot import Slot
from gateway.domain.request import MediaRequest
from gateway.errors import UpstreamError
from gateway.graph.loader import Found, Loader, side_by_side
from gateway.upstreams.seerr import policies
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.mapping import to_request
from gateway.upstreams.seerr.mirror import (
    MediaMirror,
    MediaMirrorCodec,
    RequestMirror,
    RequestMirrorCodec,
)
from gateway.upstreams.seerr.wire import (
    SeerrMedia,
    SeerrMediaPage,
    SeerrRequest,
    SeerrRequestPage,
)

EVERYTHING = "all"
_TAKE = 5000  # rows a call: 4 MB of requests, below what the transport takes
_MOST = 20 * _TAKE

M = TypeVar("M")


class _MirrorLoader(Loader[str, Any, M], Generic[M]):
    """A whole list that the gateway's Seerr user may see; the only key is ``EVERYTHING``."""

    upstream = "seerr"
    codec: ClassVar[Codec[Any]]

    @abstractmethod
    async def page(self, skip: int) -> SeerrRequestPage | SeerrMediaPage:
        """Read ``_TAKE`` rows."""

    @abstractmethod
    def mirror(self, rows: list[Any]) -> M:
        """Keep what the graph needs of all rows."""

    def slot(self, key: str) -> Slot[Any]:
        """What another Seerr user may see is another payload."""
        user_id = self.ctx.need(SeerrClient).acting_user_id
        name = self.key(self.policy, key, user_id)
        return Slot(policy=self.policy, key=name, codec=self.codec, tags=("requests",))

    def to_domain(self, key: str, wire: M) -> M:  # noqa: ARG002 - one key
        """The mirror maps itself, once for everybody."""
        return wire

    async def fetch(self, keys: Sequence[str]) -> Sequence[M | UpstreamError | None]:
        """Read the whole list; few libraries need more than one call."""
        try:
            return [await self._all() for _ in keys]
        except UpstreamError as exc:
            return [exc] * len(keys)

    async def _all(self) -> M:
        rows: list[Any] = []
        for skip in range(0, _MOST, _TAKE):
            page = await self.page(skip)
            rows += page.results
            total = page.page_info.results if page.page_info else None
            if _is_last(len(page.results), skip, total):
                break
        return self.mirror(rows)


class RequestsLoader(_MirrorLoader[RequestMirror]):
    """All requests for films."""

    policy = policies.REQUESTS
    codec = RequestMirrorCodec()

    async def page(self, skip: int) -> SeerrRequestPage:
        """Newest first."""
        return await self.ctx.need(SeerrClient).requests(take=_TAKE, skip=skip)

    def mirror(self, rows: list[SeerrRequest]) -> RequestMirror:
        """Seerr has left series out already."""
        return RequestMirror(tuple(rows))


class MediaLoader(_MirrorLoader[MediaMirror]):
    """All library rows of films."""

    policy = policies.MEDIA
    codec = MediaMirrorCodec()

    async def page(self, skip: int) -> SeerrMediaPage:
        """Films and series."""
        return await self.ctx.need(SeerrClient).media(take=_TAKE, skip=skip)

    def mirror(self, rows: list[SeerrMedia]) -> MediaMirror:
        """Leave series out before anything is kept."""
        return MediaMirror(tuple(row for row in rows if row.media_type == "movie"))


class RequestLoader(Loader[int, SeerrRequest, MediaRequest | None]):
    """One request by its id: requests on blocklisted films are missing from the list."""

    upstream = "seerr"
    things = "requests"
    most = 100
    policy = policies.REQUEST
    wire = SeerrRequest

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


def _is_last(got: int, skip: int, total: int | None) -> bool:
    """A short page ends the list; so does the count, where Seerr tells it.

    Lenient parsing may drop rows, so that a full page looks short.
    """
    return skip + _TAKE >= total if total is not None else got < _TAKE
