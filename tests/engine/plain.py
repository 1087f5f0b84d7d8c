"""Schemas of graphql-core itself: the same tables for it and for the compiled executor."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import GraphQLSchema, validate

from gateway.engine.prepared import Prepared
from tests.engine.compiled import Compiled
from tests.engine.documents import Written
from tests.engine.everything import everything
from tests.engine.landing import Landing
from tests.engine.resolvers import WORLD
from tests.engine.runs import Execute, Run, oracle, run
from tests.engine.trials import prepared
from tests.engine.verdict import differences, undisputed
from tests.engine.world import Call, Path

_GENERATED: Final = Compiled(hot=1)
_WAYS: Final[Sequence[Execute]] = (Compiled(), _GENERATED, _GENERATED)


@dataclass(slots=True)
class Plain:
    """One run over a schema whose resolvers stand in the test."""

    core: GraphQLSchema
    make: Callable[[], object]
    landing: Landing
    context: dict[str, object] = field(default_factory=lambda: {"who": "context"})
    calls: Counter[Call] = field(default_factory=Counter)
    batches: dict[object, asyncio.Future[Any]] = field(default_factory=dict)
    noted: Callable[[Call], None] | None = None

    @property
    def root(self) -> object:
        """Made when the run begins."""
        return self.make()

    def begin(self, prepared: Prepared, variables: Mapping[str, object]) -> None:
        """Nothing depends on the document."""

    def told(self) -> Iterable[tuple[Path, Call]]:
        """Nothing."""
        return ()

    async def aclose(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class PlainCase:
    """A document of a test.

    Args:
        core: The schema.
        prepared: The operation.
        variables: As a client sent them.
        root: Makes the root value anew, for what can be read only once.
    """

    core: GraphQLSchema
    prepared: Prepared
    variables: Mapping[str, Any]
    root: Callable[[], object]

    def ground(self, order: int) -> Plain:
        """For one run."""
        return Plain(self.core, self.root, Landing(order))


async def later(value: object) -> object:
    """A value, or an error, some turns of the loop later."""
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


def soon(value: object) -> Awaitable[object]:
    """The same, which has to be awaited."""
    landing: Landing = WORLD.get().landing
    return landing.keep(later(value))


async def agreed(
    core: GraphQLSchema,
    text: str,
    root: Callable[[], object] = lambda: None,
    variables: Mapping[str, Any] | None = None,
) -> Run:
    """What graphql-core answers; the compiled executor does so, too."""
    case = PlainCase(core, prepared(Written(text, {})), variables or {}, root)
    assert not validate(core, case.prepared.document), text
    expected = await run(case, oracle, 0)
    possible = None if undisputed(expected) else await everything(case, 0)
    for order, do in enumerate(_WAYS, 1):
        wrong = differences(expected, await run(case, do, order), possible)
        assert not wrong, "\n".join([text, *wrong])
    return expected


def said(seen: Run) -> list[tuple[Path, str]]:
    """Paths and messages of the errors, by path."""
    return sorted(((each.path, each.message) for each in seen.errors), key=str)
