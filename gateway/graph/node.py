"""Relay's ``Node``: whatever can be fetched again by its id alone."""

from __future__ import annotations

import strawberry

from gateway.graph.access import ANYBODY


@strawberry.interface(description="An object that can be fetched again by its id alone (Relay).")
class Node:
    """Relay's object identification."""

    @strawberry.field(
        description="Opaque global id; keep it as it is, its inside may change with its version.",
        metadata=ANYBODY.declared,
    )
    def id(self) -> strawberry.ID:
        """Written only where it is asked for."""
        return strawberry.ID(self.global_id())

    def global_id(self) -> str:
        """Name this object for clients."""
        raise NotImplementedError
