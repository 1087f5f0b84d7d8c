"""``SandboxSeerr``: a played Seerr as the other sandboxed APIs are played."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.catalogue import Catalogue, shared_catalogue
from gateway.sandbox.routes import Endpoint
from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.api import OPERATIONS
from gateway.sandbox.seerr.background import Background
from gateway.sandbox.seerr.catalogue_films import CatalogueFilms
from gateway.sandbox.seerr.operations import Table
from gateway.sandbox.seerr.radarr import Radarr
from gateway.sandbox.seerr.seed import SeerrSeed
from gateway.sandbox.seerr.server import Server
from gateway.sandbox.seerr.tmdb import Sleep, TmdbLine
from gateway.sandbox.seerr.webhook import Post, Webhook
from gateway.sandbox.seerr.world import Clock, World
from gateway.sandbox.upstream import SandboxUpstream

IDLE_CONNECTION_S = 5.0
"""How long a real Seerr keeps an idle connection: for the HTTP server in front."""


class SandboxSeerr(SandboxUpstream):
    """Seerr 3.1.0, oddities included; its app stands where ``/api/v1`` would.

    Attributes:
        world: State and surroundings, for tests that set the stage: ``world.radarr``,
            ``world.tmdb``, ``world.webhook``, ``world.csrf_protection``.
    """

    name: ClassVar[str] = "seerr"

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        seed: SeerrSeed | None = None,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        post: Post | None = None,
    ) -> None:
        self._seed = seed or SeerrSeed.demo()
        self._catalogue = catalogue
        self._clock = clock or _running_from(self._seed.now)
        self._post = post
        super().__init__(sleep=sleep)
        self._operations = Table(OPERATIONS)
        self._server = Server(self._fresh_world(), self._operations)

    @property
    def world(self) -> World:
        """State and surroundings."""
        return self._server.world

    @property
    def api_key(self) -> str:
        """The key that acts as user 1."""
        return self.world.api_key

    def routes(self) -> Sequence[tuple[str, str, Endpoint]]:
        """Method and template of each operation."""
        return [(one.method, one.template, self._endpoint) for one in OPERATIONS]

    def error(self, status: int) -> Response:
        """A handler's error body."""
        return answers.answer({"message": "Something went wrong."}, status=status)

    def reset(self) -> None:
        """Back to the seed."""
        super().reset()
        self.world.background.abandon()
        self._server = Server(self._fresh_world(), self._operations)

    async def settled(self) -> None:
        """Wait for what answered calls left running: notices, Radarr's verdicts, lost clients."""
        await self._server.settled()

    async def _answer(self, request: Request, endpoint: Endpoint | None) -> Response:
        """All paths go the same way: the API's own checks decide on unknown ones as well."""
        del endpoint
        return await self._endpoint(request)

    async def _endpoint(self, request: Request) -> Response:
        return await self._server.serve(request, request.scope["path"])

    def _fresh_world(self) -> World:
        seed = self._seed
        films = seed.films
        if films is None:
            films = CatalogueFilms(self._catalogue or shared_catalogue(), tuple(seed.series))
        line = TmdbLine(films, self._sleep, broken=seed.broken, delays_s=seed.delays_s)
        background = Background()
        return World(
            background=background,
            store=seed.store(),
            tmdb=line,
            radarr=Radarr(seed.radarr),
            webhook=Webhook(background, self._post),
            clock=self._clock,
            sleep=self._sleep,
            api_key=seed.api_key,
            any_key=seed.any_key,
        )


def _running_from(start: datetime) -> Clock:
    """A clock that begins at the seed's date, so that ages of seeded rows stay the same."""
    begun_s = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - begun_s)
