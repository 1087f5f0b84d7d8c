"""What one process holds and knows of a daily budget. Pure, the caller tells the time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gateway.quota.days import Day, day_of, midnights
from gateway.quota.ledger import Grant, Order
from gateway.quota.spec import DailySpec

RECHECK_S = 5.0  # others may give back what they did not need


@dataclass(slots=True)
class _Page:
    """One day.

    Attributes:
        day: Which.
        beyond: Units left beside those in processes' hands, by the ledger's last word.
        held: Units in hand.
        alone: Units of our own share; ``None`` while the ledger is there.
        added: Units out of it, which the ledger has not heard of.
        spent_until_s: Until when the upstream said that all is gone; never past the day.
        told_until_s: What the ledger knows of it.
        recheck_at_s: When the ledger may be asked again after it had too few.
        book_id: See ``Order``.
        used: Ditto.
    """

    day: Day
    beyond: int
    held: int = 0
    alone: int | None = None
    added: int = 0
    spent_until_s: int = 0
    told_until_s: int = 0
    recheck_at_s: float = -math.inf
    book_id: str = ""
    used: int = 0


class Purse:
    """Units in hand, the last word of the ledger, and what it has not heard yet.

    Args:
        spec: The budget.
        replicas: Processes among which what is left is divided when the ledger is away.
        at_s: Now, in seconds of the epoch.
    """

    def __init__(self, spec: DailySpec, *, replicas: int, at_s: float) -> None:
        self._spec = spec
        self._replicas = replicas
        self._zone = ZoneInfo(spec.zone)
        self._number = 0
        self._pending: Order | None = None
        self._page = _Page(day_of(at_s, self._zone), spec.per_day)

    @property
    def day(self) -> Day:
        """The day that counts now."""
        return self._page.day

    @property
    def has_news(self) -> bool:
        """Whether the ledger should hear from us even if we need nothing."""
        page = self._page
        return page.alone is not None or page.spent_until_s > page.told_until_s

    def left(self, at_s: float) -> int:
        """Units that are left, as far as we know; those in other processes' hands are not."""
        page = self._today(at_s)
        if at_s < page.spent_until_s:
            return 0
        return page.held + (page.beyond if page.alone is None else page.alone)

    def take(self, at_s: float, cost: int) -> Day | None:
        """Spend units in hand; the day that they belong to, ``None`` if there are too few."""
        page = self._today(at_s)
        if at_s < page.spent_until_s:
            return None
        if page.held >= cost:
            page.held -= cost
        elif page.alone is not None and page.alone >= cost:
            page.alone -= cost
            page.added += cost
        else:
            return None
        return page.day

    def give_back(self, day: Day, cost: int) -> None:
        """Take back units that were not spent; another day's are worth nothing."""
        if day == self._page.day:
            self._page.held += cost

    def exhaust(self, at_s: float, day: Day, wait_s: float | None) -> None:
        """The upstream said that this day's units are gone, whatever we counted.

        Args:
            at_s: Now.
            day: Of the call that it refused.
            wait_s: For how long, if it said so; the day's end otherwise, and never later.
        """
        page = self._page
        if day == page.day:
            until_s = day.ends_at_s if wait_s is None else math.ceil(at_s + wait_s)
            page.spent_until_s = max(page.spent_until_s, min(until_s, day.ends_at_s))

    def is_empty(self, at_s: float) -> bool:
        """Whether asking the ledger now would be in vain."""
        page = self._today(at_s)
        return at_s < max(page.spent_until_s, page.recheck_at_s)

    def wait_s(self, at_s: float) -> float:
        """Until there may be units again: the day's end, or what the upstream said."""
        page = self._today(at_s)
        is_named = at_s < page.spent_until_s
        return max(0.0, (page.spent_until_s if is_named else page.day.ends_at_s) - at_s)

    def order(self, at_s: float, needed: int) -> tuple[Order, tuple[int, ...]]:
        """What to ask of the ledger, and the days to offer it; the same again until it answers."""
        page = self._today(at_s)
        if self._pending is None:
            wanted = needed + self._spec.block if needed else 0
            self._pending = self._ordered(needed, wanted, page.added)
        return self._pending, midnights(at_s, self._zone)

    def last_order(self, at_s: float) -> tuple[Order, tuple[int, ...]] | None:
        """What to tell the ledger at the end: take back what is in hand."""
        page = self._today(at_s)
        if page.held == page.added and not self.has_news:
            return None
        added, page.held, page.added = page.added - page.held, 0, 0
        return self._ordered(0, 0, added), midnights(at_s, self._zone)

    def receive(self, at_s: float, grant: Grant) -> None:
        """Take what the ledger answered to the order."""
        order, self._pending = self._pending, None
        if grant.day is None:
            return  # it lives on another day; its time is known now, ask again
        if grant.day != self._page.day:
            self._page = _Page(grant.day, self._spec.per_day)
        page = self._page
        if order is not None and order.day == page.day:
            page.added -= order.added
        page.held += grant.units
        page.alone = None
        page.book_id, page.used = grant.book_id, grant.used
        page.spent_until_s = max(page.spent_until_s, grant.spent_until_s)
        page.told_until_s = grant.spent_until_s
        page.beyond = max(0, self._spec.per_day - grant.used)
        if order is not None and grant.units < order.needed:
            page.recheck_at_s = at_s + RECHECK_S

    def go_alone(self, at_s: float, needed: int) -> None:
        """The ledger is away: from now on a fair share of what it last said was left."""
        page = self._today(at_s)
        if page.alone is None:
            page.alone = max(0, page.beyond - page.added) // self._replicas
        if page.held + page.alone < needed:
            page.recheck_at_s = at_s + 1.0

    def _ordered(self, needed: int, wanted: int, added: int) -> Order:
        page = self._page
        self._number += 1
        return Order(
            number=self._number,
            needed=needed,
            wanted=wanted,
            day=page.day,
            book_id=page.book_id,
            used=page.used,
            added=added,
            spent_until_s=page.spent_until_s,
        )

    def _today(self, at_s: float) -> _Page:
        if at_s >= self._page.day.ends_at_s:
            self._page = _Page(day_of(at_s, self._zone), self._spec.per_day)
        return self._page
