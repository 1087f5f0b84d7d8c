"""All that could go wrong in an operation, and all that could be called.

An executor need not find each error below a position that is null already,
nor go on with what stands there. This run does: graphql-core without error
propagation, which notes what is called where.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    NameNode,
    OperationDefinitionNode,
    execute,
)
from graphql.execution import Executor

from gateway.engine.prepared import Prepared
from tests.engine.runs import Case, Fault, Ground, run
from tests.engine.world import Call, Path

_AT: ContextVar[Path] = ContextVar("_AT")
_KEEP_GOING = DirectiveNode(name=NameNode(value="experimental_disableErrorPropagation"))


@dataclass(slots=True)
class Everything:
    """What an executor may find, and what it may call."""

    errors: dict[Path, Fault] = field(default_factory=dict)
    calls: dict[Path, Counter[Call]] = field(default_factory=lambda: defaultdict(Counter))
    types: dict[Path, GraphQLOutputType] = field(default_factory=dict)

    def target(self, path: Path) -> Path:
        """The position that becomes null when the one at ``path`` fails."""
        for end in range(len(path), 0, -1):
            if not isinstance(self._type(path[:end]), GraphQLNonNull):
                return path[:end]
        return ()

    def _type(self, path: Path) -> GraphQLOutputType:
        at = max(place for place, key in enumerate(path) if isinstance(key, str)) + 1
        found: Any = self.types[path[:at]]
        for _ in path[at:]:
            inner = found.of_type if isinstance(found, GraphQLNonNull) else found
            assert isinstance(inner, GraphQLList)
            found = inner.of_type
        kind: GraphQLOutputType = found
        return kind


class _Noting(Executor[Any]):
    def __init__(self, *given: Any, noted: Everything, **named: Any) -> None:  # noqa: ANN401 - graphql-core's own
        super().__init__(*given, **named)
        self._noted = noted

    def execute_field(self, *given: Any) -> Any:  # noqa: ANN401 - ditto
        parent_type, _, details, path, _ = given
        at = tuple(path.as_list())
        definition = self.schema.get_field(parent_type, details[0].node.name.value)
        if definition is not None:
            self._noted.types[at] = definition.type
        _AT.set(at)
        found = super().execute_field(*given)
        return _placed(at, found) if self.is_awaitable(found) else found


async def _placed(at: Path, found: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever it is
    _AT.set(at)
    return await found


async def everything(case: Case, order: int) -> Everything:
    """Run without error propagation."""
    noted = Everything()
    seen = await run(case, partial(_keep_going, noted), order)
    for path, call in seen.told:
        noted.calls[path][call] += 1
    noted.errors = {each.path: each for each in seen.errors}
    assert len(noted.errors) == len(seen.errors)
    return noted


async def _keep_going(
    noted: Everything, prepared: Prepared, variables: dict[str, Any], world: Ground
) -> ExecutionResult:
    operation = prepared.operation
    going = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=(*(operation.directives or ()), _KEEP_GOING),
        selection_set=operation.selection_set,
        loc=operation.loc,
    )
    others = [each for each in prepared.document.definitions if each is not operation]
    world.noted = lambda call: noted.calls[_AT.get()].update([call])
    found: Any = execute(
        world.core,
        DocumentNode(definitions=(going, *others)),
        root_value=world.root,
        context_value=world.context,
        variable_values=variables,
        operation_name=operation.name and operation.name.value,
        executor_class=_Noting,
        noted=noted,
    )
    done: ExecutionResult = await found if isawaitable(found) else found
    return done
