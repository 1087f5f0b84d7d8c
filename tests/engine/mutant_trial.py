"""Runs the tests over mutants, each in a fork: says for each whether it was found out.

python -m tests.engine.mutant_trial < modules and files, a line each > 0 or 1, a line each
"""

from __future__ import annotations

import asyncio
import importlib.abc
import importlib.util
import os
import resource
import signal
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import aiohttp
import pytest
import strawberry

_WARM: Final = (aiohttp, strawberry)  # imported once, for all forks
_FUZZED: Final = 250  # documents
_TESTS: Final = (
    "tests/unit/engine",
    "tests/engine/test_generated.py",
    *map(str, Path("tests/engine").glob("test_published_*.py")),
)
_PROCESSOR_S: Final = 120  # in which the tests are through; only a mutant takes longer
_PATIENCE_S: Final = 900  # for one that sleeps


class _Loader(importlib.abc.SourceLoader):
    """Loads the mutant in the module's place; without bytecode."""

    def __init__(self, path: str) -> None:
        self._path = path

    def get_filename(self, _fullname: str) -> str:
        return self._path

    def get_data(self, path: str | bytes) -> bytes:
        return Path(str(path)).read_bytes()

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.get_data(self._path), self.get_filename(fullname), "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, module: str, path: str) -> None:
        self._module, self._path = module, path

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        return importlib.util.spec_from_loader(fullname, _Loader(self._path))


def _found_out() -> bool:
    try:
        from tests.engine.compiled import compiled  # noqa: PLC0415 - the mutant has to be there
        from tests.engine.trials import everyday, judged_badly  # noqa: PLC0415 - ditto

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if asyncio.run(judged_badly(everyday(_FUZZED), compiled)):
                return True
    except BaseException:  # noqa: BLE001 - however it breaks
        return True
    # Its modules are there already, so pytest could not rewrite their assertions.
    how = ["-n0", "-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]
    return pytest.main([*how, *_TESTS]) != pytest.ExitCode.OK


def _tried(module: str, path: str) -> bool:
    """In a fork, which ends by itself if the mutant does not."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S))
        signal.alarm(_PATIENCE_S)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.meta_path.insert(0, _Finder(module, path))
        os._exit(1 if _found_out() else 0)
    _, status = os.waitpid(child, 0)
    return status != 0


if __name__ == "__main__":
    for each in sys.stdin:
        name, file = each.split()
        print(int(_tried(name, file)), flush=True)  # noqa: T201 - the answer
