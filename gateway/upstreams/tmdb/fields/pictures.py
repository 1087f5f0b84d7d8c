"""Pictures that come with a part of a film."""

from __future__ import annotations

from typing import Annotated

import strawberry

from gateway.graph.context import GraphContext
from gateway.graph.image import BackdropSize, Image, LogoSize, PosterSize, ProfileSize
from gateway.graph.loaded import in_context
from gateway.graph.movie import Collection, WatchProvider
from gateway.graph.people import CastMember, CrewMember
from gateway.upstreams.tmdb.image_server import image


@strawberry.field(name="poster", description="Its poster; null where there is none.")
@in_context
def collection_poster(
    collection: strawberry.Parent[Collection],
    context: GraphContext,
    size: Annotated[PosterSize, strawberry.argument(description="How large.")] = PosterSize.W500,
) -> Image | None:
    """Comes with the film."""
    return image(context, collection.poster_path, size)


@strawberry.field(name="backdrop", description="Its wide picture; null where there is none.")
@in_context
def collection_backdrop(
    collection: strawberry.Parent[Collection],
    context: GraphContext,
    size: Annotated[
        BackdropSize, strawberry.argument(description="How large.")
    ] = BackdropSize.W1280,
) -> Image | None:
    """Comes with the film."""
    return image(context, collection.backdrop_path, size)


ProfileArgument = Annotated[ProfileSize, strawberry.argument(description="How large.")]


@strawberry.field(name="profile", description="The person's portrait; null where there is none.")
@in_context
def cast_profile(
    person: strawberry.Parent[CastMember],
    context: GraphContext,
    size: ProfileArgument = ProfileSize.W185,
) -> Image | None:
    """Comes with the credits."""
    return image(context, person.profile_path, size)


@strawberry.field(name="profile", description="The person's portrait; null where there is none.")
@in_context
def crew_profile(
    person: strawberry.Parent[CrewMember],
    context: GraphContext,
    size: ProfileArgument = ProfileSize.W185,
) -> Image | None:
    """Comes with the credits."""
    return image(context, person.profile_path, size)


@strawberry.field(name="logo", description="The service's logo; null where there is none.")
@in_context
def provider_logo(
    provider: strawberry.Parent[WatchProvider],
    context: GraphContext,
    size: Annotated[LogoSize, strawberry.argument(description="How large.")] = LogoSize.W92,
) -> Image | None:
    """Comes with the offers."""
    return image(context, provider.logo_path, size)
