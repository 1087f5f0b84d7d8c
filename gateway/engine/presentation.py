"""Errors as clients see them: a code on each, nothing of our inside in any."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from graphql import GraphQLError, GraphQLSyntaxError

from gateway.errors import GatewayError

log = logging.getLogger(__name__)

MASKED = "Something went wrong on our side; it was logged."


def of_request(error: GraphQLError | GatewayError, code: str) -> dict[str, object]:
    """An error of the document or its variables, before anything ran."""
    if isinstance(error, GatewayError):
        return of_gateway(error, None)
    found = dict(error.formatted)
    syntax = isinstance(error, GraphQLSyntaxError)
    found["extensions"] = {"code": "GRAPHQL_PARSE_FAILED" if syntax else code}
    return found


def of_gateway(error: GatewayError, path: Sequence[str | int] | None) -> dict[str, object]:
    """An error of ours, whose message is written for clients."""
    found: dict[str, object] = {"message": str(error)}
    if path is not None:
        found["path"] = list(path)
    return {**found, "extensions": error.extensions}


def of_field(error: GraphQLError) -> dict[str, object]:
    """An error of a resolver: ours as it is, the executor's own with a code, others masked."""
    found = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, GatewayError):
        return {**found, "message": str(cause), "extensions": cause.extensions}
    if cause is None or isinstance(cause, GraphQLError):
        return {**found, "extensions": {"code": "BAD_USER_INPUT"}}
    log.error("unplanned error in a resolver", exc_info=cause, extra={"path": error.path})
    return {**found, "message": MASKED, "extensions": {"code": GatewayError.code}}
