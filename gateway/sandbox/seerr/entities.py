"""The rows that Seerr keeps: users, media, requests."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gateway.sandbox.seerr.states import (
    MediaStatus,
    Permission,
    RequestStatus,
    holds_all,
    holds_any,
)

Kind = Literal["movie", "tv"]


@dataclass(slots=True, kw_only=True)
class User:
    """A person who may sign in; user 1 is the owner, as whom the bare API key acts."""

    id: int
    email: str
    username: str | None
    permissions: int
    created_at: datetime
    password: str = "password"  # noqa: S105 - a sandbox has no secrets
    movie_quota_limit: int | None = None
    movie_quota_days: int | None = None

    @property
    def display_name(self) -> str:
        """The username; without one it is the e-mail address."""
        return self.username or self.email

    def may(self, *wanted: Permission) -> bool:
        """Whether the user holds every wanted permission."""
        return holds_all(self.permissions, *wanted)

    def may_any(self, *wanted: Permission) -> bool:
        """Whether the user holds one of the wanted permissions."""
        return holds_any(self.permissions, *wanted)


@dataclass(slots=True, kw_only=True)
class Service:
    """Where Radarr put a movie: its server, its id and its page there."""

    server_id: int | None = None
    external_id: int | None = None
    slug: str | None = None


@dataclass(slots=True, kw_only=True)
class Media:
    """A movie or series that somebody asked for or that the library holds."""

    id: int
    kind: Kind
    tmdb_id: int
    created_at: datetime
    status: MediaStatus = MediaStatus.UNKNOWN
    status4k: MediaStatus = MediaStatus.UNKNOWN
    tvdb_id: int | None = None
    radarr: Service = field(default_factory=Service)
    radarr4k: Service = field(default_factory=Service)
    in_library: bool = False  # the media server knows it, so it has an id there

    def track(self, *, is4k: bool) -> MediaStatus:
        """The state of the 4K or of the normal track."""
        return self.status4k if is4k else self.status

    def set_track(self, status: MediaStatus, *, is4k: bool) -> None:
        """Set the state of the 4K or of the normal track."""
        if is4k:
            self.status4k = status
        else:
            self.status = status


@dataclass(slots=True, kw_only=True)
class SeasonRequest:
    """One season of a requested series."""

    id: int
    number: int
    status: RequestStatus
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class MediaRequest:
    """One person's wish for a movie or series; ``updatedAt`` never moves from ``created_at``."""

    id: int
    media: Media
    requested_by: User
    status: RequestStatus
    created_at: datetime
    is4k: bool = False
    modified_by: User | None = None
    server_id: int | None = None
    profile_id: int | None = None
    root_folder: str | None = None
    tags: list[int] | None = None
    seasons: list[SeasonRequest] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """Movie or series, as the media it is about."""
        return self.media.kind
