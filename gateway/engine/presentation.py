"""Errors as clients see them: a code on each, nothing of our inside in any."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from typing import Final

from graphql import GraphQLError, GraphQLSyntaxError

from gateway.errors import GatewayError

log = logging.getLogger(__name__)

MASKED = "Something went wrong on our side; it was logged."
LONGEST: Final = 300
"""Characters of a message; longer ones repeat what the client sent."""
_END: Final = 80


def of_request(error: GraphQLError | GatewayError, code: str) -> dict[str, object]:
    """An error of the document or its variables, before anything ran."""
    if isinstance(error, GatewayError):
        return of_gateway(error, None)
    found = {**error.formatted, "message": _message(error)}
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
        return {**found, "message": _message(error), "extensions": {"code": "BAD_USER_INPUT"}}
    log.error("unplanned error in a resolver", exc_info=cause, extra={"path": error.path})
    return {**found, "message": MASKED, "extensions": {"code": GatewayError.code}}


def of_unplanned(error: Exception) -> dict[str, object]:
    """What ended a subscription's source: ours as it is, others masked."""
    if isinstance(error, GatewayError):
        return of_gateway(error, None)
    log.error("unplanned error in a subscription's source", exc_info=error)
    return {"message": MASKED, "extensions": {"code": GatewayError.code}}


def _message(error: GraphQLError) -> str:
    """What the library says, without the interpreter's words and without pages of input."""
    text, cause = error.message, error.original_error
    if cause is not None and not isinstance(cause, GraphQLError) and not _is_ours(cause):
        text = text.replace(f", but encountered error '{cause}'", "")
        if str(cause) in text:
            return MASKED
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - _END - 3]} … {text[-_END:]}"


def _is_ours(cause: BaseException) -> bool:
    """Whether a scalar of ours raised it, in words that are meant for clients."""
    frames = [frame for frame, _ in traceback.walk_tb(cause.__traceback__)]
    return bool(frames) and frames[-1].f_globals.get("__name__", "").startswith("gateway.")
