"""Whole answers: from memory, from Redis, from whoever is making it right now, or made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import orjson

from gateway.edge.answers.flights import Flights
from gateway.edge.answers.hot import HotReplies
from gateway.edge.answers.kept import unchanged
from gateway.edge.answers.question import Question, Questions
from gateway.edge.answers.shelf import Shelf
from gateway.edge.answers.told import Told, is_cut, told
from gateway.edge.graphql.parameters import GraphQLParams
from gateway.edge.graphql.ports import Asked
from gateway.edge.graphql.reply import Answer, Reply, reply_to
from gateway.engine.prepared import Prepared

MOST_KNOWN: Final = 512
LONGEST_KNOWN: Final = 4096
LONGEST_FIELD: Final = 200
_TELLING: Final = (b"accept-language", b"x-freshness", b"x-cost")
"""Header fields that tell one question from another."""
Make: TypeAlias = Callable[[], Awaitable[Answer]]


@dataclass(slots=True)
class _Known:
    """A request that was seen before; requests of the same bytes share their parameters."""

    params: GraphQLParams
    question: Question | None


class Answers:
    """Answers that are kept, and operations in flight that are shared.

    Args:
        questions: Tells which operations are the same.
        shelf: Where answers are kept; its removals also part operations in flight.
        keeps: Whether anything is kept there.
    """

    def __init__(self, questions: Questions, shelf: Shelf, *, keeps: bool = True) -> None:
        self._questions = questions
        self._shelf = shelf
        self._keeps = keeps
        self._known: OrderedDict[tuple[object, ...], _Known] = OrderedDict()
        self._flights: Flights[Told] = Flights(lambda: shelf.epoch, is_cut)
        self.hot = HotReplies(lambda: shelf.epoch, shelf.now, self._flights)

    def peek(self, prepared: Prepared, asked: Asked) -> Reply | None:
        """An answer out of memory, at once."""
        question = self._question(prepared, asked)
        if question is None or question.place is None or not self._keeps:
            return None
        found = self._shelf.peek(question.place)
        if found is None:
            return None
        kept, age_s = found
        return _conditional(kept.aged(asked.media_type, age_s), asked)

    async def get(self, prepared: Prepared, asked: Asked, make: Make) -> Reply:
        """An answer from wherever it is, or made now.

        Args:
            prepared: The operation.
            asked: Who asks, and how.
            make: Runs it; may be called later, and by a task of its own.
        """
        question = self._question(prepared, asked)
        if question is None:
            return reply_to(await make(), asked.media_type)

        async def made() -> Told:
            return told(await make(), question.policy)

        async def found() -> Told:
            if question.place is None or not self._keeps:
                return await made()
            return await self._shelf.get(question.place, made)

        answer = await self._flights.join(question.key, found, alias=asked.bytes_key)
        return _conditional(answer.reply(asked.media_type), asked)

    def stats(self) -> Mapping[str, int]:
        """What is under way, and how often it was shared."""
        return {
            "answers_in_flight": len(self._flights),
            "answers_shared": self._flights.shared,
            "answers_hot": self.hot.hits,
        }

    def _question(self, prepared: Prepared, asked: Asked) -> Question | None:
        """The question, remembered for requests of the same bytes."""
        get = asked.fields.get
        known = (id(asked.params), asked.caller.scope, *map(get, _TELLING))
        found = self._known.get(known)
        if found is not None and found.params is asked.params:
            return found.question
        question = self._questions.of(prepared, asked)
        if _is_small(asked):
            self._known[known] = _Known(asked.params, question)
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return question


def _is_small(asked: Asked) -> bool:
    """Whether a request is worth holding on to; whoever sends large ones could fill the memory."""
    params, get = asked.params, asked.fields.get
    if params.extensions or len(params.query or "") + len(params.document_id or "") > LONGEST_KNOWN:
        return False
    if any(len(get(name, b"")) > LONGEST_FIELD for name in _TELLING):
        return False
    try:
        return not params.variables or len(orjson.dumps(params.variables)) <= LONGEST_KNOWN
    except TypeError:  # an integer beyond 64 bits
        return False


def _conditional(reply: Reply, asked: Asked) -> Reply:
    """What a GET gets that names the answer it already has."""
    named = asked.fields.get(b"if-none-match")
    if named is None or not asked.params.read_only or reply.status != 200:  # noqa: PLR2004 - OK
        return reply
    return unchanged(reply, named) or reply
