"""Log lines show no URL, and the counter of unknown values has an end."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from gateway.telemetry import LineFormatter, count_unknown, setup_logging, unknown_values


@pytest.fixture
def _own_counter() -> Iterator[None]:
    before = dict(unknown_values)
    unknown_values.clear()
    yield
    unknown_values.clear()
    unknown_values.update(before)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A log that ends with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)


def _record(message: str, **fields: object) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": "gateway", "msg": message, "levelname": "INFO", "created": 0.0, **fields}
    )


def test_fields_stand_beside_the_event() -> None:
    line = LineFormatter(json=True).format(_record("call", upstream="tmdb", attempt=1))
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "info",
        "logger": "gateway",
        "event": "call",
        "upstream": "tmdb",
        "attempt": 1,
    }


@pytest.mark.parametrize("as_json", [True, False])
def test_a_url_is_cut_out_of_events_fields_and_traces(*, as_json: bool) -> None:
    secret = "https://o.example/?apikey=hush&i=tt1"  # noqa: S105 - made up
    exc = ValueError(secret)
    caught = (type(exc), exc, None)
    record = _record(f"failed: {secret}", detail=secret, exc_info=caught)
    line = LineFormatter(json=as_json).format(record)
    assert "hush" not in line
    assert "(url)" in line


@pytest.mark.parametrize("as_json", [True, False])
def test_an_event_is_one_line_whatever_it_holds(*, as_json: bool) -> None:
    line = LineFormatter(json=as_json).format(_record("two\nlines", field='a "b"\r\nc=d'))
    assert len(line.splitlines()) == 1


def test_setup_writes_to_the_stream_and_silences_clients(stream: io.StringIO) -> None:
    setup_logging("info", json=True, stream=stream)
    logging.getLogger("gateway.test").info("seen", extra={"count": 2})
    logging.getLogger("gateway.test").debug("unseen")
    logging.getLogger("httpx").info("HTTP Request: GET https://h/?apikey=hush")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["count"] == 2


@pytest.mark.usefixtures("_own_counter")
def test_unknown_values_are_counted_by_value() -> None:
    for value in (9, 9, "9"):
        count_unknown("seerr", "media status", value)
    assert unknown_values[("seerr", "media status", "9")] == 2
    assert unknown_values[("seerr", "media status", "'9'")] == 1


@pytest.mark.usefixtures("_own_counter")
def test_an_upstream_cannot_fill_memory_with_new_values() -> None:
    for number in range(10_000):
        count_unknown("tmdb", "site", f"{number}{'x' * 1000}")
    assert len(unknown_values) <= 257
    assert sum(unknown_values.values()) == 10_000
    assert all(len(value) <= 40 for _, _, value in unknown_values)
