"""The way of one operation, cheapest first: what is known costs no place and no wait."""

from __future__ import annotations

from typing import TypeGuard

from gateway.edge.gate import Gate, ShedError
from gateway.edge.graphql.documents import Documents
from gateway.edge.graphql.ports import Answers, Asked, Clients, Graph, Subscriptions
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.reply import Answer, Reply, reply_to
from gateway.edge.live.frames import Frames
from gateway.edge.refusal import overloaded
from gateway.engine.execute import Outcome
from gateway.engine.prepared import Prepared
from gateway.transport.deadline import limit, remaining_s


class Pipeline:
    """Takes operations to their answers.

    Args:
        graph: Runs them.
        gate: Bounds how many run at once.
        documents: Finds what is sent by a name; without, only whole texts are read.
        answers: Whole answers that are kept; ``None``: none are.
        clients: What each may spend; ``None``: anything.
        subscriptions: Begins them; ``None``: there are none.
    """

    def __init__(
        self,
        graph: Graph,
        gate: Gate,
        documents: Documents | None = None,
        *,
        answers: Answers | None = None,
        clients: Clients | None = None,
        subscriptions: Subscriptions | None = None,
    ) -> None:
        self._graph = graph
        self._gate = gate
        self._documents = documents or Documents()
        self._answers = answers
        self._clients = clients
        self._subscriptions = subscriptions

    def peek(self, asked: Asked) -> Reply | None:
        """An answer that is at hand.

        Raises:
            RefusedError: There is none, and will be none.
        """
        if asked.prepared is None:
            asked.text = self._documents.at_hand(asked.params)
        if asked.text is not None:
            asked.prepared = self._graph.known(asked.text, asked.params.operation_name)
        if asked.prepared is not None and self._answers is not None:
            kept = self._answers.peek(asked.prepared, asked)
            if kept is not None:
                return kept
        if self._clients is not None:
            self._clients.check(asked.caller)
        return None

    async def answer(self, asked: Asked) -> Reply:
        """Answer what ``peek`` had no answer for.

        Raises:
            RefusedError: It has no place, or no document, or costs more than is left.
        """
        with limit(asked.deadline_s):
            prepared = asked.prepared or await self._read(asked)
            if _is_subscription(prepared):
                raise _unheard()
            return await self._answered(prepared, asked)

    async def begin(self, asked: Asked) -> Reply | Frames:
        """Do as ``answer`` does, or begin a subscription, over a connection that can carry it.

        Raises:
            RefusedError: It has no place, or no document, or costs more than is left.
        """
        with limit(asked.deadline_s):
            prepared = asked.prepared or await self._read(asked)
            if self._subscriptions is not None and _is_subscription(prepared):
                return await self._subscribed(self._subscriptions, prepared, asked)
            return await self._answered(prepared, asked)

    async def _subscribed(
        self, subscriptions: Subscriptions, prepared: Prepared, asked: Asked
    ) -> Reply | Frames:
        self._documents.keep(asked.params)
        if self._clients is not None:
            await self._clients.spend(prepared, asked)
        await self._enter()
        try:
            found = await subscriptions.subscribe(prepared, asked)
        finally:
            self._gate.leave()
        return reply_to(found, asked.media_type) if isinstance(found, Answer) else found

    async def _answered(self, prepared: Prepared | Outcome, asked: Asked) -> Reply:
        if isinstance(prepared, Outcome):
            if self._clients is not None:
                await self._clients.spend(None, asked)
            return reply_to(Answer(prepared.body, executed=False), asked.media_type)
        self._documents.keep(asked.params)
        if self._clients is None:
            return await self._reply(prepared, asked)
        return await self._paid(self._clients, prepared, asked)

    async def _paid(self, clients: Clients, prepared: Prepared, asked: Asked) -> Reply:
        """Only who makes others work pays for it; who is to be counted must be looked at."""
        asked.bytes_key = None
        await clients.spend(prepared, asked)
        try:
            return await self._reply(prepared, asked)
        finally:
            if not asked.is_run:
                clients.refund(prepared, asked)

    async def _reply(self, prepared: Prepared, asked: Asked) -> Reply:
        if self._answers is None:
            return reply_to(await self._run(prepared, asked), asked.media_type)
        return await self._answers.get(prepared, asked, lambda: self._run(prepared, asked))

    async def _read(self, asked: Asked) -> Prepared | Outcome:
        """Reading a document that nobody sent before is work, too."""
        await self._enter()
        try:
            text = asked.text
            if text is None:
                text = asked.text = await self._documents.find(asked.params)
            return self._graph.prepare(text, asked.params.operation_name)
        finally:
            self._gate.leave()

    async def _run(self, prepared: Prepared, asked: Asked) -> Answer:
        """Execute; only who does so takes a place, not who waits for another's execution."""
        with limit(asked.deadline_s):
            await self._enter()
            try:
                asked.is_run = True
                is_change = prepared.kind.value == "mutation"
                asked.must_finish = is_change and not asked.params.read_only
                return await self._graph.run(prepared, asked)
            finally:
                self._gate.leave()

    async def _enter(self) -> None:
        try:
            await self._gate.enter(remaining_s())
        except ShedError as shed:
            raise overloaded(shed) from shed


def _is_subscription(prepared: Prepared | Outcome) -> TypeGuard[Prepared]:
    return isinstance(prepared, Prepared) and prepared.kind.value == "subscription"


def _unheard() -> RefusedError:
    return RefusedError(
        RefusalCode.NOT_ACCEPTABLE,
        "A subscription is answered with a stream: accept `text/event-stream`, alone or beside "
        "others, or use a WebSocket (graphql-transport-ws).",
    )
