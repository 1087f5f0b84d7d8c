"""Which days are read, and what of them is news."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from gateway.upstreams.tmdb.changes_days import LATENESS, MAX_DAYS, News, days_due, known_until

MOMENTS = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2028, 1, 1),  # noqa: DTZ001 - ditto
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9)), timezone(timedelta(hours=13))]),
)
GAPS = st.timedeltas(min_value=timedelta(days=-3), max_value=timedelta(days=40))


@given(MOMENTS, GAPS)
def test_days_are_in_a_row_end_today_and_are_fourteen_at_most(
    until: datetime, gap: timedelta
) -> None:
    now = until + gap
    days = days_due(until, now)
    assert days[-1] == now.astimezone(UTC).date()
    assert 1 <= len(days) <= MAX_DAYS
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]


@given(MOMENTS, GAPS, st.floats(0, 1))
def test_no_edit_since_is_left_out(until: datetime, gap: timedelta, share: float) -> None:
    now = until + max(gap, timedelta(0))
    edited_at = until - LATENESS + share * (now - until + LATENESS)
    days = days_due(until, now)
    if edited_at >= now - timedelta(days=MAX_DAYS - 1):
        assert edited_at.astimezone(UTC).date() in days


@given(MOMENTS, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=13)))
def test_a_row_of_days_broken_off_goes_on_where_it_was(until: datetime, gap: timedelta) -> None:
    now = until + gap
    for day in days_due(until, now):
        reached = known_until(day, now)
        assert reached <= now
        left = [each for each in days_due(until, now) if each > day]
        again = [each for each in days_due(reached, now) if each not in left]
        assert days_due(reached, now) == again + left
        assert again[:1] <= [day], "at most the day before today is read once more"
        assert len(again) <= 2


def test_a_day_names_a_film_once_and_purges_it_once_more_when_it_is_over() -> None:
    news, monday, tuesday = News(), date(2026, 3, 2), date(2026, 3, 3)
    assert news.due(monday, {1, 2}, today=monday) == {1, 2}
    news.done(monday, {1, 2}, today=monday)
    assert news.due(monday, {1, 2, 3}, today=monday) == {3}
    news.done(monday, {1, 2, 3}, today=monday)
    assert news.due(monday, {1, 2, 3, 4}, today=tuesday) == {1, 2, 3, 4}
    news.done(monday, {1, 2, 3, 4}, today=tuesday)
    assert news.due(monday, {1, 2, 3, 4, 5}, today=tuesday) == {5}
    assert news.due(tuesday, {1}, today=tuesday) == {1}


@given(st.lists(st.tuples(st.integers(0, 40), st.sets(st.integers(1, 9))), max_size=40))
def test_whatever_is_named_is_purged_on_its_day_and_after_it(
    turns: list[tuple[int, set[int]]],
) -> None:
    """A film edited at any turn is purged by that turn or by the first after its day."""
    news, start = News(), date(2026, 3, 1)
    named: dict[date, set[int]] = {}
    purged_after: dict[date, set[int]] = {}
    for number, ids in sorted(turns, key=lambda turn: turn[0]):
        today = start + timedelta(days=number // 4)
        named.setdefault(today, set()).update(ids)
        for day in (today - timedelta(days=1), today):
            listed = named.get(day, set())
            due = news.due(day, listed, today=today)
            news.done(day, listed, today=today)
            if day < today:
                purged_after.setdefault(day, set()).update(due)
                assert purged_after[day] == listed
    assert len(news._purged) <= MAX_DAYS + 1
