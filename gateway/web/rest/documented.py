"""What OpenAPI tells of answers that are no success."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Security
from fastapi.security import HTTPBearer

from gateway.web.rest.models.problem import Problem
from gateway.web.rest.models.requests import Request
from gateway.web.rest.rendering import PROBLEM_JSON

SIGNED_IN = [
    Security(
        HTTPBearer(auto_error=False, scheme_name="bearer", description="An API key, or a JWT.")
    )
]
"""Told only: whoever may is found out by the graph."""
STANDING: dict[int | str, dict[str, Any]] = {
    200: {"model": Request, "description": "The caller had asked before."},
    202: {"model": Request, "description": "Sent; whoever keeps requests has not said that it is."},
}
EVERYWHERE = (400, 401, 403, 406, 414, 429, 431, 500, 502, 503, 504)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses of a route: its own problems, and those that any route may have."""
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_JSON: {"schema": schema}},
        }
        for status in sorted({*EVERYWHERE, *statuses})
    }
