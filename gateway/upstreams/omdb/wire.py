"""OMDb's films: every value is a string, and ``"N/A"`` is null."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.transport.lenient import Lenient, OptionalItems, Wire


class OmdbRating(Wire):
    """One judgement: ``8.7/10``, ``88%`` or ``73/100``."""

    source: str = Field(alias="Source")
    value: str = Field(alias="Value")


class OmdbMovie(Wire):
    """``GET /?i=tt…``; ``Response`` is ``"False"`` for a film that OMDb does not know."""

    response: Literal["True", "False"] = Field(alias="Response")
    imdb_id: Lenient[str] = Field(default=None, alias="imdbID")
    imdb_rating: Lenient[str] = Field(default=None, alias="imdbRating")  # "8.4"
    imdb_votes: Lenient[str] = Field(default=None, alias="imdbVotes")  # "370,927"
    metascore: Lenient[str] = Field(default=None, alias="Metascore")  # "73"
    ratings: OptionalItems[OmdbRating] = Field(default=(), alias="Ratings")


class OmdbFailure(Wire):
    """``{"Response": "False", "Error": …}``, sent with HTTP 200 as often as not."""

    response: Literal["False"] = Field(alias="Response")
    error: Lenient[str] = Field(default=None, alias="Error")
