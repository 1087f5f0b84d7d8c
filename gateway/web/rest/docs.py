"""``/api/docs``: OpenAPI's document for people, one page without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from gateway.web.rest.meanings import MEANINGS
from gateway.web.rest.openapi import OpenApi

_HERE: Final = files(__package__)


class DocsPage:
    """Writes the page when it is first asked for.

    Args:
        openapi: What it tells.
    """

    def __init__(self, openapi: OpenApi) -> None:
        self._openapi = openapi
        self._page = ""
        self._style = (_HERE / "docs.css").read_text(encoding="utf-8")

    async def __call__(self, _request: Request) -> Response:
        """Answer with it."""
        if not self._page:
            self._page = self._written()
        return Response(self._page, headers=self._headers(), media_type="text/html")

    def _written(self) -> str:
        environment = Environment(autoescape=True, trim_blocks=True)
        environment.filters |= {"model": _model, "kind": _kind, "failing": _failing}
        template = environment.from_string((_HERE / "docs.html").read_text(encoding="utf-8"))
        return template.render(
            document=self._openapi.document, meanings=MEANINGS, style=self._style
        )

    def _headers(self) -> Mapping[str, str]:
        """Nothing but its own style may be used by it, nothing may be loaded."""
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": policy,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }


def _model(told: Mapping[str, Any]) -> str:
    """The name of the model that a body is of."""
    for content in told.get("content", {}).values():
        return str(content["schema"]["$ref"]).rpartition("/")[2]
    return ""


def _failing(responses: Mapping[str, Any]) -> list[str]:
    return sorted(status for status, told in responses.items() if _model(told) == "Problem")


def _kind(schema: Mapping[str, Any]) -> str:
    """A type in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("format") or schema.get("type") or "anything")
