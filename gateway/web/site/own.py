"""Pages that no REST resource stands behind: how the gateway is, a film's wish, an empty search."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.domain.role import Role
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.web.rest.entrance import enter
from gateway.web.rest.problems import ProblemError, not_found
from gateway.web.rest.route import told
from gateway.web.rest.visit import Desk, Visit
from gateway.web.site.asked import wish_of
from gateway.web.site.gauges import Gauge, gauges
from gateway.web.site.upstreams import Upstream

if TYPE_CHECKING:
    from gateway.web.rest.rendering import Rendered
    from gateway.web.site.html import Writer

Answer: TypeAlias = Callable[[Visit], Awaitable["Rendered"]]
Method: TypeAlias = Callable[[Visit], Awaitable[Response]]

_READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Visited:
    """An address of ours; whatever goes wrong is a problem, as everywhere.

    Args:
        desk: What all visits share.
        methods: Of HTTP, and what answers them.
    """

    desk: Desk
    methods: Mapping[str, Method]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = Visit(self.desk, dict(scope), receive, {})
        try:
            visit = Visit.begun(self.desk, visit.scope, receive)
            response = await self._method(visit)(visit)
        except Exception as exc:  # noqa: BLE001 - told and logged there
            response = await visit.respond(told(exc))
        await response(visit.scope, receive, send)

    def _method(self, visit: Visit) -> Method:
        found = self.methods.get("GET" if visit.method in _READING else visit.method)
        if found is None:
            allowed = ", ".join(self.methods)
            raise RefusedError(RefusalCode.METHOD_NOT_ALLOWED, f"Use {allowed}.", Allow=allowed)
        return found


def own_page(desk: Desk, answer: Answer) -> ASGIApp:
    """A page that is only looked at."""

    async def get(visit: Visit) -> Response:
        await enter(visit, Request(visit.scope, visit.receive), takes_body=False)
        return answered(await answer(visit))

    return Visited(desk, {"GET": get})


def answered(rendered: Rendered, **more: str) -> Response:
    """A page as it is sent."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    headers = {**rendered.headers, "content-type": rendered.content_type, **named}
    headers["x-content-type-options"] = "nosniff"
    return Response(rendered.body, rendered.status or HTTPStatus.OK, headers)


async def nothing(visit: Visit) -> Rendered:
    """An address that leads nowhere.

    Raises:
        ProblemError: Always.
    """
    raise ProblemError(not_found(f"There is nothing at {visit.local_path}."))


class Operations:
    """How the gateway is: its upstreams for everybody, its cache for managers."""

    def __init__(self, writer: Writer, stats: Callable[[], Mapping[str, int]]) -> None:
        self._writer = writer
        self._stats = stats

    async def __call__(self, visit: Visit) -> Rendered:
        """Write it as it is now."""
        ran = await visit.run("upstreams")
        found: Any = (ran.data or {}).get("upstreams") or ()
        page = self._writer.page(visit)
        viewer = visit.viewer
        shown: list[Gauge] | None = None
        if viewer is not None and viewer.role.reaches(Role.MANAGER):
            shown = gauges(self._stats())
        name = "engines.html" if page.is_piece else "operations.html"
        upstreams = [Upstream.model_validate(each) for each in found]
        return self._writer.write(name, page, {"upstreams": upstreams, "gauges": shown})


def wish_page(writer: Writer) -> Answer:
    """A film's state in the library, as its page fetches it when it has changed."""

    async def answer(visit: Visit) -> Rendered:
        tmdb_id = int(visit.scope["path_params"]["tmdb_id"])
        wish = await wish_of(visit, tmdb_id)
        page = writer.page(visit)
        name = "wish.html" if page.is_piece else "wish-page.html"
        return writer.write(name, page, {"wish": wish, "tmdb_id": tmdb_id})

    return answer


def empty_search(writer: Writer) -> Answer:
    """Where nothing is searched for yet."""

    async def answer(visit: Visit) -> Rendered:
        page = writer.page(visit)
        verb = "replace" if page.came_from == page.path else "push"
        moves = {f"hx-{verb}-url": page.here_in_full} if page.is_piece else {}
        name = "found.html" if page.is_piece else "search.html"
        return writer.write(name, page, {"model": None}, headers=moves)

    return answer
