"""Pages for people: the REST routes' answers as HTML, and what belongs around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from gateway.edge.identity.ready_made import ReadyMade
from gateway.web.bundle import Bundle
from gateway.web.rest.rendering import Renderer
from gateway.web.rest.visit import Adapter, Desk
from gateway.web.site import aliases, own, policy
from gateway.web.site.at_issuer import BACK, AtIssuer
from gateway.web.site.files import PATH, Files
from gateway.web.site.forms import FORM_TYPE, FormReader
from gateway.web.site.html import HtmlRenderer, Writer
from gateway.web.site.look import environment
from gateway.web.site.signing import SignIn, SignsIn
from gateway.web.site.texts import load_page_texts
from gateway.web.site.tokens import FormTokens

__all__ = ["Site", "load_page_texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All pages.

    Args:
        identity: Knows keys.
        pictures: Origins that pictures come from.
        stats: The cache's counters.
        offered: Keys that a visitor from this machine may pick.
        bundle: Where htmx is; ``None``: it was not bundled with this install.
    """

    identity: SignsIn
    pictures: Callable[[], Sequence[str]]
    stats: Callable[[], Mapping[str, int]]
    offered: Sequence[ReadyMade] = field(repr=False, default=())
    bundle: Bundle | None = None
    _writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        """Read templates and files once."""
        writer = Writer(
            look=environment(),
            files=Files.load(self.bundle),
            tokens=FormTokens(self.identity.secret),
            pictures=self.pictures,
        )
        object.__setattr__(self, "_writer", writer)

    @property
    def renderer(self) -> Renderer:
        """Of ``text/html``."""
        return HtmlRenderer(self._writer)

    @property
    def vary(self) -> Sequence[str]:
        """Header fields that tell a page from a piece of it."""
        return policy.PIECES

    @property
    def adapters(self) -> Mapping[str, Adapter]:
        """Readers of forms."""
        return {FORM_TYPE: FormReader(self._writer.tokens)}

    def routes(self, desk: Desk, api: ASGIApp) -> list[BaseRoute]:
        """Every page's address.

        Args:
            desk: Of the REST routes.
            api: They.
        """
        writer = self._writer
        search = aliases.Either(
            aliases.Alias(api, "/api/search", aliases.search),
            own.own_page(desk, own.empty_search(writer)),
        )
        signing = SignIn(
            writer=writer, tokens=writer.tokens, identity=self.identity, offered=self.offered
        )
        film = "/movies/{tmdb_id:int}"
        return [
            Route("/", aliases.Alias(api, "/api/discover", aliases.front_page)),
            Route("/search", search),
            Route(film, aliases.Alias(api, "/api/movies/{tmdb_id}")),
            Route(f"{film}/trailers", aliases.Alias(api, "/api/movies/{tmdb_id}/trailers")),
            Route(f"{film}/wish", own.own_page(desk, own.wish_page(writer))),
            Route("/requests", aliases.Alias(api, "/api/requests")),
            Route("/requests/{id}", aliases.Alias(api, "/api/requests/{id}")),
            Route("/operations", own.own_page(desk, own.Operations(writer, self.stats))),
            Route("/sign-in", own.Visited(desk, {"GET": signing.form, "POST": signing.sent})),
            *self._at_issuer(desk),
            Route("/sign-out", own.Visited(desk, {"POST": signing.out})),
            Route(PATH + "{name}", writer.files.__call__),
        ]

    def _at_issuer(self, desk: Desk) -> list[BaseRoute]:
        login = self.identity.login
        if login is None:
            return []
        there = AtIssuer(writer=self._writer, login=login, secret=self.identity.secret)
        return [
            Route("/sign-in/issuer", own.Visited(desk, {"GET": there.away})),
            Route(BACK, own.Visited(desk, {"GET": there.back})),
        ]

    def nowhere(self, desk: Desk) -> BaseRoute:
        """All other addresses, as the last route."""
        return Route("/{path:path}", own.own_page(desk, own.nothing), methods=["GET", "HEAD"])
