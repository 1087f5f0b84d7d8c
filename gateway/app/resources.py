"""Joins the REST routes to the pipeline of ``/graphql``."""

from __future__ import annotations

from starlette.types import ASGIApp

from gateway.app.process import Gateway
from gateway.edge.addresses import Addresses
from gateway.edge.graphql.negotiation import JSON
from gateway.edge.graphql.pipeline import Pipeline
from gateway.settings import GatewaySettings
from gateway.web.rest import Desk, Operations, Renderers, load_texts, render_json, rest_app


def resources(
    gateway: Gateway, pipeline: Pipeline, addresses: Addresses, settings: GatewaySettings
) -> ASGIApp:
    """The app below ``/api``."""
    desk = Desk(
        operations=Operations(gateway, pipeline, load_texts()),
        renderers=Renderers({JSON: render_json}),
        identity=gateway.identity,
        addresses=addresses,
        deadline_s=settings.deadline_s,
        max_body_bytes=settings.max_body_bytes,
    )
    return rest_app(desk)
