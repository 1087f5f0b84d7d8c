"""The graph as REST: the same operations, one resource per address, any media type."""

from __future__ import annotations

from gateway.web.rest.api import Below, rest_app
from gateway.web.rest.json_rendering import render_json
from gateway.web.rest.operations import Operations, load_texts
from gateway.web.rest.rendering import Rendered, Renderer, Renderers
from gateway.web.rest.resource import Kind, Resource
from gateway.web.rest.visit import Adapted, Adapter, Desk, Visit

__all__ = [
    "Adapted",
    "Adapter",
    "Below",
    "Desk",
    "Kind",
    "Operations",
    "Rendered",
    "Renderer",
    "Renderers",
    "Resource",
    "Visit",
    "load_texts",
    "render_json",
    "rest_app",
]
