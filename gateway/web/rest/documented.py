"""What OpenAPI tells of answers that are no success."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, TypeAlias

from fastapi import Security
from fastapi.security import HTTPBearer
from pydantic.alias_generators import to_camel

from gateway.web.rest.models.problem import Problem
from gateway.web.rest.models.requests import Request
from gateway.web.rest.rendering import PROBLEM_JSON

SIGNED_IN = [
    Security(
        HTTPBearer(auto_error=False, scheme_name="bearer", description="An API key, or a JWT.")
    )
]
"""For nobody who is nobody; whether the caller may is found out by the graph."""
Responses: TypeAlias = dict[int | str, dict[str, Any]]
EVERYWHERE: Final = (400, 401, 403, 406, 414, 429, 431, 500, 502, 503, 504)


def links(**operations: tuple[str, str]) -> dict[str, Any]:
    """How to go on from a success.

    Args:
        operations: By their names in Python, each with its path parameter and a JSON pointer into
            the body, to what that parameter is.
    """
    return {
        "links": {
            name: {"operationId": to_camel(name), "parameters": {wanted: f"$response.body#{where}"}}
            for name, (wanted, where) in operations.items()
        }
    }


TO_REQUEST: Final = links(
    show_request=("id", "/id"), decide_request=("id", "/id"), cancel_request=("id", "/id")
)
TO_MOVIE: Final = links(
    movie=("tmdb_id", "/nodes/0/tmdbId"), trailers=("tmdb_id", "/nodes/0/tmdbId")
)
STANDING: Final[Responses] = {
    200: {"model": Request, "description": "The caller had asked before.", **TO_REQUEST},
    201: {"description": "Made.", **TO_REQUEST},
    202: {"model": Request, "description": "Sent; whoever keeps requests has not said that it is."},
}


def problems(*statuses: int) -> Responses:
    """Responses of a route: its own problems, and those that any route may have."""
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_JSON: {"schema": schema}},
        }
        for status in sorted({*EVERYWHERE, *statuses})
    }
