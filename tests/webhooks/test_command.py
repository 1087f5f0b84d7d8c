"""`gateway webhooks`: what scripts rely on, and what is never shown."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.moments import moment_before
from gateway.cli.webhooks import webhooks
from gateway.upstreams.book import webhooks as kept
from tests.book.conftest import empty_file
from tests.webhooks.receiver import receiving, status, verify

SECRET = "canary-secret-canary-secret-canary"  # noqa: S105 - a test's own
OUTSIDE = "https://93.184.216.34/hook?token=canary-query"


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """With the tables, so that not each test walks to them."""
    await empty_file(tmp_path)
    return tmp_path


def run(folder: Path, *words: str, **settings: str) -> Result:
    """Run a command with these settings only."""
    given = {"DATA_DIR": str(folder), "SECRET": SECRET, **settings}
    return CliRunner().invoke(webhooks, words, env={f"GATEWAY_{k}": v for k, v in given.items()})


def added(folder: Path, url: str = OUTSIDE, *more: str, **settings: str) -> tuple[str, str]:
    """An endpoint's id and its secret."""
    result = run(folder, "add", url, *more, **settings)
    assert result.exit_code == 0, result.output
    first, last = result.stdout.splitlines()
    return first.split()[0], last


def test_the_secret_stands_alone_on_the_last_line_and_is_kept_nowhere(folder: Path) -> None:
    whose, secret = added(folder)
    assert secret.startswith("whsec_")
    assert run(folder, "secret", whose).stdout == f"{secret}\n"
    assert run(folder, "secret", whose, SECRET="another " * 5).stdout != f"{secret}\n"
    assert added(folder)[1] != secret
    for each in folder.iterdir():
        raw = each.read_bytes()
        assert secret[6:].encode() not in raw
        assert SECRET.encode() not in raw


def test_a_list_shows_no_query(folder: Path) -> None:
    assert run(folder, "list").output.startswith("no endpoints")
    whose, _ = added(folder, OUTSIDE, "--kinds", "approved, Created")
    added(folder, "https://93.184.216.34/plain")
    said = run(folder, "list").output
    assert "canary" not in said
    first, second = said.splitlines()
    assert first.split() == [
        *(whose, "enabled", "0", "waiting", "approved,created", "https://93.184.216.34/hook?…"),
    ]
    assert second.endswith("all  https://93.184.216.34/plain")


def test_removing_enabling_and_replaying_name_the_endpoint(folder: Path) -> None:
    whose, _ = added(folder)
    assert run(folder, "enable", whose).output == f"{whose}  enabled\n"
    assert (
        "is told again what happened since" in run(folder, "replay", whose, "--since", "2h").output
    )
    assert run(folder, "deliveries", whose).output == "nothing was delivered yet\n"
    assert run(folder, "remove", whose).exit_code == 0
    for words in (
        ["remove"],
        ["enable"],
        ["secret"],
        ["test"],
        ["deliveries"],
        ["replay", "--since", "2h"],
    ):
        refused = run(folder, words[0], whose, *words[1:])
        assert refused.exit_code == 1
        assert refused.output == "Error: no endpoint has this id; see `gateway webhooks list`\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "https://canary@example.org/"), "name or password"),
        (("add", "http://127.0.0.1/canary"), "GATEWAY_WEBHOOK_PRIVATE=on"),
        (("add", "http://169.254.169.254/canary"), "GATEWAY_WEBHOOK_PRIVATE=on"),
        (("add", "http://2130706433/canary"), "four numbers"),
        (("add", "http://0.0.0.0/canary"), "nowhere"),
        (("add", "ftp://example.org/canary"), "http(s)"),
        (("add", OUTSIDE, "--kinds", "approved,eaten"), "--kinds"),
        (("add", OUTSIDE, "--kinds", ","), "--kinds"),
        (("replay", "x", "--since", "yesterday"), "2h"),
    ],
)
def test_nonsense_makes_nothing(folder: Path, words: tuple[str, ...], why: str) -> None:
    refused = run(folder, *words)
    assert refused.exit_code in {1, 2}
    assert why in refused.output
    assert "canary" not in refused.output
    assert "whsec_" not in refused.output
    assert run(folder, "list").output.startswith("no endpoints")


def test_a_name_that_leads_nowhere_yet_is_told(folder: Path) -> None:
    result = run(folder, "add", "https://nobody.invalid/hook")
    assert result.exit_code == 0
    assert result.stderr == "warning: its name leads nowhere\n"


def test_there_are_never_too_many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 1)
    added(folder)
    assert "too many" in run(folder, "add", OUTSIDE).output


def test_the_sandbox_s_endpoints_are_apart(folder: Path) -> None:
    added(folder, BOOK="demo")
    assert run(folder, "list").output.startswith("no endpoints")
    assert len(run(folder, "list", BOOK="demo").stdout.splitlines()) == 1


def test_replicas_are_reminded_of_the_secret(folder: Path) -> None:
    url = "postgresql://u:canary-pg@127.0.0.1:1/x"
    told = run(folder, "add", OUTSIDE, DATABASE_URL=url, SECRET="")
    assert told.exit_code == 1
    assert "set GATEWAY_SECRET" in told.output
    assert "canary" not in told.output


async def test_a_message_is_sent_to_try_an_endpoint(folder: Path) -> None:
    async with receiving() as receiver:
        inside = {"WEBHOOK_PRIVATE": "on"}
        whose, secret = await asyncio.to_thread(added, folder, receiver.url, **inside)
        went = await asyncio.to_thread(run, folder, "test", whose, **inside)
        assert went.exit_code == 0
        assert went.output.startswith(f"{whose}  answered 204 in ")
        (told,) = receiver.told
        verify(secret, told)
        assert told.json["type"] == "webhook.test"
        receiver.reply = lambda _: status(500)
        went = await asyncio.to_thread(run, folder, "test", whose, **inside)
        assert (went.exit_code, "answered 500" in went.output) == (1, True)
        went = await asyncio.to_thread(run, folder, "test", whose)
        assert (went.exit_code, "private address" in went.output) == (1, True)
        assert len(receiver.told) == 2


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("5m", NOW - timedelta(minutes=5)),
        ("2h", NOW - timedelta(hours=2)),
        (" 3d ", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(weeks=1)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T11:00", datetime(2026, 11, 20, 11, tzinfo=UTC)),
        ("2026-11-20T12:30+02:00", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20T12:00Z", NOW),
    ],
)
def test_moments_are_read_as_people_type_them(text: str, moment: datetime) -> None:
    assert moment_before(NOW, text) == moment
    assert moment_before(NOW, text).tzinfo in {UTC, UTC}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "h",
        "0h",
        "-2h",
        "2y",
        "now",
        "2026-13-01",
        "999999w",
        "2026-11-20T12:01",
        "0001-01-01T00:00+23:00",
    ],
)
def test_what_is_no_moment_of_the_past_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="should be"):
        moment_before(NOW, text)
