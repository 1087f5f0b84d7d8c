"""Resources as JSON, problems as RFC 9457 has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.edge.graphql.negotiation import JSON
from gateway.web.rest.rendering import PROBLEM_JSON, Rendered
from gateway.web.rest.resource import Kind

if TYPE_CHECKING:
    from gateway.web.rest.resource import Resource
    from gateway.web.rest.visit import Visit

CONTENT_TYPE: Final = f"{JSON}; charset=utf-8"


async def render_json(resource: Resource, _visit: Visit) -> Rendered:
    """Write one; what a problem does not say is left out, elsewhere it is null."""
    is_problem = resource.kind is Kind.PROBLEM
    body = resource.model.model_dump_json(by_alias=True, exclude_none=is_problem).encode()
    return Rendered(body=body, content_type=PROBLEM_JSON if is_problem else CONTENT_TYPE)
