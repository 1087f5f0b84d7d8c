"""What cannot be read becomes absent, and absence never passes for emptiness."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.transport.lenient import (
    Id,
    Int32,
    IsoDate,
    Items,
    Lenient,
    OptionalItems,
    Table,
    UtcDatetime,
    Wire,
)


class Part(Wire):
    """A list item."""

    id: Id
    count: Lenient[Int32] = None


class Whole(Wire):
    """A payload with every kind of leniency."""

    id: Id
    text: Lenient[str] = None
    rate: Lenient[float] = None
    day: Lenient[IsoDate] = None
    moment: Lenient[UtcDatetime] = None
    part: Lenient[Part] = None
    parts: OptionalItems[Part] = ()


class Listing(Wire):
    """A payload whose list is its identity."""

    results: Items[Part]


class Atlas(Wire):
    """A payload whose table is its identity."""

    results: Table[Part]


def _whole(**fields: str) -> Whole:
    inner = "".join(f', "{name}": {value}' for name, value in fields.items())
    return Whole.model_validate_json(f'{{"id": 1{inner}}}')


@pytest.mark.parametrize("field", ["text", "rate", "day", "moment", "part"])
@pytest.mark.parametrize("value", ["null", "true", "[]", "[1]", '""', "NaN", "-Infinity"])
def test_a_wrong_optional_value_is_absent(field: str, value: str) -> None:
    found = getattr(_whole(**{field: value}), field)
    assert found is None or (field, value) == ("text", '""')


@pytest.mark.parametrize("raw", ["null", "true", '"1"', "0", "-1", "1.0", "2147483648", "[1]"])
def test_a_wrong_identity_sinks_the_payload(raw: str) -> None:
    with pytest.raises(ValidationError):
        Whole.model_validate_json(f'{{"id": {raw}}}')


def test_bad_items_are_dropped_and_good_ones_stay() -> None:
    found = Listing.model_validate_json(
        '{"results": [{"id": 1}, null, {"id": "2"}, 7, {"id": 3, "count": "x"}]}'
    )
    assert found.results == (Part(id=1), Part(id=3))


@pytest.mark.parametrize("results", ["[null]", '[{"id": true}]', "{}", "null", '"x"'])
def test_a_list_of_nothing_readable_is_no_empty_list(results: str) -> None:
    with pytest.raises(ValidationError):
        Listing.model_validate_json(f'{{"results": {results}}}')
    assert _whole(parts=results).parts == ()


def test_a_table_drops_bad_values_but_not_all() -> None:
    found = Atlas.model_validate_json('{"results": {"US": {"id": 1}, "DE": null}}')
    assert found.results == {"US": Part(id=1)}
    assert Atlas.model_validate_json('{"results": {}}').results == {}
    with pytest.raises(ValidationError):
        Atlas.model_validate_json('{"results": {"DE": null}}')


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2013-02-14T00:00:00.000Z", datetime(2013, 2, 14, tzinfo=UTC)),
        ("2013-02-14T00:00:00", datetime(2013, 2, 14, tzinfo=UTC)),
        ("2013-02-14T01:30:00+02:00", datetime(2013, 2, 13, 23, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("2013-02-30T00:00:00Z", None),
    ],
)
def test_moments_are_aware_and_in_the_calendar(sent: str, meant: datetime | None) -> None:
    assert _whole(moment=f'"{sent}"').moment == meant


def test_days_are_days() -> None:
    assert _whole(day='"2013-02-14"').day == date(2013, 2, 14)
    assert _whole(day='"2013-02-30"').day is None


def test_a_complaint_never_quotes_the_payload() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate_json('{"id": "private@example.test"}')
    assert "private" not in str(caught.value)


@given(
    st.builds(
        Whole,
        id=st.integers(1, 2**31 - 1),
        text=st.none() | st.text(),
        rate=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        day=st.none() | st.dates(),
        moment=st.none() | st.datetimes(timezones=st.just(UTC)),
        part=st.none() | st.builds(Part, id=st.integers(1, 9)),
        parts=st.lists(st.builds(Part, id=st.integers(1, 9))).map(tuple),
    )
)
def test_what_the_cache_keeps_is_what_was_read(whole: Whole) -> None:
    assert Whole.model_validate_json(whole.model_dump_json(by_alias=True)) == whole
    assert Whole.model_validate_json(whole.model_dump_json(exclude_none=True)) == whole
