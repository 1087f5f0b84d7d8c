"""The wishes that the sandbox shows by default: every state on well-known movies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from gateway.sandbox.seerr.films import Series
from gateway.sandbox.seerr.seed import SeedRequest, SeedTitle
from gateway.sandbox.seerr.states import MediaStatus, RequestStatus

_R, _M = RequestStatus, MediaStatus

_REQUESTERS = (3, 4, 6, 7, 8, 9)
_MANAGER = 2
_STEP = timedelta(hours=9)

_PENDING = (603, 27205, 680, 157336, 769, 807, 1891, 76341, 49026, 438631)
_APPROVED = (155, 13, 862, 601, 245891, 118340, 299534, 693134)
_COMPLETED = (278, 238, 240, 424, 122, 120, 121, 11, 129, 857, 497, 24428, 19995)
_DECLINED = (620, 629, 1892, 37165, 8587, 68718)
_FAILED = (539, 568, 105)
_LIBRARY_ONLY = (637, 510, 389, 429, 346, 77, 694)  # available, and nobody asked for them here
_GONE = (597, 640)  # completed once, then deleted from the library
_BLOCKED = (500, 1895)
_UHD = (329, 98, 78, 348)
_ASKED_AGAIN = (550, 1422)
_RACED = 274  # two calls at once: two media rows, of which most calls see the first only
_STUCK = 1726  # made available while pending: its request says APPROVED for ever


def _wish(
    number: int,
    status: RequestStatus,
    *,
    by: int | None = None,
    is4k: bool = False,
    seasons: tuple[int, ...] = (),
) -> SeedRequest:
    """The wish that is ``number`` steps old."""
    decided = status is not _R.PENDING
    return SeedRequest(
        by=_REQUESTERS[number % len(_REQUESTERS)] if by is None else by,
        status=status,
        age=_STEP * number + timedelta(minutes=7 * (number % 5)),
        is4k=is4k,
        decided_by=_MANAGER if decided else None,
        seasons=seasons,
    )


def _single_wishes() -> Iterator[SeedTitle]:
    """One request a movie, the states in turn so that every page of the list is mixed."""
    groups = (
        (_PENDING, _R.PENDING, _M.PENDING),
        (_APPROVED, _R.APPROVED, _M.PROCESSING),
        (_COMPLETED, _R.COMPLETED, _M.AVAILABLE),
        (_DECLINED, _R.DECLINED, _M.UNKNOWN),
        (_FAILED, _R.FAILED, _M.PENDING),
        (_GONE, _R.COMPLETED, _M.DELETED),
    )
    rows = [
        (place / len(ids), tmdb_id, status, state)
        for ids, status, state in groups
        for place, tmdb_id in enumerate(ids)
    ]
    for number, (_, tmdb_id, status, state) in enumerate(sorted(rows), start=3):
        yield SeedTitle(tmdb_id=tmdb_id, status=state, requests=(_wish(number, status),))


def _odd_ones() -> Iterator[SeedTitle]:
    """4K beside normal, several people for one movie, a second try after a refusal."""
    matrix_like, again = _ASKED_AGAIN
    yield SeedTitle(
        tmdb_id=matrix_like,
        status=_M.PENDING,
        requests=(
            _wish(70, _R.DECLINED, by=3),
            _wish(2, _R.PENDING, by=3),
            _wish(1, _R.PENDING, by=6),
        ),
    )
    yield SeedTitle(
        tmdb_id=again,
        status=_M.AVAILABLE,
        requests=(_wish(80, _R.COMPLETED, by=7), _wish(4, _R.PENDING, by=9)),
    )
    for number, user in enumerate((7, 3)):
        wish = _wish(30 + number, _R.PENDING, by=user)
        yield SeedTitle(tmdb_id=_RACED, status=_M.PENDING, requests=(wish,))
    stuck = replace(_wish(33, _R.APPROVED, by=6), decided_by=None)
    yield SeedTitle(tmdb_id=_STUCK, status=_M.AVAILABLE, requests=(stuck,))
    for number, tmdb_id in enumerate(_UHD):
        yield _uhd(tmdb_id, number)


def _unasked() -> Iterator[SeedTitle]:
    """What nobody may ask for, and what was there before anybody asked."""
    for number, tmdb_id in enumerate(_BLOCKED):
        wishes = (_wish(90, _R.PENDING, by=4),) if number == 0 else ()
        yield SeedTitle(
            tmdb_id=tmdb_id, status=_M.BLOCKLISTED, status4k=_M.BLOCKLISTED, requests=wishes
        )
    for tmdb_id in _LIBRARY_ONLY:
        yield SeedTitle(tmdb_id=tmdb_id, status=_M.AVAILABLE)


def _uhd(tmdb_id: int, number: int) -> SeedTitle:
    """Available as usual; the 4K copy is pending, being fetched, there, or refused."""
    normal = _wish(60 + number, _R.COMPLETED, by=3)
    tracks = (
        (_R.PENDING, _M.PENDING),
        (_R.APPROVED, _M.PROCESSING),
        (_R.COMPLETED, _M.AVAILABLE),
        (_R.DECLINED, _M.UNKNOWN),
    )
    status, state = tracks[number]
    return SeedTitle(
        tmdb_id=tmdb_id,
        status=_M.AVAILABLE,
        status4k=state,
        requests=(normal, _wish(10 + number, status, by=8, is4k=True)),
    )


SERIES = (
    Series(tmdb_id=550, name="A Series with a Movie's Id", tvdb_id=300550),
    Series(tmdb_id=603, name="Another Series with a Movie's Id", tvdb_id=300603),
    Series(tmdb_id=1399, name="A Series of Its Own", tvdb_id=301399, season_numbers=(1, 2, 3)),
)


def _series() -> Iterator[SeedTitle]:
    states = (
        (_R.PENDING, _M.PENDING),
        (_R.APPROVED, _M.PROCESSING),
        (_R.APPROVED, _M.PARTIALLY_AVAILABLE),
    )
    for number, (series, (status, state)) in enumerate(zip(SERIES, states, strict=True)):
        yield SeedTitle(
            tmdb_id=series.tmdb_id,
            kind="tv",
            status=state,
            tvdb_id=series.tvdb_id,
            requests=(_wish(5 + 11 * number, status, seasons=series.season_numbers),),
        )


TITLES = (*_single_wishes(), *_odd_ones(), *_unasked(), *_series())


def bulk_titles(requests: int) -> tuple[SeedTitle, ...]:
    """One request for each of as many movies, a minute apart, the states in turn."""
    states = cycle(
        (
            (_R.PENDING, _M.PENDING),
            (_R.APPROVED, _M.PROCESSING),
            (_R.COMPLETED, _M.AVAILABLE),
            (_R.DECLINED, _M.UNKNOWN),
            (_R.COMPLETED, _M.AVAILABLE),
        )
    )
    return tuple(
        SeedTitle(
            tmdb_id=300_000 + number,
            status=state,
            requests=(
                SeedRequest(
                    by=_REQUESTERS[number % len(_REQUESTERS)],
                    status=status,
                    age=timedelta(minutes=number + 1),
                    decided_by=None if status is _R.PENDING else _MANAGER,
                ),
            ),
        )
        for number, (status, state) in zip(range(requests), states, strict=False)
    )
