"""The ASGI app of ``/graphql``."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.addresses import Addresses
from gateway.edge.answers.flights import Flight, Flights
from gateway.edge.answers.hot import Head, HotReplies, Key
from gateway.edge.answers.told import Told
from gateway.edge.begun import Begun, resumed
from gateway.edge.disconnect import Watched
from gateway.edge.drain import CLOSE, Drain
from gateway.edge.graphql import negotiation
from gateway.edge.graphql.fields import Fields, deadline_s, read_fields
from gateway.edge.graphql.intake import READING, Intake, answer_type
from gateway.edge.graphql.parameters import GraphQLParams
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Asked, Batch, Caller, Identities
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.reply import Reply, batched, beside, refusal
from gateway.edge.identity.identity import Strangers
from gateway.edge.live.events import Stream, Streams, at_once
from gateway.transport.deadline import limit

log = logging.getLogger(__name__)

FAILED: Final = "operation failed outside of its fields"
_OK: Final = 200
_NO_CHANGE: Final = Batch(())
"""What need not be finished for nobody."""
_TOLD: Final = frozenset({_OK, 400})
"""What a client that takes nothing but streams is told in one; the rest is no GraphQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLEndpoint:
    """Answers whatever is sent to ``/graphql``.

    Args:
        intake: Reads requests.
        pipeline: Answers operations.
        drain: Whether the process is about to leave.
        page: Answers a browser's navigation; ``None``: nobody does.
        deadline_s: Most that an operation may take.
        hot: Replies of a moment ago; ``None``: none are kept.
        addresses: Tells clients apart whom nobody knows by name.
        identity: Knows the others; by default nobody does.
        streams: Carry subscriptions; ``None``: there are none.
    """

    intake: Intake
    pipeline: Pipeline
    drain: Drain
    page: ASGIApp | None
    deadline_s: float
    addresses: Addresses = field(default_factory=Addresses)
    hot: HotReplies | None = None
    identity: Identities = field(default_factory=Strangers)
    streams: Streams | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, whatever it holds."""
        if self.page is not None and scope["method"] in READING and _is_visit(scope):
            await self.page(scope, receive, self.drain.closing(send))
            return
        reply = await self._hot_or_not(scope, receive)
        if isinstance(reply, Stream):
            await reply.send(receive, self.drain.closing(send))
        elif reply is not None:
            headers = [*reply.headers, CLOSE] if self.drain.has_begun else reply.headers
            start = {"type": "http.response.start", "status": reply.status, "headers": headers}
            await send(start)
            await send({"type": "http.response.body", "body": reply.body})

    async def _hot_or_not(self, scope: Scope, receive: Receive) -> Reply | Stream | None:
        """What is asked for all the time is answered by its bytes, before anything is read."""
        hot = self.hot
        head = None if hot is None else hot.head_of(scope)
        if hot is None or head is None:
            return await self._reply(scope, receive)
        first = Begun(receive())
        key = hot.key_of(head, first.result) if first.is_done else None
        kept = None if key is None else hot.find(key)
        if kept is not None:
            return kept
        flight = None if key is None else hot.flights.find(key)
        if flight is None:
            return await self._reply(scope, resumed(first, receive), key)
        ends_s = time.monotonic() + self.deadline_s
        watched = Watched(_NO_CHANGE, receive)
        shared = await watched.run(_shared(hot.flights, flight, head, ends_s))
        if shared is not None or watched.has_gone:
            return shared
        with limit(ends_s - time.monotonic()):
            return await self._reply(scope, resumed(first, receive), key)

    async def _reply(
        self, scope: Scope, receive: Receive, key: Key | None = None
    ) -> Reply | Stream | None:
        media_type = negotiation.JSON
        try:
            fields = read_fields(scope["headers"])
            accepted = negotiation.read_accept(fields.get(b"accept", b""))
            is_stream = self.streams is not None and accepted.only_events
            media_type = negotiation.GRAPHQL_JSON if is_stream else answer_type(accepted)
            viewer = await self.identity.of(fields)
            params = await self.intake.read(scope, fields, receive)
            caller = Caller.of(viewer, self.addresses.key(scope, fields))
            if isinstance(params, list):
                each = [self._asked(one, fields, caller, media_type) for one in params]
                return await Watched(Batch(each), receive).run(self._answer_all(each, media_type))
            asked = self._asked(params, fields, caller, media_type)
            if self.streams is not None and accepted.events and scope["method"] != "HEAD":
                begun = self._begin(asked, self.streams, scope, is_only=is_stream)
                return await Watched(asked, receive).run(begun)
            return await self._answer(asked, receive, key)
        except Exception as exc:  # noqa: BLE001 - see there
            return _failed(exc, media_type)

    def _asked(
        self, params: GraphQLParams, fields: Fields, caller: Caller, media_type: str
    ) -> Asked:
        return Asked(params, fields, caller, media_type, deadline_s(fields, self.deadline_s))

    async def _answer(self, asked: Asked, receive: Receive, key: Key | None) -> Reply | None:
        """Answer at once, or watch the client while it waits; ``None``: it has gone."""
        kept = self.pipeline.peek(asked)
        if kept is not None:
            if key is not None and self.hot is not None:
                self.hot.keep(key, kept)
            return kept
        asked.bytes_key = key
        begun = Begun(self.pipeline.answer(asked))
        reply = begun.result if begun.is_done else await Watched(asked, receive).run(begun)
        return reply and beside(reply, asked.more)

    async def _begin(
        self, asked: Asked, streams: Streams, scope: Scope, *, is_only: bool
    ) -> Reply | Stream:
        """Answer a client that takes a stream, or takes nothing else."""
        try:
            found = self.pipeline.peek(asked) or await self.pipeline.begin(asked)
        except RefusedError as exc:
            if not is_only or exc.status != _OK:
                raise
            found = refusal(exc, asked.media_type)
        if isinstance(found, Reply):
            is_told = is_only and found.status in _TOLD
            return at_once(found.body) if is_told else beside(found, asked.more)
        try:
            return streams.open(found, asked, self.addresses.key(scope, asked.fields))
        except RefusedError:
            await found.aclose()
            raise

    async def _answer_all(self, batch: list[Asked], media_type: str) -> Reply:
        """Answer the operations of a batch side by side, in the time of one."""
        with limit(batch[0].deadline_s):
            return batched(await asyncio.gather(*map(self._answer_one, batch)), media_type)

    async def _answer_one(self, asked: Asked) -> Reply:
        try:
            return self.pipeline.peek(asked) or await self.pipeline.answer(asked)
        except Exception as exc:  # noqa: BLE001 - see there
            return _failed(exc, asked.media_type)


async def _shared(
    flights: Flights[Told], flight: Flight[Told], head: Head, ends_s: float
) -> Reply | None:
    """What comes of an operation that others began by the same bytes."""
    media_type = answer_type(negotiation.read_accept(head[0] or b""))
    try:
        told = await flights.share(flight, ends_s)
        return None if told is None else told.reply(media_type)
    except Exception as exc:  # noqa: BLE001 - see there
        return _failed(exc, media_type)


def _failed(exc: Exception, media_type: str) -> Reply:
    """Tell why; what nobody planned is for the log."""
    if isinstance(exc, RefusedError):
        return refusal(exc, media_type)
    log.error(FAILED, exc_info=exc)
    masked = RefusedError(RefusalCode.INTERNAL_SERVER_ERROR, "Internal server error.")
    return refusal(masked, media_type)


def _is_visit(scope: Scope) -> bool:
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return negotiation.read_accept(accept).page
