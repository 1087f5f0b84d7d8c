"""The tests of the compiled executor find out whoever tampers with it."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engine.mutants import Mutant, mutants
from tests.sizes import FULL, sized

TOP = Path(__file__).parents[2]
SAMPLE = sized(20, full=60)
SEED = 4
LEAST = 0.8 if FULL else 0.7  # a small sample may be an unlucky one
"""Of the sample. The rest does the same: how many entries something holds, when code is
generated; or by a longer way, since walking mends what generated code lacks."""


def everyone() -> list[Mutant]:
    found = sorted((TOP / "gateway/engine/plan").glob("*.py"))
    return [each for module in found for each in mutants(module)]


def unharmed() -> Mutant:
    """What the tests must not complain of."""
    module = TOP / "gateway/engine/plan/run.py"
    return Mutant(module, 1, "nothing", module.read_text(encoding="utf-8"))


def survivors(tried: Sequence[Mutant], where: Path) -> list[Mutant]:
    """Those that no test finds out."""
    asked = []
    for number, mutant in enumerate(tried):
        file = where / f"{number}.py"
        file.write_text(mutant.source, encoding="utf-8")
        name = ".".join(mutant.module.relative_to(TOP).with_suffix("").parts)
        asked.append(f"{name} {file}\n")
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.mutant_trial"],
        input="".join(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=TOP,
    )
    answers = done.stdout.split()
    assert len(answers) == len(tried)
    return [each for each, answer in zip(tried, answers, strict=True) if answer == "0"]


@pytest.mark.slow
def test_a_mutant_is_one_wrong() -> None:
    for each in everyone()[::40]:
        original = each.module.read_text(encoding="utf-8")
        compile(each.source, str(each.module), "exec")
        assert each.source != original


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_sample_of_mutants_is_found_out(tmp_path: Path) -> None:
    tried = random.Random(SEED).sample(everyone(), SAMPLE)
    innocent, *left = survivors([unharmed(), *tried], tmp_path)
    assert innocent.what == "nothing"
    rate = 1 - len(left) / len(tried)
    print(f"\n{rate:.0%} of {len(tried)} mutants found out; left:", *left, sep="\n  ")  # noqa: T201 - so that CI shows it
    assert rate >= LEAST
