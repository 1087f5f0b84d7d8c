"""Lists of requests as statements: by keyset, each made once for its shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from gateway.domain.request import RequestStatus
from gateway.domain.request_store import Place, RequestFilter, RequestOrder
from gateway.upstreams.book.mapping import with_people
from gateway.upstreams.book.tables import REQUESTS, micros

_KEPT: Final = frozenset(RequestStatus) - {RequestStatus.UNKNOWN}
"""States that are ever stored."""

_LENGTHS: Final = (2, 11, 21, 51, 101)

_R: Final = REQUESTS.c


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list's statement depends on; all else are its parameters.

    Attributes:
        statuses: How many states are asked for; 0: all of them.
        by_user: Whether one person's are asked for.
        by_movie: Whether one film's are.
    """

    statuses: int
    by_user: bool
    by_movie: bool

    @classmethod
    def of(cls, which: RequestFilter) -> Shape:
        """Of a filter that matches something."""
        wanted = _KEPT if which.statuses is None else which.statuses & _KEPT
        return cls(
            0 if wanted == _KEPT else len(wanted),
            which.requested_by is not None,
            which.tmdb_id is not None,
        )


def matches_nothing(which: RequestFilter) -> bool:
    """Whether no stored request can be meant."""
    return which.statuses is not None and not which.statuses & _KEPT


def parameters(which: RequestFilter) -> dict[str, object]:
    """What the statements of a filter's shape are run with."""
    found: dict[str, object] = {}
    if Shape.of(which).statuses and which.statuses is not None:
        names = sorted(each.value for each in which.statuses & _KEPT)
        found = {f"status_{n}": RequestStatus(name) for n, name in enumerate(names)}
    if which.requested_by is not None:
        found["user_id"] = which.requested_by
    if which.tmdb_id is not None:
        found["tmdb_id"] = which.tmdb_id
    return found


def place_parameters(after: Place | None) -> dict[str, object]:
    """What a page behind a place is run with."""
    if after is None:
        return {}
    return {"after_created_at": micros(after.created_at), "after_id": after.request_id}


def length(most: int) -> int:
    """The shortest page that is made and holds so many.

    A length that stands in the statement lets PostgreSQL plan it once for all; there are only a
    few, so that statements stay few.
    """
    return next(each for each in _LENGTHS if each >= most)


@cache
def page_statement(shape: Shape, order: RequestOrder, most: int, *, behind: bool) -> sa.Select[Any]:
    """A page of a ``length``; parameters are the filter's, and the place's when behind one.

    An index gives one state in order, not several: so each state has an arm of its own, cut to
    the page's length, and the page is merged from them. Arms read nothing but the index of their
    filter, which makes it the cheapest by far: another one that gives the same order might be
    read for long before something fits.
    """
    newest_first = order is RequestOrder.CREATED_AT_DESC
    wanted = [_state(n) for n in range(shape.statuses)] or [sa.true()]
    arms = [
        _arm(shape, state, newest_first=newest_first, behind=behind).limit(exactly(most))
        for state in wanted
    ]
    page = _merged(arms, newest_first=newest_first).limit(exactly(most)).subquery("page")
    return with_people(page).order_by(*_in_order(REQUESTS, newest_first=newest_first))


@cache
def count_statement(shape: Shape) -> sa.Select[Any]:
    """How many there are."""
    counted = sa.select(sa.func.count()).select_from(REQUESTS).where(*_conditions(shape))
    if shape.statuses:
        counted = counted.where(sa.or_(*(_state(n) for n in range(shape.statuses))))
    return counted


def _merged(arms: list[sa.Select[Any]], *, newest_first: bool) -> sa.Select[Any]:
    if len(arms) == 1:
        return arms[0]
    union = sa.union_all(*(sa.select(arm.subquery()) for arm in arms)).subquery("arms")
    order = _in_order(union, newest_first=newest_first)
    return sa.select(union).order_by(*order)


def _arm(
    shape: Shape, state: sa.ColumnElement[bool], *, newest_first: bool, behind: bool
) -> sa.Select[Any]:
    arm = sa.select(_R.id, _R.created_at).where(state, *_conditions(shape))
    if behind:
        key = sa.tuple_(_R.created_at, _R.id)
        place = sa.tuple_(
            sa.bindparam("after_created_at", type_=sa.BigInteger),
            sa.bindparam("after_id", type_=sa.BigInteger),
        )
        arm = arm.where(key < place if newest_first else key > place)
    return arm.order_by(*_in_order(REQUESTS, newest_first=newest_first))


def exactly(number: int) -> sa.ColumnElement[int]:
    """A number as a part of the statement."""
    return sa.literal_column(str(number), sa.Integer)


def _state(number: int) -> sa.ColumnElement[bool]:
    return _R.status == sa.bindparam(f"status_{number}", type_=_R.status.type)


def _conditions(shape: Shape) -> list[sa.ColumnElement[bool]]:
    found = []
    if shape.by_user:
        found.append(_R.requested_by == sa.bindparam("user_id", type_=sa.BigInteger))
    if shape.by_movie:
        found.append(_R.tmdb_id == sa.bindparam("tmdb_id", type_=sa.Integer))
    return found


def _in_order(of: sa.FromClause, *, newest_first: bool) -> list[sa.ColumnElement[Any]]:
    keys = [of.c.created_at, of.c.id]
    return [key.desc() if newest_first else key.asc() for key in keys]
