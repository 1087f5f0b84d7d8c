"""The request: a person's wish for a film, and how far it got."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import strawberry

from gateway.domain import request as domain
from gateway.graph.cache_control import inheriting, lasting
from gateway.graph.ids import global_id
from gateway.graph.node import Node

MOVES = timedelta(seconds=30)
"""How long what somebody may decide or fetch at any moment is kept."""


@strawberry.type(
    description="A person who may ask for films.",
    directives=[inheriting()],
)
class User:
    """A person; nothing private of theirs is in the graph."""

    id: strawberry.ID = strawberry.field(description="Opaque id, for filters.")
    display_name: str = strawberry.field(description="Name to show; never an e-mail address.")

    @classmethod
    def of(cls, model: domain.User) -> Self:
        """Show a person in the graph."""
        return cls(
            id=strawberry.ID(global_id("User", model.user_id)), display_name=model.display_name
        )


@strawberry.type(
    name="Request",
    description="A person's wish for a film, on one track.",
    directives=[lasting(MOVES)],
)
class MediaRequest(Node):
    """A media request; the bare word means HTTP elsewhere in the code."""

    model: strawberry.Private[domain.MediaRequest]

    tmdb_id: int = strawberry.field(
        description="TMDB's id of the film; there even when TMDB is not."
    )
    status: domain.RequestStatus = strawberry.field(
        description="What was decided.",
        directives=[lasting(MOVES)],
    )
    availability: domain.Availability | None = strawberry.field(
        description="How far the film got on this track.",
        directives=[lasting(MOVES)],
    )
    is_4k: bool = strawberry.field(
        name="is4k", description="Whether it asks for the 4K track; HD and 4K are separate wishes."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(
        description="When it last changed, as far as the store tells: Seerr 3.1 never moves it.",
        directives=[lasting(MOVES)],
    )
    requested_by: User | None = strawberry.field(
        description="Who asked; null where that account is gone.",
        directives=[lasting(MOVES)],
    )
    decided_by: User | None = strawberry.field(
        description="Who approved or declined; null while nobody has.",
        directives=[lasting(MOVES)],
    )

    def global_id(self) -> str:
        """See ``Node``."""
        return global_id("Request", self.model.request_id)

    @classmethod
    def of(cls, model: domain.MediaRequest) -> Self:
        """Show a request in the graph."""
        return cls(
            model=model,
            tmdb_id=model.tmdb_id,
            status=model.status,
            availability=model.availability,
            is_4k=model.is_4k,
            created_at=model.created_at,
            updated_at=model.updated_at,
            requested_by=User.of(model.requested_by) if model.requested_by else None,
            decided_by=User.of(model.decided_by) if model.decided_by else None,
        )
