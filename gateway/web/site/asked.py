"""What the pages ask beside the resources: a film's requests, films like it, who looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from gateway.domain.request import Availability, RequestStatus
from gateway.edge.graphql.refusal import RefusedError
from gateway.web.rest.models.base import Model
from gateway.web.rest.models.movies import MovieCard
from gateway.web.site.standing import CALM, IMPLIED, LIBRARY, may_ask

if TYPE_CHECKING:
    from gateway.web.rest.operations import Ran
    from gateway.web.rest.visit import Visit


class Asker(Model):
    """Whoever asked for a film."""

    display_name: str


class AskedFor(Model):
    """One request for a film, as its page lists it."""

    id: str
    status: RequestStatus
    availability: Availability | None
    is_4k: bool = Field(alias="is4k")
    created_at: datetime
    requested_by: Asker | None

    @property
    def tells_more(self) -> bool:
        """Whether its status is not what its film's state says anyway."""
        return IMPLIED.get(self.status) is not self.availability


class Allowed(Model):
    """How many films somebody may still ask for."""

    limit: int | None
    days: int | None
    remaining: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a film stands, and whether its reader may ask for it.

    Args:
        word: How it stands in the library.
        tone: The class of its colour.
        requests: For it, newest first.
        may_ask: Whether there is something to ask for.
        allowed: What is left to its reader; ``None``: no matter.
        missing: The upstream that did not tell; empty: all is told.
        is_off: Whether nobody keeps requests here.
    """

    word: str = ""
    tone: str = CALM
    requests: Sequence[AskedFor] = ()
    may_ask: bool = False
    allowed: Allowed | None = None
    missing: str = ""
    is_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a film."""

    films: Sequence[MovieCard] = field(default_factory=tuple)


async def wish_of(visit: Visit, tmdb_id: int) -> Wish:
    """How a film stands for whoever looks."""
    ran = await _run(visit, "wish", tmdbId=tmdb_id, known=visit.viewer is not None)
    film = _at(ran, "movie")
    availability = film.get("availability")
    if ran is None or availability is None:
        is_told = ran is not None and not ran.errors
        return Wish(is_off=True) if is_told else Wish(missing=_failed(ran))
    found = Availability(availability)
    own = (film.get("viewerRequest") or {}).get("status")
    is_askable = may_ask(visit.viewer, found, None if own is None else RequestStatus(own))
    word, tone = LIBRARY[found]
    quota = (_at(ran, "viewer").get("quota") if is_askable else None) or {}
    return Wish(
        word=word,
        tone=tone,
        requests=[AskedFor.model_validate(each) for each in _nodes(film, "requests")],
        may_ask=is_askable,
        allowed=Allowed.model_validate(quota) if quota.get("limit") is not None else None,
    )


async def beside(visit: Visit, tmdb_id: int) -> Beside:
    """Films that whoever likes this one likes; none where nobody tells."""
    film = _at(await _run(visit, "alike", tmdbId=tmdb_id), "movie")
    return Beside(
        films=[MovieCard.model_validate(each) for each in _nodes(film, "recommendations")]
    )


async def own_id(visit: Visit) -> str | None:
    """Global id of whoever looks, as requests name them; ``None``: nobody there."""
    if visit.viewer is None:
        return None
    found: str | None = _at(await _run(visit, "me"), "viewer").get("id")
    return found


async def _run(visit: Visit, name: str, **variables: object) -> Ran | None:
    """Ask; a page stands without what is beside it."""
    try:
        return await visit.run(name, **variables)
    except RefusedError:
        return None


def _at(ran: Ran | None, name: str) -> Mapping[str, Any]:
    data = {} if ran is None else ran.data or {}
    return data.get(name) or {}


def _nodes(film: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (film.get(name) or {}).get("nodes") or ()
    return found


def _failed(ran: Ran | None) -> str:
    """The upstream that an error names."""
    for each in () if ran is None else ran.errors:
        name = (each.get("extensions") or {}).get("upstream")
        if name:
            return str(name)
    return "the gateway"
