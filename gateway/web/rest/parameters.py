"""What routes are asked by: names and bounds of path, query and header parameters."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Header, Path, Query
from pydantic import BeforeValidator, StringConstraints

from gateway.web.rest.models.requests import MOST

LONGEST: Final = 1024
MOST_REPEATS: Final = 20
_LANGUAGE: Final = r"^[A-Za-z]{2}(-[A-Za-z]{2})?$"
_NUMBER: Final = re.compile(r"-?[0-9]{1,19}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _digits(sent: object) -> object:
    """Python reads more than JSON would write, such as ``1_000``."""
    if isinstance(sent, str) and not _NUMBER.fullmatch(sent):
        raise ValueError("a whole number is needed")
    return sent


def _day(sent: object) -> object:
    """Pydantic reads a number as seconds of the epoch."""
    if isinstance(sent, str) and not _DAY.fullmatch(sent):
        raise ValueError('a day such as "1999-03-31" is needed')
    return sent


def _yes_or_no(sent: object) -> object:
    """Pydantic reads many other words."""
    if isinstance(sent, str) and sent not in {"true", "false"}:
        raise ValueError("`true` or `false` is needed")
    return sent


AS_NUMBER: Final = BeforeValidator(_digits)
AS_DAY: Final = BeforeValidator(_day)
AS_WORD: Final = BeforeValidator(_yes_or_no)
"""Stand last, so that OpenAPI tells the bounds too."""
Tag = Annotated[str, StringConstraints(pattern=_LANGUAGE)]
Opaque = Annotated[str, StringConstraints(min_length=1, max_length=200)]

TmdbId = Annotated[
    int,
    Path(ge=1, le=MOST, description="TMDB's id of the film, as in themoviedb.org/movie/603."),
    AS_NUMBER,
]
RequestId = Annotated[Opaque, Path(description="Global id of the request.")]
First = Annotated[int, Query(ge=1, le=100, description="How many at most."), AS_NUMBER]
After = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=LONGEST,
        description="Continue behind this cursor: the `endCursor` of the page before it, with the "
        "same other parameters. Any other is 404.",
    ),
]
Language = Annotated[
    str | None,
    Query(
        pattern=_LANGUAGE,
        description="Of titles and texts, such as `de` or `de-DE`; else the header "
        "`Accept-Language` counts.",
    ),
]
Region = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z]{2}$",
        description="ISO 3166-1, such as `DE`; else the header `Accept-Language` counts.",
    ),
]
Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        pattern=r"[^\s\x1c-\x1f]",  # what Python splits words at
        description="Words of the title.",
    ),
]
Languages = Annotated[
    list[Tag] | None,
    Query(
        max_length=MOST_REPEATS,
        description="Only videos in these languages; repeat it for several.",
    ),
]
Year = Annotated[
    int | None, Query(ge=1870, le=2100, description="Of the first release."), AS_NUMBER
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,200}$",
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
