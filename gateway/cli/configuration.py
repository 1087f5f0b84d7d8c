"""What the environment says, read once per command; a wrong setting ends it with one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import click

from gateway.errors import ConfigError
from gateway.settings import (
    EnvSettings,
    GatewaySettings,
    UpstreamSettings,
    misspelt,
    resolve_upstreams,
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings of one start."""

    gateway: GatewaySettings
    upstreams: Mapping[str, UpstreamSettings]

    @property
    def sandboxed(self) -> dict[str, UpstreamSettings]:
        """Upstreams that the sandbox is to play."""
        return {name: each for name, each in self.upstreams.items() if each.sandboxed}

    @property
    def is_all_sandbox(self) -> bool:
        """Whether nothing real is asked."""
        return bool(self.sandboxed) and all(
            each.sandboxed for each in self.upstreams.values() if each.enabled
        )


def upstream_classes() -> dict[str, type[UpstreamSettings]]:
    """Each registered upstream's settings class, in the order of the registry."""
    from gateway.registry import load_subgraphs  # noqa: PLC0415 -- --help need not load the graph

    return {subgraph.name: subgraph.settings for subgraph in load_subgraphs()}


def configure(environ: Mapping[str, str]) -> Configuration:
    """Read every setting, warning of names that look misspelt.

    Raises:
        click.ClickException: A setting is wrong; the message names it.
    """
    classes = upstream_classes()
    known: list[type[EnvSettings]] = [GatewaySettings, *classes.values()]
    for warning in misspelt(environ, known):
        click.echo(f"warning: {warning}", err=True)
    try:
        return Configuration(
            GatewaySettings.from_environ(environ), resolve_upstreams(classes, environ)
        )
    except ConfigError as exc:
        raise click.ClickException(str(exc)) from exc
