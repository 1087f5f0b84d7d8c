"""The build hook's own decisions; that npm and esbuild do their part the browser tests show."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "operations").mkdir(parents=True)
    (folder / "main.jsx").write_bytes(b"one\ntwo\n")
    (folder / "operations" / "a.graphql").write_bytes(b"{ a }\n")
    return folder


def make_bundle(folder: Path, inputs: str, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text(name)
    manifest = {"inputs": inputs, "files": names}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_the_digest_follows_content_and_names_alone(hook: ModuleType, source: Path) -> None:
    before = hook.digest(source)
    (source / "main.jsx").write_bytes(b"one\r\ntwo\r\n")
    (source / "node_modules").mkdir()
    (source / "node_modules" / "left.js").write_text("by a developer")
    assert hook.digest(source) == before

    (source / "operations" / "a.graphql").write_text("{ b }")
    changed = hook.digest(source)
    (source / "operations" / "a.graphql").rename(source / "operations" / "b.graphql")
    assert len({before, changed, hook.digest(source)}) == 3


def test_a_bundle_is_current_while_whole_and_of_these_sources(
    hook: ModuleType, tmp_path: Path
) -> None:
    static = make_bundle(tmp_path / "static", "abc", "a.js", "b.css")

    assert hook.is_current(static, "abc")
    assert not hook.is_current(static, "other")
    assert not hook.is_current(tmp_path / "nowhere", "abc")
    (static / "b.css").unlink()
    assert not hook.is_current(static, "abc")


def test_installing_leaves_nothing_of_the_old_bundle(hook: ModuleType, tmp_path: Path) -> None:
    static = make_bundle(tmp_path / "static", "old", "a-1.js")
    made = make_bundle(tmp_path / "made", "new", "a-2.js", "b.css")
    hook.install(made, static)

    assert sorted(path.name for path in static.iterdir()) == ["a-2.js", "b.css", "manifest.json"]
    assert hook.is_current(static, "new")


def test_a_failing_step_is_told_with_what_it_printed(hook: ModuleType, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no registry in reach')"]
    with pytest.raises(hook.BundleError, match=r"(?s)exit code 1.*no registry in reach"):
        hook.run(command, tmp_path, {}, 30)
    with pytest.raises(hook.BundleError, match="could not be started"):
        hook.run([str(tmp_path / "none")], tmp_path, {}, 30)


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "gateway/web/graphiql/package-lock.json").read_bytes())
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    assert all("resolved" not in entry for entry in packages.values())
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
