"""Resources as pages, and as the pieces of pages that htmx asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment

from gateway.web.rest.rendering import Rendered
from gateway.web.rest.resource import Kind
from gateway.web.site import asked, policy
from gateway.web.site.aliases import FRONT_CHART
from gateway.web.site.files import Files
from gateway.web.site.forms import sent_form
from gateway.web.site.page import Page
from gateway.web.site.tokens import FormTokens

if TYPE_CHECKING:
    from gateway.web.rest.resource import Resource
    from gateway.web.rest.visit import Visit
    from gateway.web.site.forms import Sent

TYPE: Final = "text/html; charset=utf-8"
CHARTS: Final = (
    ("TRENDING_WEEK", "Trending"),
    ("POPULAR", "Popular"),
    ("NOW_PLAYING", "In cinemas"),
    ("UPCOMING", "Upcoming"),
    ("TOP_RATED", "Best rated"),
)
_STATES: Final = (
    ("", "All"),
    ("PENDING", "Waiting"),
    ("APPROVED", "Approved"),
    ("COMPLETED", "Ready"),
    ("DECLINED", "Declined"),
    ("FAILED", "Failed"),
)
_TITLES: Final = {
    HTTPStatus.UNAUTHORIZED: "Sign in first",
    HTTPStatus.FORBIDDEN: "That is not open to you",
    HTTPStatus.NOT_FOUND: "Nothing is here",
    HTTPStatus.CONFLICT: "Somebody was faster",
    HTTPStatus.TOO_MANY_REQUESTS: "That was too much at once",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not to be had right now",
    HTTPStatus.BAD_GATEWAY: "Not to be had right now",
    HTTPStatus.GATEWAY_TIMEOUT: "That took too long",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes pages.

    Args:
        look: The templates.
        files: What they load.
        tokens: For their forms.
        pictures: Origins that pictures come from.
    """

    look: Environment
    files: Files
    tokens: FormTokens
    pictures: Callable[[], Sequence[str]]

    def page(self, visit: Visit) -> Page:
        """What templates know of a visit."""
        return Page.of(visit, self.files, self.tokens)

    def write(
        self,
        template: str,
        page: Page,
        known: Mapping[str, object],
        *,
        status: HTTPStatus | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Rendered:
        """One page, or piece."""
        carried = headers or {}
        text = self.look.get_template(template).render(page=page, **known)
        more = policy.headers(self.pictures(), carried)
        own = {name: value for name, value in carried.items() if name.startswith("hx-")}
        return Rendered(
            body=text.encode(), content_type=TYPE, status=status, headers={**more, **own}
        )

    def redirect(self, page: Page, path: str) -> Rendered:
        """Lead a browser on after a form."""
        more = {**policy.headers((), {}), "location": page.root + path, "cache-control": "no-store"}
        return Rendered(body=b"", content_type=TYPE, status=HTTPStatus.SEE_OTHER, headers=more)


class HtmlRenderer:
    """Writes every kind of resource.

    Args:
        writer: Of pages.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def __call__(self, resource: Resource, visit: Visit) -> Rendered:
        """Write one."""
        page, form = self._writer.page(visit), sent_form(visit)
        if resource.kind is Kind.PROBLEM:
            return self._problem(resource, page, form)
        if form is not None:
            return self._done(page, form)
        template, piece, known = await self._known(resource, visit, page)
        headers = {**resource.headers, **_moves(resource, page)}
        name = piece if page.is_piece else template
        return self._writer.write(name, page, {"model": resource.model, **known}, headers=headers)

    async def _known(
        self, resource: Resource, visit: Visit, page: Page
    ) -> tuple[str, str, Mapping[str, object]]:
        """Templates of the page and of its piece, and what they have to know."""
        model: Any = resource.model
        match resource.kind:
            case Kind.MOVIE:
                tmdb_id = model.tmdb_id
                known = {
                    "tmdb_id": tmdb_id,
                    "wish": await asked.wish_of(visit, tmdb_id),
                    "beside": await asked.beside(visit, tmdb_id),
                }
                return "movie.html", "film.html", known
            case Kind.DISCOVER:
                name = page.asked.get("chart", FRONT_CHART if page.path == "/" else "")
                chart = (name, dict(CHARTS).get(name, "Discover"))
                return "discover.html", "films.html", {"charts": CHARTS, "chart": chart}
            case Kind.SEARCH:
                piece = "films.html" if "after" in page.asked else "found.html"
                return "search.html", piece, {}
            case Kind.REQUESTS:
                return "requests.html", "wishes.html", await _list_of_requests(visit, page)
            case Kind.REQUEST:
                return "request.html", "row.html", {"me": await asked.own_id(visit)}
            case _:
                return "trailers.html", "trailers-list.html", {}

    def _problem(self, resource: Resource, page: Page, form: Sent | None) -> Rendered:
        title = _TITLES.get(resource.status, "That did not work")
        known = {"model": resource.model, "title": title, "back": form.back if form else "/"}
        if not page.is_piece:
            return self._writer.write("problem.html", page, known)
        moves = {"hx-reswap": "none"} | ({} if form is None else {"hx-trigger": "changed"})
        return self._writer.write("toast.html", page, {"said": "", **known}, headers=moves)

    def _done(self, page: Page, form: Sent) -> Rendered:
        """A form was right: say so where htmx sent it, lead on where a browser did."""
        if not page.is_piece:
            return self._writer.redirect(page, form.back)
        headers = {"hx-trigger": "changed"}
        return self._writer.write(
            "toast.html", page, {"said": form.said}, status=HTTPStatus.OK, headers=headers
        )


def _moves(resource: Resource, page: Page) -> Mapping[str, str]:
    """Typing a search stays one step in the browser's history."""
    if resource.kind is not Kind.SEARCH or not page.is_piece or "after" in page.asked:
        return {}
    verb = "replace" if page.came_from == page.path else "push"
    return {f"hx-{verb}-url": page.here_in_full}


async def _list_of_requests(visit: Visit, page: Page) -> Mapping[str, object]:
    me = await asked.own_id(visit)
    filters = [("" if not name else f"?status={name}", title) for name, title in _STATES]
    if me is not None:
        filters.append((f"?requestedBy={me}", "Mine"))
    wanted = page.asked
    chosen = f"?status={wanted['status']}" if "status" in wanted else ""
    if "requestedBy" in wanted:
        chosen = f"?requestedBy={wanted['requestedBy']}"
    return {"me": me, "filters": filters, "chosen": chosen}
