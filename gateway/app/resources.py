"""Joins the REST routes, and the pages over them, to the pipeline of ``/graphql``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from gateway.app.callers import offered
from gateway.app.process import Gateway
from gateway.edge.addresses import Addresses
from gateway.edge.graphql.negotiation import HTML, JSON
from gateway.edge.graphql.pipeline import Pipeline
from gateway.registry import load_subgraphs
from gateway.settings import GatewaySettings
from gateway.web.bundle import Bundle
from gateway.web.rest import (
    Below,
    Desk,
    Operations,
    Renderers,
    load_texts,
    render_json,
    rest_app,
)
from gateway.web.site import Site, load_page_texts


def resources(
    gateway: Gateway,
    pipeline: Pipeline,
    addresses: Addresses,
    settings: GatewaySettings,
    stats: Callable[[], Mapping[str, int]],
) -> list[BaseRoute]:
    """What is below ``/api``, the pages, and at the end whatever else is asked for."""
    site = Site(
        identity=gateway.identity,
        pictures=_pictures(gateway),
        stats=stats,
        offered=offered(settings),
        bundle=Bundle.load(),
    )
    desk = Desk(
        operations=Operations(gateway.executor, pipeline, {**load_texts(), **load_page_texts()}),
        renderers=Renderers({JSON: render_json, HTML: site.renderer}, vary=site.vary),
        identity=gateway.identity,
        addresses=addresses,
        deadline_s=settings.deadline_s,
        max_body_bytes=settings.max_body_bytes,
        adapters=site.adapters,
    )
    api = rest_app(desk)
    return [Below("/api/", api), *site.routes(desk, api), site.nowhere(desk)]


def _pictures(gateway: Gateway) -> Callable[[], Sequence[str]]:
    """Origins of pictures, as far as upstreams have told by now."""

    def origins() -> Sequence[str]:
        found: dict[str, None] = {}
        for each in load_subgraphs():
            client = gateway.runtime.upstreams[each.name].client
            for url in () if client is None else each.pictures(client):
                parts = urlsplit(url)
                found[f"{parts.scheme}://{parts.netloc}"] = None
        return tuple(found)

    return origins
