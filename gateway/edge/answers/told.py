"""What came of one execution, and whether it may be kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import orjson

from gateway.edge.answers.kept import JUST_MADE, NAME, Given, Kept
from gateway.edge.graphql.reply import Answer, Reply, reply_to
from gateway.graph.cache_policy import AnswerPolicy

SPARE_S: Final = 60
"""After an answer's time, in which it is given while a newer one is made."""
LONG_S: Final = 600
"""Answers that may be kept for so long are made of payloads that may be stale for a while."""
ALL: Final = "answers"
"""The tag that all of them carry, for whoever wants to be rid of them."""
_LATE: Final = frozenset({"DEADLINE_EXCEEDED", "UPSTREAM_TIMEOUT"})


@dataclass(slots=True)
class Told:
    """One answer for all who wait for it.

    Args:
        answer: As it was executed; ``None``: it was kept before.
        kept: As it may be given again; ``None``: nobody may keep it.
        given: How it comes to be given.
        tags: What it is to be purged by.
    """

    answer: Answer | None
    kept: Kept | None
    given: Given = JUST_MADE
    tags: frozenset[str] = frozenset()
    _replies: dict[str, Reply] = field(default_factory=dict)

    def reply(self, media_type: str) -> Reply:
        """The HTTP answer, encoded once for everybody."""
        known = self._replies.get(media_type)
        if known is None:
            known = self._replies[media_type] = self._made(media_type)
        return known

    def _made(self, media_type: str) -> Reply:
        if self.kept is not None:
            return self.kept.reply(media_type, self.given)
        if self.answer is None:
            raise ValueError("an answer is kept, or was made")
        return reply_to(self.answer, media_type)


def told(answer: Answer, policy: AnswerPolicy) -> Told:
    """Judge an execution.

    Kept is what is whole and fresh: an error, a stale part, or a part that has no time left make
    it an answer for this moment only. What is kept lives as long as the schema says, or as its
    first part stays fresh.
    """
    log = answer.freshness
    if not _is_sound(answer) or log is None or log.is_stale:
        return Told(answer, None)
    life_s = int(min(policy.max_age_s, log.fresh_s))
    if life_s <= 0:
        return Told(answer, None)
    kept = Kept(
        body=_compact(orjson.dumps({"data": answer.body["data"]})),
        life_s=life_s,
        spare_s=spare_s(policy),
        is_private=policy.is_private,
        marks=log.shown(),
        ages_s=log.ages_s,
        status=log.headers().get("Cache-Status", f"{NAME}; fwd=miss"),
    )
    return Told(answer, kept, tags=frozenset((ALL, *log.tags)))


def _compact(body: bytes) -> bytes:
    """The same bytes in no more memory than they need: orjson leaves up to 4 KB or half free."""
    return bytes(memoryview(body))


def spare_s(policy: AnswerPolicy) -> int:
    """Seconds for which an answer is given though its time is over."""
    return SPARE_S if policy.max_age_s >= LONG_S and not policy.is_private else 0


def _is_sound(answer: Answer) -> bool:
    """Executed to its end, without errors, with nothing beside it that we do not know."""
    body = answer.body
    extensions = body.get("extensions") or {}
    return (
        answer.executed
        and answer.status is None
        and body.get("data") is not None
        and not body.get("errors")
        and isinstance(extensions, dict)
        and not extensions.keys() - {"freshness"}
    )


def is_cut(found: Told) -> bool:
    """Whether time ran out on it."""
    errors = found.answer.body.get("errors") if found.answer is not None else None
    if not errors:
        return False
    codes = (each.get("extensions", {}).get("code") for each in errors)  # type: ignore[attr-defined] # a list of errors
    return any(code in _LATE for code in codes)
