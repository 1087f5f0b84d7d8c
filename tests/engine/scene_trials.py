"""Trials of the gateway's own schema, by seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from graphql import validate

from gateway.graph.ids import global_id
from gateway.schema import build_schema
from tests.engine.documents import Writer, Written
from tests.engine.everything import everything
from tests.engine.inputs import Inputs
from tests.engine.runs import Run, oracle, run
from tests.engine.scenes import Record, Scene, SceneCase
from tests.engine.trials import Subjects, prepared, runnable
from tests.engine.verdict import differences, undisputed

_FILMS: Final = (603, 604, 550, 27205, 155, 13, 680, 999_999_999)
_FAULTS: Final = (0.0, 0.0, 0.1, 0.4)
_IDS: Final = (
    *(global_id("Movie", each) for each in (*_FILMS[:3], _FILMS[-1])),
    *(global_id("Request", each) for each in (1, 2, 3)),
)
_KNOWN: Final[Mapping[str, tuple[Any, ...]]] = {
    "tmdbId": _FILMS,
    "imdbId": ("tt0133093", "tt0137523", "tt9999999", "nonsense"),
    "id": (*_IDS, "nonsense"),
    "ids": (list(_IDS), [_IDS[1], "nonsense", _IDS[0], _IDS[0]], []),
    "first": (1, 2, 2, 3, 3, 0),
    "after": (None, None, None, "nonsense"),
    "query": ("matrix", "the", "the", "zzzzz", ""),
    "language": ("de", "de-DE", "en", None, "xx1"),
    "languages": (["de", "en"], ["en"], []),
    "region": ("DE", "US", None, "nowhere"),
    "year": (1999, 2010, 1),
    "genres": ([], ["nonsense"], None, None),
    "anyGenre": ([], ["nonsense"], None, None),
    "requestedBy": ("nonsense", None),
}


@dataclass(frozen=True, slots=True)
class SceneTrial:
    """One document of one seed."""

    seed: int
    written: Written
    case: SceneCase

    @classmethod
    def of(cls, seed: int, record: Record) -> SceneTrial:
        chance = Random(seed)
        inputs = Inputs(chance, _KNOWN, always={"first"})
        written = Writer(build_schema()._schema, chance, inputs).document()
        case = SceneCase(
            record=record,
            prepared=prepared(written),
            variables=written.variables,
            seed=chance.getrandbits(60),
            faults=chance.choice(_FAULTS),
        )
        return cls(seed, written, case)

    @property
    def good(self) -> bool:
        """Whether the document may be executed; some select fields that cannot be merged."""
        return runnable(self.case) and not validate(self.case.core, self.case.prepared.document)

    def __str__(self) -> str:
        return f"seed {self.seed}, refused {self.case.faults}, {self.case.variables}\n" + (
            self.written.text
        )


@dataclass(slots=True)
class Tally:
    """What was run, and how often the upstreams were asked."""

    documents: int = 0
    expected: int = 0
    found: int = 0


async def scene_failure(seeds: Iterable[int], subjects: Subjects, tally: Tally) -> str:
    """The first trial of those seeds that goes wrong; empty: none does."""
    record = Record()
    for seed in seeds:
        trial = SceneTrial.of(seed, record)
        if trial.good:
            tally.documents += 1
            wrong = await _judged(trial, subjects, tally)
            if wrong:
                return "\n".join([str(trial), *wrong])
    return ""


async def _judged(trial: SceneTrial, subjects: Subjects, tally: Tally) -> list[str]:
    case, wrong = trial.case, []
    expected = await run(case, oracle, trial.seed)
    possible = None if undisputed(expected) else await everything(case, trial.seed)
    for at, subject in enumerate(subjects(trial.seed), 1):
        found = await run(case, subject, trial.seed ^ at)
        # Loads that other operations may wait for as well outlive this one.
        found.untidy = [each for each in found.untidy if not each.startswith("a task is left")]
        wrong += differences(expected, found, possible)
        tally.expected += asked(expected)
        tally.found += asked(found)
    return wrong


def asked(seen: Run) -> int:
    """Calls to upstreams."""
    assert isinstance(seen.ground, Scene)
    return seen.ground.asked.total()
