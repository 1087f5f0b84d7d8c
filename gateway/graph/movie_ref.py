"""How clients name a film."""

from __future__ import annotations

import re
from typing import Final

import strawberry

from gateway.errors import BadUserInputError
from gateway.graph.context import Info
from gateway.graph.ids import parse
from gateway.graph.loader import landed
from gateway.graph.ports import MoviesByImdbId

_IMDB_ID: Final = re.compile(r"tt[0-9]{7,10}")


@strawberry.input(one_of=True, description="Names a film by exactly one of its ids.")
class MovieRef:
    """One of three ids."""

    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Global id of a Movie."
    )
    tmdb_id: int | None = strawberry.field(default=strawberry.UNSET, description="TMDB's id.")
    imdb_id: str | None = strawberry.field(
        default=strawberry.UNSET, description='IMDb\'s id, such as "tt0133093".'
    )


async def tmdb_id_of(info: Info, ref: MovieRef) -> int | None:
    """TMDB's id of the film; ``None``: there is none, whatever TMDB would say.

    Raises:
        BadUserInputError: It is no id at all.
        UpstreamError: TMDB gave no usable answer.
    """
    if isinstance(ref.id, str):
        return parse(ref.id, expect="Movie").number()
    if isinstance(ref.imdb_id, str):
        if not _IMDB_ID.fullmatch(ref.imdb_id):
            raise BadUserInputError('An IMDb id is written as "tt0133093".', argument="imdbId")
        loader = info.context.loader(MoviesByImdbId)
        found = await landed(loader.ask(ref.imdb_id), info)
        return None if found is None else found.tmdb_id
    return ref.tmdb_id if isinstance(ref.tmdb_id, int) and ref.tmdb_id > 0 else None
