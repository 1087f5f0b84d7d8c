"""Who made a film and who is in it."""

from __future__ import annotations

import strawberry

from gateway.graph.cache_control import inheriting


@strawberry.type(
    description="A person on screen, in one film.",
    directives=[inheriting()],
)
class CastMember:
    """A role and who plays it."""

    tmdb_id: int = strawberry.field(description="TMDB's id of the person.")
    name: str = strawberry.field(description="The person's name.")
    character: str | None = strawberry.field(
        description="Whom they play; null where TMDB does not tell."
    )
    order: int | None = strawberry.field(description="Place in the billing, from 0.")
    profile_path: strawberry.Private[str | None] = None


@strawberry.type(
    description="A person behind the camera, in one film and job.",
    directives=[inheriting()],
)
class CrewMember:
    """A job and who does it."""

    tmdb_id: int = strawberry.field(description="TMDB's id of the person.")
    name: str = strawberry.field(description="The person's name.")
    department: str | None = strawberry.field(
        description='Such as "Directing"; null where TMDB does not tell.'
    )
    job: str | None = strawberry.field(
        description='Such as "Director"; null where TMDB does not tell.'
    )
    profile_path: strawberry.Private[str | None] = None


@strawberry.type(
    description="Everyone who is credited for a film.",
    directives=[inheriting()],
)
class Credits:
    """Cast and crew."""

    cast: list[CastMember] = strawberry.field(
        description="In the order of billing; empty: nobody is credited."
    )
    crew: list[CrewMember] = strawberry.field(
        description="In TMDB's order; empty: nobody is credited."
    )


__all__ = ["CastMember", "Credits", "CrewMember"]
