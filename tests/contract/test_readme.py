"""README tells the truth: its settings, its commands and its names are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from gateway.cli.main import main
from gateway.registry import load_subgraphs
from gateway.settings import EnvSettings, GatewaySettings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_table() -> str:
    """The table as README must have it."""
    classes: list[type[EnvSettings]] = [GatewaySettings, *(s.settings for s in load_subgraphs())]
    rows = [
        f"| `{v.name}` | {f'`{v.default}`' if v.default else ''} | {v.description} |\n"
        for each in classes
        for v in each.variables()
    ]
    return "| variable | default | what it is |\n| --- | --- | --- |\n" + "".join(rows)


def test_settings_table_is_the_code_s() -> None:
    """A setting that is added, renamed or described anew must show here."""
    found = re.search(r"<!-- settings -->\n(.*?)<!-- /settings -->", README, re.DOTALL)
    assert found is not None
    assert found.group(1) == settings_table()


def test_every_command_that_is_shown_exists() -> None:
    """Every `gateway …` in README is a command, with options that it has."""
    shown = set(re.findall(r"gateway ([a-z]+)((?: --[a-z-]+)*)", README))
    for name, options in sorted(shown):
        if name not in main.commands:
            continue
        text = CliRunner().invoke(main, [name, "--help"]).output
        for option in options.split():
            assert option in text, f"gateway {name} {option}"
    for name in main.commands:
        assert f"gateway {name}" in README, f"README is silent about `gateway {name}`"


def test_both_commands_of_the_first_minute_are_there() -> None:
    """One serves the graph, one passes the tests, with Python and pip alone."""
    assert "pip install uv && uv run gateway serve" in README
    assert "pip install uv && uv run pytest" in README


def test_files_that_the_flow_names_exist() -> None:
    """The tour names files; a moved one must be told."""
    flow = README.split("## The flow")[1].split("\n## ")[0]
    names = re.findall(r"`(gateway/[a-z_/<>]+\.py)`", flow)
    assert len(names) >= 8
    for name in names:
        assert list(ROOT.glob(name.replace("<upstream>", "*"))), name
