"""Files beside the code that must keep step with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gateway.cli.configuration import configure, upstream_classes
from gateway.settings import EnvSettings, GatewaySettings

ROOT = Path(__file__).parents[2]
_ENV_LINE = re.compile(r"(?:# )?([A-Z][A-Z0-9_]+)=(.*)")
_PIN = re.compile(r"^([a-z0-9-]+)==([^ \\]+)(?: ;[^\\]*)? \\$", re.MULTILINE)


def example() -> dict[str, str]:
    lines = (ROOT / "docker/.env.example").read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := _ENV_LINE.fullmatch(line))}


def test_the_example_names_every_setting_and_no_other() -> None:
    classes: list[type[EnvSettings]] = [GatewaySettings, *upstream_classes().values()]
    known = {each.name for cls in classes for each in cls.variables()}
    prefixes = tuple({name.partition("_")[0] + "_" for name in known})
    assert known - set(example()) == set()
    assert {name for name in example() if name.startswith(prefixes)} - known == set()


def test_the_example_shows_defaults_and_they_are_accepted() -> None:
    environ = {name: text for name, text in example().items() if name.startswith("GATEWAY_")}
    assert configure(environ).gateway.deadline_s == GatewaySettings().deadline_s
    shown = {name for name, text in example().items() if name.endswith("_TIMEOUT_S")}
    defaults = {
        each.name: float(each.default)
        for cls in upstream_classes().values()
        for each in cls.variables()
        if each.field == "timeout_s"
    }
    assert shown >= set(defaults)
    assert {name: float(example()[name]) for name in defaults} == defaults


def test_the_lock_pins_what_pyproject_asks_for_by_hash_and_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    pins = dict(_PIN.findall(text))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in map(Requirement, project["dependencies"]):
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), wanted
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pins) == text.count("==")


def test_compose_runs_read_only_without_rights_on_the_loopback() -> None:
    compose = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())
    gateway = compose["services"]["gateway"]
    assert gateway["read_only"] is True
    assert gateway["cap_drop"] == ["ALL"]
    assert [port for port in gateway["ports"] if not port.startswith("127.0.0.1:")] == []
    assert compose["services"]["seerr"]["profiles"] == ["seerr"]
    assert "data:/data" in gateway["volumes"]
    assert "data" in compose["volumes"]
    assert configure(gateway["environment"]).gateway.redis_url == "redis://valkey:6379/0"
