"""Logs, one event a line, and the counters that nobody else owns.

An event is ``logger.info("upstream call", extra={"upstream": …, "outcome": …})``: the fields stand
beside the message, never inside it. No line ever shows a URL, because keys travel in queries.
"""

from __future__ import annotations

import json as jsonlib
import logging
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TextIO

_MAX_UNKNOWN_VALUES = 256  # the values come from outside, so their number is bounded here
_MAX_VALUE_CHARS = 40
_OVERFLOW = "(more)"

_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_BARE = re.compile(r"[^\s\"=]+").fullmatch
_NOISY = ("httpx", "httpcore", "hpack", "aiosqlite")  # URLs, and what statements write
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

unknown_values: Counter[tuple[str, str, str]] = Counter()
"""How often an upstream sent a value that no enum of ours knows, by (upstream, field, value)."""


def count_unknown(upstream: str, field: str, value: object) -> None:
    """Note a value we had to map to UNKNOWN or OTHER; never more than 256 different ones."""
    key = (upstream, field, ascii(value)[:_MAX_VALUE_CHARS])
    if key not in unknown_values and len(unknown_values) >= _MAX_UNKNOWN_VALUES:
        key = (upstream, field, _OVERFLOW)
    unknown_values[key] += 1


class LineFormatter(logging.Formatter):
    """One event a line: time, level, logger, event, then its fields; URLs are cut out.

    Args:
        json: Write a JSON object a line instead of ``key=value`` pairs.
    """

    def __init__(self, *, json: bool) -> None:
        super().__init__()
        self._json = json

    def format(self, record: logging.LogRecord) -> str:
        """Render ``record`` without line breaks; an exception's trace becomes one field."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _safe(record.getMessage()),
        }
        fields.update({k: _safe(v) for k, v in vars(record).items() if k not in _STANDARD})
        if record.exc_info:
            fields["trace"] = _safe(self.formatException(record.exc_info))
        if self._json:
            return jsonlib.dumps(fields)
        return " ".join(f"{key}={_plain(value)}" for key, value in fields.items())


def _safe(value: object) -> object:
    """Keep numbers as they are; anything else becomes text without URLs."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return _URL.sub("(url)", text) if "://" in text else text


def _plain(value: object) -> str:
    text = str(value)
    return text if _BARE(text) else jsonlib.dumps(text)


def setup_logging(level: str = "INFO", *, json: bool = False, stream: TextIO | None = None) -> None:
    """Send every logger's events to one stream, standard error unless told otherwise.

    Libraries that log each URL at INFO are quiet below WARNING.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(json=json))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # What no line shows need not be found out for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
