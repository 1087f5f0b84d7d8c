"""The few lines that `serve` says."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway.cli.banner import banner
from gateway.cli.configuration import Configuration, configure
from gateway.cli.redaction import redacted

URL = "http://127.0.0.1:8000"


def said(environ: Mapping[str, str], *, cache: str | None = "off", workers: int = 1) -> str:
    found: Configuration = configure(environ)
    sandbox = "http://127.0.0.1:4000" if found.sandboxed else None
    return banner(found, URL, sandbox, cache, workers=workers)


def test_with_nothing_set_the_sandbox_and_the_valkey_are_said_loudly() -> None:
    text = said({}, cache="unix:///tmp/valkey.sock")
    assert "SANDBOX DATA: tmdb, youtube, omdb" in text
    assert "TMDB_TOKEN, YOUTUBE_API_KEY, OMDB_API_KEY" in text
    assert "EMBEDDED VALKEY" in text
    assert f"{URL}/graphql" in text


def test_without_the_wheel_a_warning_names_the_way_out() -> None:
    assert "WARNING: memory only" in said({}, cache=None)
    assert "GATEWAY_REDIS_URL" in said({}, cache=None)


def test_what_is_off_is_said_with_the_variable_that_turns_it_on() -> None:
    text = said({"TMDB_TOKEN": "hunter2"}, workers=4)
    assert "SANDBOX" not in text
    assert "tmdb     https://api.themoviedb.org/3\n" in text
    assert "off: its fields are null (set YOUTUBE_API_KEY)" in text
    assert "off: the book keeps the requests (set SEERR_BASE_URL, SEERR_API_KEY)" in text
    assert "(4 workers)" in text
    assert "hunter2" not in text


def test_a_password_of_redis_is_not_shown() -> None:
    environ = {"GATEWAY_REDIS_URL": "redis://me:hunter2@cache:6379/0?x=hunter2"}
    text = said(environ, cache=environ["GATEWAY_REDIS_URL"])
    assert "redis://***@cache:6379/0\n" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("off", "off"),
        ("http://a/b", "http://a/b"),
        ("redis+sentinel://u:p@a:1,b:2/main/0", "redis+sentinel://***@a:1,b:2/main/0"),
        ("unix:///run/valkey.sock?password=p", "unix:///run/valkey.sock"),
    ],
)
def test_urls_as_they_may_be_shown(url: str, shown: str) -> None:
    assert redacted(url) == shown
