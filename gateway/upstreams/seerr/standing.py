"""What Seerr has of one film at this moment: read before a write, and never cached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.request import Availability, MediaRequest, RequestStatus
from gateway.domain.request_rules import ACTIVE
from gateway.domain.request_store import Wish
from gateway.errors import UpstreamRejectedError
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.lists import all_media, all_requests
from gateway.upstreams.seerr.mapping import to_media_states, to_request
from gateway.upstreams.seerr.person import SeerrPerson
from gateway.upstreams.seerr.wire import SeerrMovie, SeerrRequest

# A state that we do not know yet stands in the way too: Seerr would refuse it.
_STANDS: Final = ACTIVE | {RequestStatus.UNKNOWN}
_RECENT: Final = 20  # of a person's requests, the newest first


@dataclass(frozen=True, slots=True)
class Standing:
    """A film's track.

    Attributes:
        requests: Newest first.
        is_blocklisted: Nobody may ask for it.
    """

    requests: Sequence[MediaRequest]
    is_blocklisted: bool

    @property
    def active(self) -> MediaRequest | None:
        """The one that stands in the way of another."""
        return next((each for each in self.requests if each.status in _STANDS), None)


async def look(client: SeerrClient, wish: Wish) -> Standing:
    """Read a film's own page; where TMDB does not give Seerr one, its lists."""
    try:
        movie = await client.movie(wish.tmdb_id)
    except UpstreamRejectedError:
        return await look_in_lists(client, wish)
    return _of_page(movie, wish)


async def look_in_lists(client: SeerrClient, wish: Wish) -> Standing:
    """Look through everything: dearer, but it also finds what hangs on a second row of a film."""
    states = to_media_states(await all_media(client))
    state = states.get(wish.tmdb_id)
    blocked = state is not None and Availability.BLOCKLISTED in (
        state.availability,
        state.availability_4k,
    )
    return Standing(_of_track(await all_requests(client), wish), blocked)


async def appeared(
    person: SeerrPerson, wish: Wish, *, known: Collection[int]
) -> MediaRequest | None:
    """A person's request for a film that was not there before."""
    page = await person.requests(take=_RECENT)
    found = _of_track(page.results, wish)
    return next((each for each in found if each.request_id not in known), None)


def _of_page(movie: SeerrMovie, wish: Wish) -> Standing:
    info = movie.media_info
    if info is None:
        return Standing((), is_blocklisted=False)
    rows = [row.model_copy(update={"media": info}) for row in info.requests]
    states = to_media_states([info]).values()
    blocked = any(
        Availability.BLOCKLISTED in (state.availability, state.availability_4k) for state in states
    )
    return Standing(_of_track(rows, wish), blocked)


def _of_track(rows: Collection[SeerrRequest], wish: Wish) -> Sequence[MediaRequest]:
    found = [
        request
        for request in map(to_request, rows)
        if request and (request.tmdb_id, request.is_4k) == (wish.tmdb_id, wish.is_4k)
    ]
    return sorted(found, key=lambda each: each.request_id, reverse=True)
