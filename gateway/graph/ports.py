"""Look-ups that one upstream owns and others need; the registry says who provides them.

A field asks its context for the port's loader and gets the provider's. This
is how upstreams join without importing each other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from gateway.domain.movie import Movie
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


class VideosByKey(ABC):
    """What YouTube tells of a video, by its key."""

    @abstractmethod
    def ask(self, key: str) -> Landing[Video]:
        """Load one; ``None`` if it is private or gone."""
