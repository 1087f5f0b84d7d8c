"""The graph's own scalars; anything else is one of GraphQL's five."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import NewType
from urllib.parse import urlsplit

import strawberry
from strawberry.types.scalar import ScalarDefinition

URL = NewType("URL", str)
BigInt = NewType("BigInt", int)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # Python reads more of ISO 8601
_SAFE_INTEGER = 2**53 - 1  # beyond it, JSON numbers lose digits in JavaScript


def _date(text: object) -> date:
    if not isinstance(text, str):
        raise TypeError('A Date is a string such as "1999-03-31".')
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as exc:
        raise ValueError('A Date is written as "1999-03-31".') from exc


def _datetime(text: object) -> datetime:
    if not isinstance(text, str):
        raise TypeError('A DateTime is a string such as "2026-01-31T12:00:00Z".')
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        raise ValueError('A DateTime is written as "2026-01-31T12:00:00Z".') from exc
    if found.tzinfo is None:
        raise ValueError('A DateTime needs its offset, such as "Z".')
    return found.astimezone(UTC)


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _url(text: object) -> str:
    if not isinstance(text, str) or urlsplit(text).scheme not in {"http", "https"}:
        raise ValueError("A URL is absolute and starts with http:// or https://.")
    return text


def _bigint(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _SAFE_INTEGER:
        raise ValueError("A BigInt is a whole number between -(2^53-1) and 2^53-1.")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        description='A calendar day as in RFC 3339, such as "1999-03-31".',
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=date.isoformat,
        parse_value=_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='A moment as in RFC 3339, always in UTC: "2026-01-31T12:00:00Z".',
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_utc,
        parse_value=_datetime,
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute http or https address as in RFC 3986.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
        serialize=str,
        parse_value=_url,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description=(
            "A whole number that may pass 2^31, sent as a JSON number. "
            "Never beyond 2^53-1, so that JavaScript keeps every digit."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc7493#section-2.2",
        serialize=_bigint,
        parse_value=_bigint,
    ),
}
