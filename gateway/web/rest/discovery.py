"""What ``/api/discover`` is asked by."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from gateway.web.rest.models.lists import Chart, Order
from gateway.web.rest.models.requests import MOST
from gateway.web.rest.parameters import (
    AS_DAY,
    AS_NUMBER,
    LONGEST,
    MOST_REPEATS,
    Opaque,
    Tag,
)

Day = Annotated[date, AS_DAY]
Count = Annotated[int, Field(ge=0, le=MOST), AS_NUMBER]
Vote = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
_NOT_CONDITIONS: Final = {"chart", "order_by", "first", "after"}


def _told(description: str, **more: Any) -> Any:  # noqa: ANN401 - as pydantic's own
    return Field(default=None, description=description, **more)


class Discovery(BaseModel):
    """A chart, or conditions under the names of the graph's ``DiscoverFilter``."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    chart: Chart | None = _told("One of TMDB's charts; alone, without conditions.")
    order_by: Order | None = _told("Most popular first without it.")
    genres: list[Opaque] | None = _told(
        "Global ids of genres, all of which a film must have; repeat it for several.",
        max_length=MOST_REPEATS,
    )
    any_genre: list[Opaque] | None = _told(
        "Global ids of genres, one of which a film must have. Not together with `genres`.",
        max_length=MOST_REPEATS,
    )
    released_from: Day | None = _told("First released on this day or later.")
    released_to: Day | None = _told("First released on this day or earlier.")
    year: Annotated[int, Field(ge=1870, le=2100), AS_NUMBER] | None = _told("Of the first release.")
    min_rating: Vote | None = _told("Least average vote at TMDB.")
    max_rating: Vote | None = _told("Highest average vote at TMDB.")
    min_votes: Count | None = _told("Fewest votes at TMDB.")
    min_runtime_minutes: Count | None = _told("Shortest running time.")
    max_runtime_minutes: Count | None = _told("Longest running time.")
    original_language: Tag | None = _told("It was made in, such as `ja`.")
    first: Annotated[int, Field(ge=1, le=100), AS_NUMBER] = Field(
        default=20, description="How many at most."
    )
    after: str | None = _told(
        "Continue behind this cursor, with the same other parameters.",
        min_length=1,
        max_length=LONGEST,
    )

    def conditions(self) -> dict[str, object]:
        """As the graph's filter takes them; those that are not asked for are left out."""
        return self.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude=_NOT_CONDITIONS
        )
