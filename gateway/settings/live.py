"""``GATEWAY_*`` variables about connections that last."""

from __future__ import annotations

from pydantic import Field

from gateway.settings.environment import EnvSettings


class LiveSettings(EnvSettings):
    """How many there may be, and how much they may ask for at once."""

    max_connections: int = Field(
        default=2000,
        ge=1,
        le=100_000,
        description="Most WebSockets and streams of events at once in a worker.",
        examples=["2000"],
    )
    max_connections_per_address: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="Ditto, of one client's address. Behind a proxy, name it in "
        "`GATEWAY_TRUSTED_PROXIES`, or all its clients are one.",
        examples=["200"],
    )
    max_subscriptions: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="Most subscriptions at once of one address, and of one known caller, in a "
        "worker.",
        examples=["200"],
    )
    max_socket_operations: int = Field(
        default=50,
        ge=1,
        le=10_000,
        description="Most operations at once over one WebSocket, subscriptions included.",
        examples=["50"],
    )
