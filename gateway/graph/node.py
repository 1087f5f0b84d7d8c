"""Relay's ``Node``: whatever can be fetched again by its id alone."""

from __future__ import annotations

import strawberry


@strawberry.interface(description="An object that can be fetched again by its id alone (Relay).")
class Node:
    """Relay's object identification."""

    id: strawberry.ID = strawberry.field(
        description="Opaque global id; keep it as it is, its inside may change with its version."
    )
