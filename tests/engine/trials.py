"""Trials by seed: a schema, a document, its variables, faults and an order, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count as counting
from itertools import islice
from random import Random
from typing import Any, Final

from graphql import OperationDefinitionNode, OperationType, parse
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.engine.prepared import Prepared
from tests.engine.documents import Writer, Written
from tests.engine.everything import everything
from tests.engine.inputs import Inputs
from tests.engine.runs import Case, Execute, WorldCase, cancelled, oracle, run
from tests.engine.schemas import realm_of
from tests.engine.shrinking import shrunk
from tests.engine.verdict import differences, undisputed

SCHEMAS: Final = 40
EVERYDAY: Final = 5  # of them, for the tests that must be quick
Subjects = Callable[[int], Sequence[Execute]]
"""The ways to execute the document of a seed, one after another."""

_FAULTS: Final = (0.0, 0.0, 0.01, 0.03, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Trial:
    """One document of one seed, run once or twice."""

    seed: int
    written: Written
    cases: tuple[WorldCase, ...]

    @classmethod
    def of(cls, seed: int) -> Trial:
        chance = Random(seed)
        realm = realm_of(seed % SCHEMAS)
        written = Writer(realm.core, chance, Inputs(chance)).document()
        first = WorldCase(
            realm=realm,
            prepared=prepared(written),
            variables=written.variables,
            seed=chance.getrandbits(60),
            faults=chance.choice(_FAULTS),
        )
        again = replace(first, variables=_flipped(written.variables), seed=chance.getrandbits(60))
        return cls(seed, written, (first, again)[: chance.choice((1, 1, 2))])

    def __str__(self) -> str:
        faults = [(each.faults, each.seed, each.variables) for each in self.cases]
        return f"seed {self.seed}, schema {self.seed % SCHEMAS}, {faults}\n{self.written.text}"


def everyday(count: int) -> Iterator[int]:
    """Seeds of a few schemas only: making one takes long."""
    return islice((seed for seed in counting() if seed % SCHEMAS < EVERYDAY), count)


def prepared(written: Written) -> Prepared:
    """The operation, without validation: what the generator writes is valid."""
    document = parse(written.text)
    operation = next(
        each
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
        and (written.name is None or (each.name and each.name.value == written.name))
    )
    return Prepared(document, operation, written.text)


async def judged(trial: Trial, subjects: Subjects) -> list[str]:
    """What the subjects do wrong."""
    wrong: list[str] = []
    for at, case in enumerate(trial.cases):
        if runnable(case):
            wrong += await _judged(case, subjects(trial.seed), trial.seed + at)
    return wrong


def runnable(case: Case) -> bool:
    """Whether the variables are good; if not, no executor is asked."""
    operation = case.prepared.operation
    definitions = operation.variable_definitions or ()
    found = get_variable_values(case.core, definitions, dict(case.variables))
    return isinstance(found, VariableValues)


async def _judged(case: Case, subjects: Sequence[Execute], order: int) -> list[str]:
    expected = await run(case, oracle, order)
    possible = None if undisputed(expected) else await everything(case, order)
    wrong = []
    for at, subject in enumerate(subjects, 1):
        found = await run(case, subject, order ^ at)
        wrong += differences(expected, found, possible)
    if order % 5 == 0 and case.prepared.operation.operation is OperationType.QUERY:
        left = await cancelled(case, subjects[-1], order, Random(order).randint(0, 6))
        wrong += [f"cancelled: {each}" for each in left]
    return wrong


def _flipped(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: not value if isinstance(value, bool) else value for name, value in variables.items()
    }


async def judged_badly(seeds: Iterable[int], subjects: Subjects) -> bool:
    """Whether any trial of those seeds goes wrong."""
    for seed in seeds:
        if await judged(Trial.of(seed), subjects):
            return True
    return False


async def failure(seeds: Iterable[int], subjects: Subjects) -> str:
    """The first trial of those seeds that goes wrong, made small; empty: none does."""
    for seed in seeds:
        trial = Trial.of(seed)
        wrong = await judged(trial, subjects)
        if wrong:
            return await _told(trial, subjects, wrong)
    return ""


async def _told(trial: Trial, subjects: Subjects, wrong: list[str]) -> str:
    async def fails(text: str) -> bool:
        return bool(await judged(_with(trial, text), subjects))

    small = trial.written.text
    with suppress(Exception):  # the failure counts, however small
        small = await shrunk(small, trial.cases[0].core, fails)
    still = await judged(_with(trial, small), subjects)
    return "\n".join([f"{trial}", "", "small:", small, *(still or wrong)])


def _with(trial: Trial, text: str) -> Trial:
    written = replace(trial.written, text=text)
    again = prepared(written)
    cases = tuple(replace(each, prepared=again) for each in trial.cases)
    return replace(trial, written=written, cases=cases)
