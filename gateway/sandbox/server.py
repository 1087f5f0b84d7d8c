"""All played APIs behind one origin, with pictures and controls beside them."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.sandbox.catalogue import Catalogue, shared_catalogue
from gateway.sandbox.control import Control
from gateway.sandbox.omdb import SandboxOmdb
from gateway.sandbox.pictures import picture
from gateway.sandbox.seerr import SandboxSeerr
from gateway.sandbox.seerr.posting import post
from gateway.sandbox.tmdb import SandboxTmdb
from gateway.sandbox.upstream import SandboxUpstream
from gateway.sandbox.youtube import SandboxYouTube


class Sandbox:
    """The world outside, offline.

    Attributes:
        tmdb: At ``/tmdb/3``.
        youtube: At ``/youtube/v3``.
        seerr: At ``/seerr/api/v1``.
        omdb: At ``/omdb``.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.catalogue = catalogue or shared_catalogue()
        self.tmdb = SandboxTmdb(self.catalogue, sleep=sleep)
        self.youtube = SandboxYouTube(self.catalogue, sleep=sleep)
        self.seerr = SandboxSeerr(self.catalogue, sleep=sleep, post=post)
        self.omdb = SandboxOmdb(self.catalogue, sleep=sleep)
        upstreams: tuple[SandboxUpstream, ...] = (self.tmdb, self.youtube, self.seerr, self.omdb)
        self._control = Control({upstream.name: upstream for upstream in upstreams})
        self._mounts = (
            ("/tmdb/3", self.tmdb.app()),
            ("/youtube/v3", self.youtube.app()),
            ("/seerr/api/v1", self.seerr.app()),
            ("/omdb", self.omdb.app()),
        )

    def app(self) -> ASGIApp:
        """The whole as one ASGI app."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._serve(scope, receive, send)

        return app  # a function: uvicorn takes a bound method for ASGI 2

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path: str = scope["path"]
        for prefix, app in self._mounts:
            if path == prefix or path.startswith(f"{prefix}/"):
                await app(_below(scope, prefix), receive, send)
                return
        answer = await self._own(Request(scope, receive), path)
        await answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Build the search index before the first call rather than in it."""
        while True:
            stage = (await receive())["type"].removeprefix("lifespan.")
            if stage == "startup":
                self.catalogue.search("the")
            await send({"type": f"lifespan.{stage}.complete"})
            if stage == "shutdown":
                return

    async def _own(self, request: Request, path: str) -> Response:
        if path.startswith("/_control/"):
            return await self._control.answer(request, path.removeprefix("/_control"))
        place, _, name = path.removeprefix("/images/").partition("/")
        if path.startswith("/images/") and request.method in {"GET", "HEAD"}:
            return picture(self.catalogue, place, unquote(name))
        if path == "/":
            return RedirectResponse("/_control/calls")
        return Response("not found", 404, media_type="text/plain")


def _below(scope: Scope, prefix: str) -> Scope:
    """The same request as the app at `prefix` sees it."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    length = len(prefix)
    return {**scope, "path": scope["path"][length:] or "/", "raw_path": raw[length:] or b"/"}
