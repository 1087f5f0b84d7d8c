"""Runs one operation and gives back a GraphQL response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from typing import Any, Protocol, cast

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    execute,
)
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.engine.cost import Costs
from gateway.engine.documents import Documents
from gateway.engine.limits import Limits
from gateway.engine.plan.plans import new_shelf, plans_of
from gateway.engine.prepared import Prepared
from gateway.engine.presentation import of_field, of_gateway, of_request
from gateway.engine.subscribe import Subscribed, source_of
from gateway.errors import GatewayError, LimitError


class Context(Protocol):
    """What the engine reads of an operation's context when it has run."""

    partial: list[tuple[GatewayError, list[str | int]]]

    def begin(
        self, schema: GraphQLSchema, prepared: Prepared, variables: Mapping[str, object]
    ) -> None:
        """Hear what is about to run; ``variables`` are coerced."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A GraphQL response.

    Args:
        body: ``data`` and ``errors``.
        executed: Whether any resolver ran.
        forbidden: A change was asked for where only reading is allowed.
    """

    body: Mapping[str, object]
    executed: bool
    forbidden: bool = False


class Engine:
    """Executes operations over one schema.

    Args:
        schema: Of graphql-core, as Strawberry built it.
        limits: What operations may be.

    Attributes:
        costs: Reckons operations before they run.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self.costs = Costs(schema, limits)
        self._documents = Documents(schema, limits)
        self._plans = new_shelf()

    def prepare(self, query: str, name: str | None = None) -> Prepared | Outcome:
        """The operation that a call means, or why it is refused; remembered."""
        document = self._documents.read(query)
        if document.node is None:
            return _refused(document.errors, "GRAPHQL_VALIDATION_FAILED")
        prepared = document.prepared(name)
        if prepared is None:
            return _refused([_unresolved(name)], "OPERATION_RESOLUTION_FAILURE")
        return prepared

    def known(self, query: str, name: str | None = None) -> Prepared | None:
        """The operation of a call like many before."""
        document = self._documents.known(query)
        return None if document is None else document.prepared(name)

    async def run(
        self,
        prepared: Prepared,
        variables: Mapping[str, object],
        context: Context,
        *,
        read_only: bool = False,
    ) -> Outcome:
        """Check the variables, execute and present.

        Never raises for anything that a client or an upstream does.

        Args:
            prepared: Made by ``prepare``.
            variables: As the client sent them.
            context: Of this operation.
            read_only: Over GET, where nothing may change.
        """
        if prepared.kind is not OperationType.QUERY:
            refused = _unserved(prepared.kind, read_only=read_only)
            if refused is not None:
                return refused
        values = self._checked(prepared, variables)
        if isinstance(values, Outcome):
            return values
        context.begin(self._schema, prepared, values.coerced)
        return await self._told(prepared, values, dict(variables), None, context)

    async def subscribe(
        self, prepared: Prepared, variables: Mapping[str, object], context: Context
    ) -> Subscribed | Outcome:
        """Check as ``run`` does, and begin a subscription.

        Never raises for anything that a client or an upstream does.

        Args:
            prepared: Made by ``prepare``; a subscription.
            variables: As the client sent them.
            context: Of the subscription; each of its events is told with another.
        """
        values = self._checked(prepared, variables)
        if isinstance(values, Outcome):
            return values
        given = dict(variables)
        context.begin(self._schema, prepared, values.coerced)
        events = await source_of(self._schema, prepared, given, context)
        if isinstance(events, Sequence):
            return Outcome({"errors": [of_field(each) for each in events]}, executed=False)
        return Subscribed(events, partial(self._event, prepared, values, given))

    async def _event(
        self,
        prepared: Prepared,
        values: VariableValues,
        given: dict[str, object],
        event: object,
        context: Context,
    ) -> Outcome:
        context.begin(self._schema, prepared, values.coerced)
        return await self._told(prepared, values, given, event, context)

    def _checked(
        self, prepared: Prepared, variables: Mapping[str, object]
    ) -> VariableValues | Outcome:
        try:
            self.costs.check(prepared, variables)
        except LimitError as exc:
            return _refused([exc], exc.code)
        definitions = prepared.operation.variable_definitions or ()
        values = get_variable_values(self._schema, definitions, dict(variables), max_errors=20)
        if isinstance(values, VariableValues):
            return values
        return _refused(values, "BAD_USER_INPUT")

    async def _told(
        self,
        prepared: Prepared,
        values: VariableValues,
        given: dict[str, object],
        root: object,
        context: Context,
    ) -> Outcome:
        plan = plans_of(self._schema, prepared, self._plans).of(values)
        if plan is not None:
            return _presented(await plan.run(context, values, root), context)
        return _presented(await self._execute(prepared, given, root, context), context)

    async def _execute(
        self, prepared: Prepared, given: dict[str, object], root: object, context: Context
    ) -> ExecutionResult:
        name = prepared.operation.name
        result = execute(
            self._schema,
            prepared.document,
            root_value=root,
            context_value=context,
            variable_values=given,
            operation_name=None if name is None else name.value,
        )
        found: Any = await result if isawaitable(result) else result
        return cast("ExecutionResult", found)


def _unresolved(name: str | None) -> GraphQLError:
    return GraphQLError(
        "The document has several operations: say which by `operationName`."
        if name is None
        else "The document has no operation of that name."
    )


def _unserved(kind: OperationType, *, read_only: bool) -> Outcome | None:
    """Refuse what may not be sent so, or not here."""
    if read_only:
        refused = _refused([GraphQLError("Only queries may be sent by GET.")], "BAD_REQUEST")
        return Outcome(refused.body, executed=False, forbidden=True)
    if kind is OperationType.SUBSCRIPTION:
        return _refused([GraphQLError("Subscriptions are not served here.")], "BAD_REQUEST")
    return None


def _refused(errors: Sequence[GraphQLError | GatewayError], code: str) -> Outcome:
    return Outcome({"errors": [of_request(each, code) for each in errors]}, executed=False)


def _presented(result: ExecutionResult, context: Context) -> Outcome:
    errors = [of_field(each) for each in result.errors or ()]
    errors += [of_gateway(error, path) for error, path in context.partial]
    body: dict[str, object] = {"data": result.data}
    return Outcome({"errors": errors, **body} if errors else body, executed=True)
