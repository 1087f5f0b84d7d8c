"""What routes are asked by: names and bounds of path, query and header parameters."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Header, Path, Query

from gateway.web.rest.models.requests import MOST

LONGEST: Final = 1024

TmdbId = Annotated[
    int, Path(ge=1, le=MOST, description="TMDB's id of the film, as in themoviedb.org/movie/603.")
]
RequestId = Annotated[
    str, Path(min_length=1, max_length=200, description="Global id of the request.")
]
First = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[
    str | None,
    Query(min_length=1, max_length=LONGEST, description="Continue behind this cursor."),
]
Language = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        max_length=35,
        description="Of titles and texts, such as `de`; else the header `Accept-Language` counts.",
    ),
]
Region = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z]{2}$",
        description="ISO 3166-1, such as `DE`; else the header `Accept-Language` counts.",
    ),
]
Languages = Annotated[
    list[str] | None,
    Query(max_length=20, description="Only videos in these languages; repeat it for several."),
]
Year = Annotated[int | None, Query(ge=1870, le=2100, description="Of the first release.")]
GenreIds = Annotated[
    list[str] | None,
    Query(max_length=20, description="Global ids of genres; repeat it for several."),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Chosen by the client, such as a UUID: sent again with the same body it gets "
        "the first answer again, and nothing is done twice. Remembered for a day at least.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of the request on which this is decided: 412 if somebody else was "
        "faster. Only the version in it counts, not how the film is shown.",
    ),
]


def unquoted(key: str | None) -> str | None:
    """A key with or without the quotes that the draft on it asks for."""
    if key is not None and len(key) > 1 and key[0] == key[-1] == '"':
        return key[1:-1]
    return key
