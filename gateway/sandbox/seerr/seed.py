"""What a sandboxed Seerr starts with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from gateway.sandbox.seerr.entities import Kind, Media, User
from gateway.sandbox.seerr.films import Films, Series
from gateway.sandbox.seerr.radarr import RadarrServer
from gateway.sandbox.seerr.states import MediaStatus, RequestStatus
from gateway.sandbox.seerr.store import Store

API_KEY = "sandbox-seerr-key"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedUser:
    """A user; ids are given, as X-API-User names them."""

    id: int
    email: str
    username: str | None
    permissions: int
    quota: tuple[int, int] | None = None  # movies, days


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRequest:
    """One request; the ids of all follow their age, oldest first."""

    by: int
    status: RequestStatus
    age: timedelta
    is4k: bool = False
    decided_by: int | None = None
    seasons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTitle:
    """One media row with its requests; none for what the library held before anybody asked."""

    tmdb_id: int
    kind: Kind = "movie"
    status: MediaStatus = MediaStatus.UNKNOWN
    status4k: MediaStatus = MediaStatus.UNKNOWN
    age: timedelta = timedelta(days=365)
    tvdb_id: int | None = None
    requests: tuple[SeedRequest, ...] = ()

    @property
    def oldest(self) -> timedelta:
        """When the row was made: with its first request."""
        return max((request.age for request in self.requests), default=self.age)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeerrSeed:
    """Users, titles and surroundings.

    Attributes:
        films: The TMDB behind this Seerr; ``None`` means the sandbox's catalogue.
        broken: What TMDB fails with for single movies, by TMDB id.
        delays_s: How long TMDB takes for single movies, by TMDB id.
        api_key: The key that is good.
        any_key: Whether any other will do too, but for the word ``invalid``.
        now: The server's clock at the start.
    """

    users: Sequence[SeedUser]
    titles: Sequence[SeedTitle] = ()
    films: Films | None = None
    series: Sequence[Series] = ()
    radarr: Sequence[RadarrServer] = ()
    broken: Mapping[int, str] = field(default_factory=dict)
    delays_s: Mapping[int, float] = field(default_factory=dict)
    api_key: str = API_KEY
    any_key: bool = False
    now: datetime = NOW

    @classmethod
    def demo(cls) -> Self:
        """Nine people and some sixty requests for well-known movies, in every state."""
        from gateway.sandbox.seerr.demo_people import USERS  # noqa: PLC0415
        from gateway.sandbox.seerr.demo_seed import SERIES, TITLES  # noqa: PLC0415

        return cls(users=USERS, titles=TITLES, series=SERIES, any_key=True)

    @classmethod
    def recorded(cls) -> Self:
        """The empty server of the recordings: twelve users, movies 5001-5060, series 801."""
        from gateway.sandbox.seerr.recorded_seed import (  # noqa: PLC0415
            BROKEN,
            DELAYS_S,
            USERS,
            recorded_films,
        )

        return cls(users=USERS, films=recorded_films(), broken=BROKEN, delays_s=DELAYS_S)

    @classmethod
    def bulk(cls, *, requests: int = 2000) -> Self:
        """The demo's people with as many requests as asked for, one movie each."""
        from gateway.sandbox.seerr.demo_people import USERS  # noqa: PLC0415
        from gateway.sandbox.seerr.demo_seed import SERIES, bulk_titles  # noqa: PLC0415

        return cls(users=USERS, titles=bulk_titles(requests), series=SERIES, any_key=True)

    def store(self) -> Store:
        """A fresh database filled with all this."""
        made_at = self.now - timedelta(days=400)
        store = Store(_user(user, made_at) for user in self.users)
        rows = [
            (title, _media(store, title, self.now))
            for title in sorted(self.titles, key=lambda title: title.oldest, reverse=True)
        ]
        wishes = [(wish, media) for title, media in rows for wish in title.requests]
        for wish, media in sorted(wishes, key=lambda pair: pair[0].age, reverse=True):
            _add(store, wish, media, self.now - wish.age)
        return store


def _user(user: SeedUser, made_at: datetime) -> User:
    limit, days = user.quota or (None, None)
    return User(
        id=user.id,
        email=user.email,
        username=user.username,
        permissions=user.permissions,
        created_at=made_at,
        movie_quota_limit=limit,
        movie_quota_days=days,
    )


def _media(store: Store, title: SeedTitle, now: datetime) -> Media:
    media = store.add_media(title.kind, title.tmdb_id, now - title.oldest, tvdb_id=title.tvdb_id)
    media.status, media.status4k = title.status, title.status4k
    media.in_library = MediaStatus.AVAILABLE in (title.status, title.status4k)
    if title.status is MediaStatus.BLOCKLISTED:
        store.blocklist.add((title.kind, title.tmdb_id))
    return media


def _add(store: Store, wish: SeedRequest, media: Media, at: datetime) -> None:
    request = store.add_request(media, store.users[wish.by], wish.status, at, is4k=wish.is4k)
    if wish.decided_by is not None:
        request.modified_by = store.users[wish.decided_by]
    for number in wish.seasons:
        store.add_season(request, number, wish.status)
