"""Joins settings, sockets and schema; its lifespan opens and closes every socket."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from gateway.app.callers import offered
from gateway.app.process import Gateway
from gateway.app.resources import resources
from gateway.edge import Drain, Edge, Gate
from gateway.edge.addresses import Addresses
from gateway.edge.graphql.endpoint import GraphQLEndpoint
from gateway.edge.graphql.intake import Intake
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Identities
from gateway.edge.live.doors import Doors
from gateway.edge.live.events import Streams
from gateway.edge.live.messages import ENVELOPE_BYTES
from gateway.edge.live.origins import PageOrigins
from gateway.edge.live.room import Room, RoomLimits
from gateway.registry import load_subgraphs
from gateway.schema import print_sdl
from gateway.settings import GatewaySettings, resolve_upstreams
from gateway.telemetry import setup_logging
from gateway.web import routes
from gateway.web.admin import admin_routes
from gateway.web.hosts import TrustedHosts
from gateway.web.origins import Origins
from gateway.web.site import changes
from gateway.web.webhooks import webhook_routes

__all__ = ["Gateway", "app_from_env", "create_app"]


def _spare_collections() -> None:
    """Collect garbage less often: a cache of parsed values is a large heap without any.

    With Python's own thresholds a burst of cold pages took more than twice as long. What is left
    to collect is little, since plans and validators are taken apart: mostly tracebacks of failures.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


def create_app(settings: GatewaySettings, gateway: Gateway) -> ASGIApp:
    """Make the ASGI app around a gateway; its lifespan starts and closes it.

    The lifespan's state holds ``drain``, for the server to begin when it is told to stop.
    """
    drain = Drain(gateway.ready, lasts_s=settings.drain_s)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Drain]]:
        await gateway.start()
        _spare_collections()
        try:
            yield {"drain": drain}
        finally:
            await gateway.aclose()

    app = FastAPI(title="Marquee", lifespan=lifespan, openapi_url=None, docs_url=None)
    app.router.redirect_slashes = False  # its redirects lead to whatever the Host header says
    app.router.routes.extend(
        routes(
            sdl=print_sdl(),
            ready=drain.ready,
            graphiql=settings.graphiql,
            trusted_only=settings.trusted_only,
            offered=offered(settings),
        )
    )
    token = settings.admin_token.get_secret_value() if settings.admin_token else None
    answers = gateway.answers()
    app.router.routes.extend(
        admin_routes(
            gateway.cache,
            answers,
            token=token,
            identity=gateway.identity,
            shared=gateway.shares,
        )
    )
    app.router.routes.extend(webhook_routes(gateway.hearings()))
    pipeline = Pipeline(
        gateway.executor,
        Gate(most=settings.max_operations),
        gateway.documents({changes.DOCUMENT_ID: changes.TEXT}),
        answers=answers,
        clients=gateway.clients,
        subscriptions=gateway.executor,
    )
    addresses = Addresses(settings.trusted_proxies)
    app.router.routes.extend(
        resources(
            gateway,
            pipeline,
            addresses,
            settings,
            stats=lambda: {**gateway.cache.stats(), **answers.stats()},
        )
    )
    sockets = _sockets(settings, pipeline, gateway.identity, addresses, drain)
    graphql = GraphQLEndpoint(
        intake=Intake(max_body_bytes=settings.max_body_bytes, max_batch=settings.max_batch),
        pipeline=pipeline,
        drain=drain,
        page=app if settings.graphiql else None,
        deadline_s=settings.deadline_s,
        addresses=addresses,
        hot=answers.hot,
        identity=gateway.identity,
        streams=Streams(sockets.room, sockets.origins),
    )
    return _open_to(Edge(app, graphql, drain, sockets=sockets), settings)


def _sockets(
    settings: GatewaySettings,
    pipeline: Pipeline,
    identity: Identities,
    addresses: Addresses,
    drain: Drain,
) -> Doors:
    limits = RoomLimits(
        connections=settings.max_connections,
        per_address=settings.max_connections_per_address,
        subscriptions=settings.max_subscriptions,
        operations=settings.max_socket_operations,
    )
    return Doors(
        pipeline=pipeline,
        identity=identity,
        room=Room(limits, drain, identity),
        origins=PageOrigins(settings.cors_origins),
        addresses=addresses,
        deadline_s=settings.deadline_s,
        max_message_bytes=settings.max_body_bytes + ENVELOPE_BYTES,
    )


def _open_to(app: ASGIApp, settings: GatewaySettings) -> ASGIApp:
    """Let in what comes from allowed origins and for allowed hosts, around all other layers."""
    if settings.cors_origins:
        app = Origins(app, settings.cors_origins)
    if settings.trusted_hosts:
        app = TrustedHosts(app, settings.trusted_hosts)
    return app


def app_from_env() -> ASGIApp:
    """Make the app from environment variables: what each worker of ``gateway serve`` runs.

    Raises:
        ConfigError: A setting is wrong; the message names it.
    """
    settings = GatewaySettings.from_environ(os.environ)
    setup_logging(settings.log_level, json=settings.log_format == "json")
    classes = {each.name: each.settings for each in load_subgraphs()}
    upstreams = resolve_upstreams(classes, os.environ)
    return create_app(settings, Gateway(settings, upstreams))
