"""A gateway whose requests are kept by the book or at Seerr, and hands that reach behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from gateway.domain.request import Availability
from gateway.domain.request_quota import Allowance
from gateway.graph.ids import parse
from gateway.sandbox import Sandbox
from gateway.sandbox.seerr.effects import after_media_change
from gateway.sandbox.seerr.states import MediaStatus, RequestStatus
from gateway.upstreams.book import keeping
from gateway.upstreams.book.client import Book
from tests.graph.stage import Stage, staged
from tests.requests.cast import PEOPLE, as_, introduce
from tests.upstreams.seerr_stage import PERMISSIONS, seat

KEEPERS: Final = ("book", "seerr")

FILM: Final = 490132
OTHER_FILM: Final = 546554
THIRD_FILM: Final = 530915
"""Real ones that nobody has asked for yet."""
NO_FILM: Final = 2_000_000_000

SHOWN: Final = "id status version is4k tmdbId"
REFUSED: Final = """__typename ... on UserError { message code path }
  ... on UpstreamUnavailable { upstream retryable retryAfterMs uncertain }"""
ASKED: Final = f"""{REFUSED} ... on DuplicateRequest {{ request {{ id }} }}
  ... on RequestQuotaExceeded {{ quota {{ limit days used remaining resetsAt }} }}
  ... on MovieBlocklisted {{ tmdbId }}"""
DECIDED: Final = f"""{REFUSED} ... on RequestConflict {{ request {{ id status }} }}"""


class Hands(Protocol):
    """What a test may do behind a store's back."""

    async def allow(self, name: str, most: int) -> None:
        """Limit what somebody may ask for, in a week."""

    async def blocklist(self, tmdb_id: int) -> None:
        """Let nobody ask for a film."""

    async def fail(self, request_id: str) -> None:
        """Let an approved request fail."""


@dataclass
class BookHands:
    """The book's."""

    stage: Stage

    @property
    def _book(self) -> Book:
        found = self.stage.gateway.runtime.store
        assert isinstance(found, Book)
        return found

    async def allow(self, name: str, most: int) -> None:
        """Write a quota."""
        viewer = PEOPLE[name]
        user = await self._book.enrol(viewer.id, viewer.display_name)
        await keeping.allow(self._book, user.user_id, Allowance(most=most, days=7))

    async def blocklist(self, tmdb_id: int) -> None:
        """Write into the library."""
        await keeping.shelve(self._book, tmdb_id, Availability.BLOCKLISTED, is_4k=False)

    async def fail(self, request_id: str) -> None:
        """Fail it, as whoever hands it on would."""
        await keeping.fail(self._book, parse(request_id).number())


@dataclass
class SeerrHands:
    """Those of whoever runs Seerr."""

    stage: Stage

    async def allow(self, name: str, most: int) -> None:
        """As Seerr's pages do."""
        number = PEOPLE[name].seerr_user_id
        assert number is not None
        user = self.stage.sandbox.seerr.world.store.users[number]
        user.movie_quota_limit, user.movie_quota_days = most, 7

    async def blocklist(self, tmdb_id: int) -> None:
        """As Seerr's pages do."""
        world = self.stage.sandbox.seerr.world
        media = world.store.add_media("movie", tmdb_id, world.now())
        before = media.track(is4k=False)
        media.status = media.status4k = MediaStatus.BLOCKLISTED
        await after_media_change(world, media, before, is4k=False)

    async def fail(self, request_id: str) -> None:
        """Let Radarr refuse."""
        number = parse(request_id).number()
        self.stage.sandbox.seerr.world.store.requests[number].status = RequestStatus.FAILED
        await self.stage.gateway.cache.purge("requests")


@dataclass
class Scene:
    """A gateway, and hands behind it."""

    stage: Stage
    hands: Hands

    async def query(self, name: str | None, text: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
        """Ask as somebody; what must succeed."""
        found = await self.stage.ask(text, variables, **as_(name))
        assert "errors" not in found, found["errors"]
        return found["data"]

    async def ask_for(self, name: str | None, tmdb_id: int = FILM, **more: object) -> Any:  # noqa: ANN401 - JSON
        """Ask for a film."""
        given = {"movie": {"tmdbId": tmdb_id}, **more}
        text = f"""mutation($input: RequestMovieInput!) {{ done: requestMovie(input: $input) {{
          ... on RequestMovieSuccess {{ created request {{ {SHOWN} }} }} {ASKED} }} }}"""
        return (await self.query(name, text, input=given))["done"]

    async def made(self, name: str, tmdb_id: int = FILM) -> Any:  # noqa: ANN401 - JSON
        """Ask for a film that nobody has asked for."""
        done = await self.ask_for(name, tmdb_id)
        assert done["__typename"] == "RequestMovieSuccess", done
        assert done["created"]
        return done["request"]

    async def step(self, name: str | None, word: str, request_id: str, **more: object) -> Any:  # noqa: ANN401 - JSON
        """Decide, or take back; ``word`` is the mutation's first."""
        kind = word.capitalize()
        text = f"""mutation($input: {kind}RequestInput!) {{ done: {word}Request(input: $input) {{
          ... on {kind}RequestSuccess {{ request {{ {SHOWN} }} }} {DECIDED} }} }}"""
        return (await self.query(name, text, input={"id": request_id, **more}))["done"]

    async def status(self, request_id: str, name: str | None = None) -> str | None:
        """How a request stands, as the graph shows it."""
        text = "query($id: ID!) { node(id: $id) { ... on Request { status } } }"
        found = (await self.query(name, text, id=request_id))["node"]
        return None if found is None else str(found["status"])


def kept_in(folder: Path) -> dict[str, str]:
    """Settings of a gateway that has no Seerr."""
    return {"SEERR_BASE_URL": "off", "GATEWAY_BOOK": "on", "GATEWAY_DATA_DIR": str(folder)}


def with_people() -> Sandbox:
    """A sandbox whose Seerr knows everybody."""
    sandbox = Sandbox()
    for viewer in PEOPLE.values():
        if viewer.seerr_user_id is not None:
            permissions = PERMISSIONS[viewer.role]
            seat(sandbox.seerr, viewer.seerr_user_id, viewer.display_name, permissions)
    return sandbox


@asynccontextmanager
async def set_up(
    keeper: str, folder: Path, more: Mapping[str, str] | None = None
) -> AsyncIterator[Scene]:
    """Raise the curtain; Nob is nobody at Seerr."""
    environ = {**(kept_in(folder) if keeper == "book" else {}), **(more or {})}
    async with staged(environ, with_people(), prepare=introduce) as stage:
        hands: Hands = BookHands(stage) if keeper == "book" else SeerrHands(stage)
        yield Scene(stage, hands)
