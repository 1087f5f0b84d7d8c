"""`gateway db` walks a file up and down, and says what is wrong in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.db import db


def run(*words: str, **settings: str) -> Result:
    """Run a command with these settings only."""
    return CliRunner().invoke(db, words, env={f"GATEWAY_{k}": v for k, v in settings.items()})


def test_a_file_is_made_and_walked(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    where = {"DATA_DIR": str(folder)}
    looked = run("current", **where)
    assert (looked.exit_code, folder.exists()) == (1, False)
    assert "revision none" in looked.output
    assert "the newest" in run("upgrade", **where).output
    assert run("current", **where).exit_code == 0
    back = run("downgrade", "0001", "--yes", **where)
    assert (back.exit_code, "revision 0001" in back.output) == (0, True)
    assert run("current", **where).exit_code == 1
    assert run("upgrade", **where).exit_code == 0


def test_going_back_asks_first(tmp_path: Path) -> None:
    run("upgrade", DATA_DIR=str(tmp_path))
    refused = run("downgrade", "base", DATA_DIR=str(tmp_path))
    assert refused.exit_code == 1
    assert run("current", DATA_DIR=str(tmp_path)).exit_code == 0


def test_an_unknown_revision(tmp_path: Path) -> None:
    wrong = run("downgrade", "9999", "--yes", DATA_DIR=str(tmp_path))
    assert wrong.exit_code == 1
    assert "no revision 9999" in wrong.output


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:canary-secret@127.0.0.1:1/x",
        "postgresql://u:canary-secret@:::/x",
        "postgresql://u:canary-secret@h/x?sslmode=nope",
        "mysql://u:canary-secret@h/x",
        "canary-secret",
    ],
)
def test_a_wrong_address_shows_no_password(url: str) -> None:
    wrong = run("current", DATABASE_URL=url)
    assert wrong.exit_code == 1
    assert "canary" not in wrong.output
    assert wrong.output.count("\n") == 1
    assert wrong.output.startswith("Error: ")
    assert not isinstance(wrong.exception, ValueError)
