"""Commands that end by themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.cli.listening import bind, port_of

ROOT = Path(__file__).parents[2]


def gateway(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, with these settings only."""
    return subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-m", "gateway.cli", *arguments],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.output.startswith("gateway, version ")


@pytest.mark.parametrize(
    ("command", "examples", "variables"),
    [
        ([], ["gateway serve", "gateway doctor"], ["TMDB_TOKEN", "GATEWAY_*"]),
        (
            ["serve"],
            ["gateway serve --port 80 --host 0.0.0.0 --workers 4"],
            ["TMDB_TOKEN", "YOUTUBE_API_KEY", "SEERR_BASE_URL", "OMDB_API_KEY"],
        ),
        (["sandbox"], ["curl localhost:9000/_control/calls"], ["*_BASE_URL"]),
        (["schema"], ["gateway schema --check schema.graphql"], []),
        (["doctor"], ["TMDB_TOKEN=... gateway doctor"], ["GATEWAY_REDIS_URL"]),
    ],
)
def test_help_teaches(command: list[str], examples: list[str], variables: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert [text for text in [*examples, *variables] if text not in result.output] == []


WRONG = {"TMDB_BASE_URL": "https://films.example/3", "YOUTUBE_API_KEY": "hunter2"}
SAID = (
    "Error: TMDB_TOKEN: needed because TMDB_BASE_URL is set; or set TMDB_BASE_URL=sandbox or off\n"
)


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["doctor"]])
def test_a_wrong_setting_is_told_in_one_line(command: list[str]) -> None:
    ran = CliRunner().invoke(main, command, env=WRONG)
    assert (ran.exit_code, ran.stderr, ran.stdout) == (1, SAID, "")


@pytest.mark.slow
@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["doctor"]])
def test_a_wrong_setting_stops_the_start_with_one_line(command: list[str]) -> None:
    ran = gateway(*command, **WRONG)
    assert (ran.returncode, ran.stderr) == (1, SAID)
    assert "hunter2" not in ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_address_that_only_the_cache_can_judge_stops_the_start(workers: str) -> None:
    ran = gateway(
        "serve",
        *("--port", "0", "--workers", workers),
        TMDB_BASE_URL="off",
        GATEWAY_REDIS_URL="redis+sentinel://sentinel",
    )
    assert ran.returncode == 1
    assert "Error: GATEWAY_REDIS_URL" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_busy_port_stops_the_start_with_one_line_and_a_misspelt_name_is_told() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = port_of(taken)
        ran = gateway("serve", "--port", str(port), TMDB_TOKN="t")
    assert ran.returncode == 1
    warning, error = ran.stderr.splitlines()
    assert warning == "warning: TMDB_TOKN: not a setting, ignored; did you mean TMDB_TOKEN?"
    assert error.startswith(f"Error: port {port} on 127.0.0.1 is in use")


def test_the_schema_is_written_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "schema.graphql"
    run = CliRunner().invoke
    missing = run(main, ["schema", "--check", str(path)])
    assert missing.exit_code == 1
    assert f"run `gateway schema {path}`" in missing.output
    assert run(main, ["schema", str(path)]).exit_code == 0
    assert path.read_text(encoding="utf-8").endswith("}\n")
    assert run(main, ["schema", "--check", str(path)]).exit_code == 0
    path.write_text(path.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    assert run(main, ["schema", "--check", str(path)]).exit_code == 1
