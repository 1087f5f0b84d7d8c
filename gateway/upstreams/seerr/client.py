"""Seerr's endpoints, a method each; every call says on whose behalf."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias, TypeVar

from gateway.errors import (
    UpstreamContractError,
    UpstreamError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
)
from gateway.transport.http import UpstreamHttp
from gateway.transport.port import HttpAnswer
from gateway.upstreams.seerr.person import SeerrPerson
from gateway.upstreams.seerr.wire import (
    SeerrCounts,
    SeerrMe,
    SeerrMediaPage,
    SeerrMovie,
    SeerrPublicSettings,
    SeerrRequest,
    SeerrRequestPage,
    SeerrStatus,
    SeerrUser,
    SeerrWire,
)

SeerrFilter = Literal[
    "all",
    "approved",
    "available",
    "pending",
    "processing",
    "unavailable",
    "failed",
    "deleted",
    "completed",
]

T = TypeVar("T", bound=SeerrWire)

Json: TypeAlias = dict[str, object]


def classify(answer: HttpAnswer) -> UpstreamError | None:
    """Tell what a status alone does not.

    That is a refused key from a refused call, an absent row from an absent route, and a film that
    TMDB does not give Seerr from an outage of its own. The operation named in the error is a
    placeholder: only the transport knows the real one.
    """
    read = _READERS.get(answer.status)
    return None if read is None else read(_object(answer.body))


def _forbidden(body: Json) -> UpstreamError | None:
    if "error" in body:  # the permission gate; handlers say "message"
        return UpstreamUnauthorizedError("seerr", "answer", "the key or its user is refused")
    return None


def _not_found(body: Json) -> UpstreamError | None:
    if "message" in body and "errors" not in body:
        return None
    return UpstreamContractError("seerr", "answer", "a 404 of no handler: is the base URL right?")


def _broken(body: Json) -> UpstreamError | None:
    if body.get("message") == "Unable to retrieve movie.":
        return UpstreamRejectedError("seerr", "answer", "TMDB gave it no such film")
    return None


_READERS: Final[Mapping[int, Callable[[Json], UpstreamError | None]]] = {
    403: _forbidden,
    404: _not_found,
    500: _broken,
}


def _object(body: bytes) -> Json:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class SeerrClient:
    """One method per endpoint; what a person causes goes through ``person``.

    Without ``X-API-User``, or with a blank one, Seerr acts as its administrator: so every call
    carries the number of the user on whose behalf the gateway may read.

    Args:
        http: The way to Seerr; its headers hold the key.
        acting_user_id: That user's id, from 1.

    Raises:
        ValueError: ``acting_user_id`` is no user's.
    """

    def __init__(self, http: UpstreamHttp, *, acting_user_id: int) -> None:
        if isinstance(acting_user_id, bool) or acting_user_id < 1:
            raise ValueError("acting_user_id must be the id of a Seerr user, from 1")
        self._http = http
        self.acting_user_id = acting_user_id
        self._identity = {"X-API-User": str(acting_user_id)}

    async def requests(
        self,
        *,
        take: int,
        skip: int,
        status: SeerrFilter | None = None,
        requested_by: int | None = None,
    ) -> SeerrRequestPage:
        """Fetch requests for films, newest first.

        Args:
            take: From 1; Seerr knows no cap, and 20 are 35 KB.
            skip: How many newer ones to leave out.
            status: Seerr's own filter, which mixes request and media states.
            requested_by: A Seerr user's id; a foreign one may be refused.

        Raises:
            ValueError: ``take`` or ``skip`` would mean something else to Seerr.
        """
        _check_window(take, skip)
        found = await self._http.get(
            "requests",
            "/request",
            SeerrRequestPage,
            headers=self._identity,
            absent=(),
            take=take,
            skip=skip,
            filter=status,
            sort="added",
            sortDirection="desc",
            mediaType="movie",
            requestedBy=requested_by,
        )
        return _present("requests", found)

    async def request(self, request_id: int) -> SeerrRequest | None:
        """Fetch one request; ``None`` if the id is unknown."""
        return await self._http.get(
            "request", f"/request/{request_id}", SeerrRequest, headers=self._identity
        )

    async def request_counts(self) -> SeerrCounts:
        """Count requests by state: some milliseconds, however many there are."""
        found = await self._http.get(
            "request_counts", "/request/count", SeerrCounts, headers=self._identity, absent=()
        )
        return _present("request_counts", found)

    async def media(self, *, take: int, skip: int) -> SeerrMediaPage:
        """Fetch library rows, films and series, newest first; several may be of one film.

        Raises:
            ValueError: ``take`` or ``skip`` would mean something else to Seerr.
        """
        _check_window(take, skip)
        found = await self._http.get(
            "media",
            "/media",
            SeerrMediaPage,
            headers=self._identity,
            absent=(),
            take=take,
            skip=skip,
            sort="added",
        )
        return _present("media", found)

    async def me(self) -> SeerrMe:
        """Fetch whom we act as; the only way to check a key."""
        found = await self._http.get("me", "/auth/me", SeerrMe, headers=self._identity, absent=())
        return _present("me", found)

    async def check_key(self) -> None:
        """Ask whether the key and the user we act as are good.

        Raises:
            UpstreamUnauthorizedError: One of them is not.
        """
        await self.me()

    def person(self, user_id: int) -> SeerrPerson:
        """Act on behalf of a person.

        Raises:
            ValueError: ``user_id`` is no user's.
        """
        return SeerrPerson(self._http, user_id=user_id)

    async def movie(self, tmdb_id: int) -> SeerrMovie:
        """Fetch what Seerr has of a film.

        Raises:
            UpstreamRejectedError: TMDB does not know it, or does not answer.
        """
        found = await self._http.get(
            "movie", f"/movie/{tmdb_id}", SeerrMovie, headers=self._identity, absent=()
        )
        return _present("movie", found)

    async def user(self, user_id: int) -> SeerrUser | None:
        """Fetch a person; ``None`` if the id is unknown."""
        return await self._http.get("user", f"/user/{user_id}", SeerrUser, headers=self._identity)

    async def public_settings(self) -> SeerrPublicSettings:
        """Fetch what Seerr tells anyone; says nothing about the key."""
        found = await self._http.get(
            "public_settings",
            "/settings/public",
            SeerrPublicSettings,
            headers=self._identity,
            absent=(),
        )
        return _present("public_settings", found)

    async def status(self) -> SeerrStatus:
        """Fetch the version; says nothing about the key."""
        found = await self._http.get(
            "status", "/status", SeerrStatus, headers=self._identity, absent=()
        )
        return _present("status", found)


def _check_window(take: int, skip: int) -> None:
    """To Seerr a take of 0 means 10, and -1 everything."""
    if take < 1 or skip < 0:
        raise ValueError("take counts from 1 and skip from 0")


def _present(operation: str, found: T | None) -> T:
    """These endpoints know no absence, so the transport has raised instead of giving ``None``."""
    if found is None:
        raise UpstreamContractError("seerr", operation, "no payload")
    return found
