"""Everything that goes wrong, as a resource."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from gateway.edge.graphql.refusal import RefusedError
from gateway.web.rest.meanings import type_of
from gateway.web.rest.models.problem import Problem, WrongPart
from gateway.web.rest.resource import Kind, Resource
from gateway.web.rest.statuses import of_code

RETRY_AFTER_S: Final = 5
"""Where nobody knows when an upstream is back."""
_CHALLENGE: Final = 'Bearer realm="marquee"'
_NAMING: Final = frozenset({"after", "id"})
"""Arguments that name something: one that the graph never gave out names nothing."""


class ProblemError(Exception):
    """Ends a visit with a problem.

    Args:
        resource: It.
    """

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource.kind)
        self.resource = resource


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[WrongPart] = (),
    more: Mapping[str, Any] | None = None,
) -> Resource:
    """Make one; challenges and waits that belong to its status are added.

    Args:
        status: Of the answer.
        code: For programs.
        detail: For people.
        headers: By lower-case name.
        errors: The parts of the request that are at fault.
        more: Members of ours, under the graph's names.
    """
    members = dict(more or {})
    found = {"cache-control": "no-store", **(headers or {})}
    if status == HTTPStatus.UNAUTHORIZED:
        found.setdefault("www-authenticate", _CHALLENGE)
    wait_ms = members.get("retryAfterMs")
    if wait_ms is not None:
        found.setdefault("retry-after", str(math.ceil(wait_ms / 1000)))
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        found.setdefault("retry-after", str(RETRY_AFTER_S))
    model = Problem.model_validate(
        {
            "type": type_of(code),
            "title": code.replace("_", " ").capitalize(),
            "status": int(status),
            "detail": detail,
            "code": code,
            "errors": list(errors) or None,
            **members,
        }
    )
    return Resource(kind=Kind.PROBLEM, model=model, status=status, headers=found)


def of_refusal(refused: RefusedError) -> Resource:
    """What the edge refused."""
    told = refused.extensions
    names: tuple[str, ...] = ("retryable", "retryAfterMs")
    more = {name: told[name] for name in names if name in told}
    headers = {name.lower(): value for name, value in refused.headers.items()}
    return problem(refused.status, refused.code.value, refused.message, headers=headers, more=more)


def of_error(error: Mapping[str, Any], headers: Mapping[str, str], *, ids: str = "id") -> Resource:
    """An error of the graph that leaves nothing to show.

    Args:
        error: As the graph tells it.
        headers: Of the operation.
        ids: The parameter in which ids were sent.
    """
    told: Mapping[str, Any] = error.get("extensions") or {}
    code = str(told.get("code", "INTERNAL_SERVER_ERROR"))
    status = of_code(code, upstream="upstream" in told, retryable=bool(told.get("retryable")))
    argument = told.get("argument")
    if argument in _NAMING:
        status = HTTPStatus.NOT_FOUND
    names = ("upstream", "retryable", "retryAfterMs")
    more = {name: told[name] for name in names if name in told}
    detail = str(error.get("message", ""))
    name = ids if argument == "id" else str(argument).removeprefix("filter.")
    errors = [WrongPart(detail=detail, parameter=name)] if argument else ()
    kept = {name: value for name, value in headers.items() if name.startswith("ratelimit")}
    return problem(status, code, detail, headers=kept, errors=errors, more=more)


def not_found(detail: str) -> Resource:
    """Nothing is at this address."""
    return problem(HTTPStatus.NOT_FOUND, "NOT_FOUND", detail)


def another() -> Resource:
    """What is here is not what ``If-Match`` asks for."""
    detail = "What is here is not what `If-Match` asks for."
    return problem(HTTPStatus.PRECONDITION_FAILED, "PRECONDITION_FAILED", detail)


def masked() -> Resource:
    """Something of ours went wrong; it was logged."""
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "Internal server error."
    )
