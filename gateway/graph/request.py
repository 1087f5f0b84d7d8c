"""The request: a person's wish for a film, and how far it got."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final, Self

import strawberry

from gateway.domain import request as domain
from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.graph.access import ANYBODY, OWNER, Guard, acts_as, own_or
from gateway.graph.cache_control import CacheControlScope, inheriting, lasting
from gateway.graph.context import Info
from gateway.graph.ids import global_id, number_of
from gateway.graph.node import Node
from gateway.graph.request_quota import OwnQuota, RequestQuota

MOVES = timedelta(seconds=30)
"""How long what somebody may decide or fetch at any moment is kept."""

UNCONFIRMED: Final = "u"
UNCONFIRMED_4K: Final = "k"
"""Before a film's number, in the id of a request whose own number nobody knows yet."""


def unconfirmed(parts: tuple[str, ...]) -> tuple[int, bool] | None:
    """The film in such an id, and whether it is on the 4K track; ``None``: it is another.

    Raises:
        BadUserInputError: It is one, but nobody was ever given it.
    """
    [part, *rest] = parts
    if part[:1] not in {UNCONFIRMED, UNCONFIRMED_4K} or rest:
        return None
    return number_of(part[1:]), part[:1] == UNCONFIRMED_4K


async def _is_viewer(user: User, info: Info) -> bool:
    return user.is_viewer or await acts_as(info, user.user_id)


async def _is_asker(request: MediaRequest, info: Info) -> bool:
    by = request.model.requested_by
    return by is not None and await acts_as(info, by.user_id)


@strawberry.type(
    description="A person who may ask for films.",
    directives=[inheriting()],
)
class User:
    """A person; nothing private of theirs is shown to others."""

    user_id: strawberry.Private[int | None]
    is_viewer: strawberry.Private[bool] = False

    id: strawberry.ID = strawberry.field(
        description="Opaque id, for filters.", metadata=ANYBODY.declared
    )
    display_name: str = strawberry.field(
        description="Name to show; never an e-mail address.", metadata=ANYBODY.declared
    )

    @strawberry.field(
        description="The highest role that they have; null for anybody but the viewer.",
        directives=[lasting(MOVES, scope=CacheControlScope.PRIVATE)],
        extensions=[Guard(OWNER, owns=_is_viewer)],
    )
    def role(self, info: Info) -> Role | None:
        """Only the viewer's is known."""
        viewer = info.context.viewer
        return None if viewer is None else viewer.role

    @strawberry.field(
        description="How many films they may still ask for; null for anybody but the viewer.",
        directives=[lasting(MOVES, scope=CacheControlScope.PRIVATE)],
        extensions=[Guard(OWNER, owns=_is_viewer)],
    )
    async def quota(self, info: Info) -> RequestQuota | None:
        """Ask whoever keeps the requests."""
        return await info.context.loader(OwnQuota).load()

    @classmethod
    def of(cls, model: domain.User) -> Self:
        """Show a person in the graph."""
        return cls(
            user_id=model.user_id,
            id=strawberry.ID(global_id("User", model.user_id)),
            display_name=model.display_name,
        )

    @classmethod
    def without_account(cls, viewer: Viewer) -> Self:
        """Show somebody who is nobody where requests are kept."""
        name = blake2b(viewer.id.encode(), digest_size=12).hexdigest()
        return cls(
            user_id=None,
            is_viewer=True,
            id=strawberry.ID(global_id("User", f"x{name}")),
            display_name=viewer.display_name,
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
        metadata=ANYBODY.declared, description="TMDB's id of the film; there even when TMDB is not."
    )
    status: domain.RequestStatus = strawberry.field(
        metadata=ANYBODY.declared,
        description="What was decided.",
        directives=[lasting(MOVES)],
    )
    availability: domain.Availability | None = strawberry.field(
        metadata=ANYBODY.declared,
        description="How far the film got on this track.",
        directives=[lasting(MOVES)],
    )
    is_4k: bool = strawberry.field(
        metadata=ANYBODY.declared,
        name="is4k",
        description="Whether it asks for the 4K track; HD and 4K are separate wishes.",
    )
    created_at: datetime = strawberry.field(
        metadata=ANYBODY.declared, description="When it was made."
    )
    updated_at: datetime = strawberry.field(
        metadata=ANYBODY.declared,
        description="When it last changed, as far as the store tells: Seerr 3.1 never moves it.",
        directives=[lasting(MOVES)],
    )
    requested_by: User | None = strawberry.field(
        metadata=ANYBODY.declared,
        description="Who asked; null where that account is gone.",
        directives=[lasting(MOVES)],
    )
    decided_by: User | None = strawberry.field(
        metadata=ANYBODY.declared,
        description="Who approved or declined; null while nobody has.",
        directives=[lasting(MOVES)],
    )

    version: int = strawberry.field(
        metadata=ANYBODY.declared,
        description="Another one after each change: send it with a decision, which then fails if "
        "somebody else was faster.",
        directives=[lasting(MOVES)],
    )

    @strawberry.field(
        description="Why it was declined; null where nobody said so.",
        directives=[lasting(MOVES, scope=CacheControlScope.PRIVATE)],
        extensions=[Guard(own_or(Role.MANAGER), owns=_is_asker)],
    )
    def reason(self) -> str | None:
        """As whoever declined it wrote it."""
        return self.model.reason

    def global_id(self) -> str:
        """See ``Node``; while nobody knows the number, the film stands for it."""
        model = self.model
        if model.request_id:
            return global_id("Request", model.request_id)
        return global_id(
            "Request", f"{UNCONFIRMED_4K if model.is_4k else UNCONFIRMED}{model.tmdb_id}"
        )

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
            version=model.version,
        )
