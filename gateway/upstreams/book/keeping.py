"""What machines and operators do with the book; the graph does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gateway.domain.request import Availability
from gateway.domain.request_outcomes import Changed, Conflict, NotFound, NotPermitted
from gateway.domain.request_quota import Allowance
from gateway.domain.request_rules import Step
from gateway.domain.role import Role
from gateway.upstreams.book import changing, quotas, replies
from gateway.upstreams.book.changing import Change
from gateway.upstreams.book.client import Book

KEYS_KEPT: Final = timedelta(days=7)


async def shelve(book: Book, tmdb_id: int, availability: Availability, *, is_4k: bool) -> None:
    """Note how far a film got on a track; what becomes available completes its request."""
    now = book.now()
    await book.database.write(
        "shelve",
        lambda c: changing.shelve(c, tmdb_id, availability, is_4k=is_4k, now=now),
    )


async def fail(
    book: Book, request_id: int, *, reason: str | None = None
) -> Changed | Conflict | NotFound | NotPermitted:
    """Note that an approved request could not be handed on; it can be retried."""
    change = Change(step=Step.FAIL, actor=None, now=book.now(), reason=reason)
    return await book.database.write("fail", lambda c: change.decide(c, request_id))


async def allow(book: Book, whom: int | Role, allowance: Allowance | None) -> None:
    """Set what a user, or everybody with a role, may ask for; ``None``: as much as they like."""
    await book.database.write("allow", lambda c: quotas.allow(c, whom, allowance))


async def tidy(book: Book) -> None:
    """Forget idempotency keys that nobody will send again."""
    before = book.now() - KEYS_KEPT
    await book.database.write("tidy", lambda c: replies.forget(c, before))
