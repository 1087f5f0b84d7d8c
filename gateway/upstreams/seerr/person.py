"""Seerr on behalf of one person: whatever they cause carries their number."""

from __future__ import annotations

from typing import Final

from gateway.domain.request_store import Decision, Wish
from gateway.errors import UpstreamContractError
from gateway.transport.http import UpstreamHttp
from gateway.transport.port import HttpAnswer
from gateway.upstreams.seerr.refusals import ANSWERED
from gateway.upstreams.seerr.wire import SeerrQuota, SeerrRequestPage

_NOBODY: Final = "a person acts as a Seerr user, numbered from 1"


class SeerrPerson:
    """Writes, and reads of what is theirs alone; without a number Seerr would do all as its owner.

    Each write is sent once at most. It gives whatever answer carries a reason, refusals included;
    ``refusals.read_refusal`` tells them apart.

    Args:
        http: The way to Seerr; its headers hold the key.
        user_id: Theirs at Seerr, from 1.

    Raises:
        ValueError: ``user_id`` is no user's.
    """

    def __init__(self, http: UpstreamHttp, *, user_id: int) -> None:
        if isinstance(user_id, bool) or user_id < 1:
            raise ValueError(_NOBODY)
        self._http = http
        self.user_id = user_id
        self._identity = {"X-API-User": str(user_id)}

    async def create(self, wish: Wish) -> HttpAnswer:
        """Ask for a film; without ``is4k`` Seerr would look for no duplicate."""
        body = {"mediaType": "movie", "mediaId": wish.tmdb_id, "is4k": wish.is_4k}
        return await self._send("create_request", "POST", "/request", body)

    async def decide(self, request_id: int, decision: Decision) -> HttpAnswer:
        """Approve, decline or retry, whatever state the request is in."""
        word = decision.value.lower()
        return await self._send(f"{word}_request", "POST", f"/request/{request_id}/{word}")

    async def delete(self, request_id: int) -> HttpAnswer:
        """Delete a request; Seerr lets anybody delete a pending one."""
        return await self._send("delete_request", "DELETE", f"/request/{request_id}")

    async def requests(self, *, take: int, skip: int = 0) -> SeerrRequestPage:
        """Fetch their requests, newest first; neither Radarr nor TMDB is asked."""
        operation = "user_requests"
        found = await self._http.get(
            operation,
            f"/user/{self.user_id}/requests",
            SeerrRequestPage,
            headers=self._identity,
            absent=(),
            take=take,
            skip=skip,
        )
        if found is None:
            raise UpstreamContractError("seerr", operation, "no payload")
        return found

    async def quota(self) -> SeerrQuota | None:
        """Fetch how many films they may still ask for; ``None`` if Seerr does not know them."""
        return await self._http.get(
            "user_quota", f"/user/{self.user_id}/quota", SeerrQuota, headers=self._identity
        )

    async def _send(
        self, operation: str, method: str, path: str, body: object | None = None
    ) -> HttpAnswer:
        return await self._http.send(
            operation, method, path, json=body, headers=self._identity, accept=ANSWERED
        )
