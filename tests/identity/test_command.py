"""`gateway keys`: what scripts rely on, and what is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.keys import keys
from gateway.edge.identity.keys import is_whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(folder: Path, *words: str, **settings: str) -> Result:
    """Run a command with these settings only."""
    given = {"DATA_DIR": str(folder), **settings}
    return CliRunner().invoke(keys, words, env={f"GATEWAY_{k}": v for k, v in given.items()})


def made(folder: Path, name: str = "kiosk", *more: str) -> str:
    result = run(folder, "create", name, "--role", "requester", *more)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()[-1]


def test_the_key_stands_alone_on_the_last_line(folder: Path) -> None:
    assert is_whole(made(folder))


def test_it_is_shown_once_and_kept_nowhere(folder: Path) -> None:
    key = made(folder)
    shown = run(folder, "list").output
    assert "kiosk" in shown
    assert key not in shown
    files = list(folder.iterdir())
    assert len(files) >= 2
    assert all(key.encode() not in each.read_bytes() for each in files)


def test_a_list_tells_roles_states_and_seerr_users(folder: Path) -> None:
    assert run(folder, "list").output.startswith("no keys")
    made(folder, "kiosk", "--seerr-user", "7", "--display-name", "The lobby")
    lines = run(folder, "list").stdout.splitlines()
    assert len(lines) == 1
    for word in ("requester", "good", "never used", "kiosk", "(Seerr user 7)"):
        assert word in lines[0]


def test_a_revoked_key_is_told_so(folder: Path) -> None:
    made(folder)
    key_id = run(folder, "list").stdout.split()[0]
    assert run(folder, "revoke", key_id).exit_code == 0
    assert "revoked" in run(folder, "list").stdout
    again = run(folder, "revoke", "kiosk")
    assert again.exit_code == 1
    assert "no good key" in again.output


def test_a_name_that_several_have_is_not_enough(folder: Path) -> None:
    made(folder)
    made(folder)
    refused = run(folder, "revoke", "kiosk")
    assert refused.exit_code == 1
    assert "give an id" in refused.output
    assert run(folder, "list").stdout.count("good") == 2


@pytest.mark.parametrize(
    "words",
    [
        ("create", "x"),
        ("create", "x", "--role", "owner"),
        ("create", "x", "--role", "admin", "--seerr-user", "0"),
        ("create", "", "--role", "admin"),
        ("create", "x" * 101, "--role", "admin"),
        ("create", "a\x1bb", "--role", "admin"),
        ("revoke", "nobody"),
    ],
)
def test_nonsense_makes_nothing(folder: Path, words: tuple[str, ...]) -> None:
    refused = run(folder, *words)
    assert refused.exit_code in {1, 2}
    assert "mq_" not in refused.output
    assert run(folder, "list").output.startswith("no keys")


def test_a_folder_of_no_use_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run(tmp_path / "file", "create", "x", "--role", "admin")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: GATEWAY_DATA_DIR")
    assert refused.output.count("\n") == 1


def test_replicas_are_reminded_of_the_secret(folder: Path) -> None:
    url = "postgresql://u:canary-pg@127.0.0.1:1/x"
    told = run(folder, "create", "x", "--role", "admin", DATABASE_URL=url)
    assert told.exit_code == 1
    assert "set GATEWAY_SECRET" in told.output
    assert "canary" not in told.output
    secret = "canary-secret-canary-secret-canary"  # noqa: S105 - a test's own
    told = run(folder, "create", "x", "--role", "admin", DATABASE_URL=url, SECRET=secret)
    assert "GATEWAY_SECRET" not in told.output
    assert "canary" not in told.output
