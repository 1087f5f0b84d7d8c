"""Runs one operation and gives back a GraphQL response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.engine.amount import check_amount
from gateway.engine.documents import Documents
from gateway.engine.limits import Limits
from gateway.engine.presentation import of_field, of_gateway, of_request
from gateway.errors import GatewayError, QueryRejectedError


class Context(Protocol):
    """What the engine reads of an operation's context when it has run."""

    partial: list[tuple[GatewayError, list[str | int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation as a client sent it."""

    query: str
    variables: Mapping[str, object]
    name: str | None = None
    read_only: bool = False  # over GET, where nothing may change


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
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._documents = Documents(schema, limits)

    async def run(self, operation: Operation, context: Context) -> Outcome:
        """Check, execute and present.

        Never raises for anything that a client or an upstream does.
        """
        document = self._documents.read(operation.query)
        if document.node is None:
            return _refused(document.errors, "GRAPHQL_VALIDATION_FAILED")
        wanted = document.operation(operation.name)
        if wanted is None:
            return _refused([_unresolved(operation.name)], "OPERATION_RESOLUTION_FAILURE")
        if wanted.operation is not OperationType.QUERY:
            refused = _unserved(wanted.operation, read_only=operation.read_only)
            if refused is not None:
                return refused
        return await self._execute(document.node, wanted, operation, context)

    async def _execute(
        self,
        document: DocumentNode,
        wanted: OperationDefinitionNode,
        operation: Operation,
        context: Context,
    ) -> Outcome:
        given = dict(operation.variables)
        definitions = wanted.variable_definitions or ()
        variables = get_variable_values(self._schema, definitions, given, max_errors=20)
        if not isinstance(variables, VariableValues):
            return _refused(variables, "BAD_USER_INPUT")
        most = self._limits.max_objects
        try:
            check_amount(self._schema, document, wanted, variables.coerced, most=most)
        except QueryRejectedError as exc:
            return _refused([exc], exc.code)
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=given,
            operation_name=operation.name,
        )
        found: Any = await result if isawaitable(result) else result
        return _presented(found, context)


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
