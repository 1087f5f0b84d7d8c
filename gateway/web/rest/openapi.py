"""The routes' description, as OpenAPI has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.web.rest.answering import etag, tags_of
from gateway.web.rest.models.problem import Problem

PATH: Final = "/api/openapi.json"
_COMPONENTS: Final = "#/components/schemas/{model}"
_FASTAPIS: Final = ("HTTPValidationError", "ValidationError")
"""What FastAPI would answer with, where ours are problems."""
_HEADERS: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


class OpenApi:
    """FastAPI's document, with problems in the place of its own errors.

    Args:
        app: The routes.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._document: dict[str, Any] = {}

    @property
    def document(self) -> Mapping[str, Any]:
        """Made when it is first asked for."""
        if not self._document:
            self._document = _with_problems(self._app.openapi())
        return self._document

    async def __call__(self, request: Request) -> Response:
        """Answer with it, or with 304 for a client that has it."""
        prefix = request.scope.get("root_path", "").rstrip("/")
        servers = {"servers": [{"url": prefix}]} if prefix else {}
        body = orjson.dumps({**self.document, **servers})
        headers = {**_HEADERS, "ETag": etag(body)}
        had = tags_of(request.headers.get("if-none-match", "").encode("latin-1")) or ()
        if headers["ETag"] in {each.removeprefix("W/") for each in had}:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")


def _with_problems(made: Mapping[str, Any]) -> dict[str, Any]:
    schemas = {**made["components"]["schemas"]}
    for name in _FASTAPIS:
        schemas.pop(name, None)
    found = Problem.model_json_schema(ref_template=_COMPONENTS)
    schemas |= found.pop("$defs", {}) | {Problem.__name__: found}
    paths = {path: _told(operations) for path, operations in made["paths"].items()}
    return {**made, "paths": paths, "components": {**made["components"], "schemas": schemas}}


def _told(operations: Mapping[str, Any]) -> dict[str, Any]:
    """The operations of a path, without FastAPI's own 422 where a route has none."""
    return {
        method: {
            **operation,
            "parameters": [_sendable(each) for each in operation.get("parameters", ())],
            "responses": {
                status: told
                for status, told in operation["responses"].items()
                if _FASTAPIS[0] not in str(told.get("content", ""))
            },
        }
        for method, operation in operations.items()
    }


def _sendable(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter is sent or not: nobody can write null into a query string."""
    schema = parameter["schema"]
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(kinds) != 1:
        return dict(parameter)
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**parameter, "schema": {**rest, **kinds[0]}}
