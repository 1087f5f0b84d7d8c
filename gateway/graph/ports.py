"""Look-ups that one upstream owns and others need; the registry says who provides them.

A field asks its context for the port's loader and gets the provider's. This
is how upstreams join without importing each other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.movie import Movie, MovieSummary
from gateway.domain.request import MediaRequest, MediaState
from gateway.domain.request_store import Place, RequestFilter, RequestOrder, RequestPage
from gateway.domain.trailer import Video
from gateway.graph.loader import Landing
from gateway.graph.locale import Locale


@dataclass(frozen=True, slots=True)
class MovieKey:
    """A film by its TMDB id, told in a language."""

    tmdb_id: int
    locale: Locale


class MoviesById(ABC):
    """Films in full, by TMDB id."""

    @abstractmethod
    def find(self, key: MovieKey) -> Landing[Movie]:
        """Load one; ``None`` if there is no such film."""


class MoviesByImdbId(ABC):
    """Films by IMDb's id."""

    @abstractmethod
    def ask(self, key: str) -> Landing[MovieSummary]:
        """Load one; ``None`` if there is no such film."""


class RequestReads(ABC):
    """What an operation reads of the requests, whoever keeps them; see ``RequestStore``."""

    @abstractmethod
    def page(
        self, which: RequestFilter, *, first: int, after: Place | None, order: RequestOrder
    ) -> Landing[RequestPage]:
        """List requests."""

    @abstractmethod
    def count(self, which: RequestFilter) -> Landing[int]:
        """Count requests."""

    @abstractmethod
    def by_movie(self, tmdb_id: int, *, most: int) -> Landing[Sequence[MediaRequest]]:
        """A film's newest requests, newest first; those of many films are read together."""

    @abstractmethod
    def own(self, user_id: int, tmdb_id: int, *, is_4k: bool) -> Landing[MediaRequest]:
        """A person's newest request for a film on a track; ``None`` if there is none."""

    @abstractmethod
    def media(self, tmdb_id: int) -> Landing[MediaState]:
        """How far a film got."""

    @abstractmethod
    def one(self, request_id: int) -> Landing[MediaRequest]:
        """A request by its id; ``None`` if there is none."""


class VideosByKey(ABC):
    """What YouTube tells of a video, by its key."""

    @abstractmethod
    def ask(self, key: str) -> Landing[Video]:
        """Load one; ``None`` if it is private or gone."""
