"""Pictures that come with a part of a film."""

from __future__ import annotations

from typing import Annotated

import strawberry

from gateway.graph.context import Info
from gateway.graph.image import BackdropSize, Image, LogoSize, PosterSize, ProfileSize
from gateway.graph.movie import Collection, WatchProvider
from gateway.graph.people import CastMember, CrewMember
from gateway.upstreams.tmdb.image_server import image


@strawberry.field(name="poster", description="Its poster; null where there is none.")
def collection_poster(
    collection: strawberry.Parent[Collection],
    info: Info,
    size: Annotated[PosterSize, strawberry.argument(description="How large.")] = PosterSize.W500,
) -> Image | None:
    """Comes with the film."""
    return image(info, collection.poster_path, size)


@strawberry.field(name="backdrop", description="Its wide picture; null where there is none.")
def collection_backdrop(
    collection: strawberry.Parent[Collection],
    info: Info,
    size: Annotated[
        BackdropSize, strawberry.argument(description="How large.")
    ] = BackdropSize.W1280,
) -> Image | None:
    """Comes with the film."""
    return image(info, collection.backdrop_path, size)


ProfileArgument = Annotated[ProfileSize, strawberry.argument(description="How large.")]


@strawberry.field(name="profile", description="The person's portrait; null where there is none.")
def cast_profile(
    person: strawberry.Parent[CastMember], info: Info, size: ProfileArgument = ProfileSize.W185
) -> Image | None:
    """Comes with the credits."""
    return image(info, person.profile_path, size)


@strawberry.field(name="profile", description="The person's portrait; null where there is none.")
def crew_profile(
    person: strawberry.Parent[CrewMember], info: Info, size: ProfileArgument = ProfileSize.W185
) -> Image | None:
    """Comes with the credits."""
    return image(info, person.profile_path, size)


@strawberry.field(name="logo", description="The service's logo; null where there is none.")
def provider_logo(
    provider: strawberry.Parent[WatchProvider],
    info: Info,
    size: Annotated[LogoSize, strawberry.argument(description="How large.")] = LogoSize.W92,
) -> Image | None:
    """Comes with the offers."""
    return image(info, provider.logo_path, size)
