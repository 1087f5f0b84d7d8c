"""Moments as people type them: so long ago, or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import click

_AGO: Final = re.compile(r"([1-9][0-9]{0,5})([smhdw])").fullmatch
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since(_: click.Context, __: click.Parameter, text: str) -> datetime:
    """Read an option of a command."""
    try:
        return moment_before(datetime.now(UTC), text)
    except ValueError as exc:
        raise click.BadParameter(str(exc)) from exc


def moment_before(now: datetime, text: str) -> datetime:
    """Read ``2h`` or an ISO date; one without a zone is in UTC.

    Raises:
        ValueError: It is neither, or still to come.
    """
    text = text.strip()
    ago = _AGO(text)
    try:
        found = now - _length(ago) if ago else datetime.fromisoformat(text)
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise ValueError("should be such as 2h, 3d or 2026-11-20T12:00") from exc
    if found > now:
        raise ValueError("should be in the past")
    return found


def _length(ago: re.Match[str]) -> timedelta:
    return timedelta(**{_UNITS[ago[2]]: int(ago[1])})
