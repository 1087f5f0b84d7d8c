"""Settings: ``GATEWAY_*``, the base of each upstream's, and how an environment becomes them."""

from gateway.settings.environment import EnvSettings, Variable, present
from gateway.settings.gateway import GatewaySettings
from gateway.settings.resolve import misspelt, resolve_upstreams
from gateway.settings.upstream import UpstreamSettings, UpstreamUrl

__all__ = [
    "EnvSettings",
    "GatewaySettings",
    "UpstreamSettings",
    "UpstreamUrl",
    "Variable",
    "misspelt",
    "present",
    "resolve_upstreams",
]
