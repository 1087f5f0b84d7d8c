"""What every template knows of the visit that it is written for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from gateway.domain.viewer import Viewer
from gateway.web.rest.visit import Visit
from gateway.web.site.files import HTMX, Files
from gateway.web.site.tokens import FormTokens, session_of

SHOWN: Final = "marquee.shown"
"""In a scope: the address as the visitor has it, where an alias leads on."""
_PLACES: Final = {
    "/": ("/movies", "/search", "/api/movies", "/api/search", "/api/discover"),
    "/requests": ("/requests", "/api/requests"),
    "/operations": ("/operations",),
}
"""Of the page's head, and what belongs to each."""
_SCRIPTS: Final = (HTMX, "live.js")
_TO_WHOLE: Final = (b"hx-boosted", b"hx-history-restore-request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, or a piece of one.

    Args:
        files: Style sheet and scripts.
        tokens: For its forms.
        root: What a proxy in front adds to all paths.
        path: Behind it, as the visitor has it.
        query_string: As it was sent.
        viewer: Whoever looks at it; ``None``: nobody known.
        bound_to: What its forms are bound to.
        is_piece: Whether htmx puts it into a page that is there.
        came_from: The path of that page.
    """

    files: Files
    tokens: FormTokens
    root: str
    path: str
    query_string: str
    viewer: Viewer | None
    bound_to: str = ""
    is_piece: bool = False
    came_from: str = ""

    @classmethod
    def of(cls, visit: Visit, files: Files, tokens: FormTokens) -> Self:
        """The page of a visit."""
        fields = visit.fields
        path, query_string = visit.scope.get(SHOWN) or (
            visit.local_path,
            visit.scope["query_string"].decode("latin-1"),
        )
        return cls(
            files=files,
            tokens=tokens,
            root=visit.prefix,
            path=path,
            query_string=query_string,
            viewer=visit.viewer,
            bound_to=session_of(fields),
            is_piece=is_piece(visit),
            came_from=_path_of(fields.get(b"hx-current-url", b"").decode("latin-1"), visit.prefix),
        )

    @property
    def place(self) -> str:
        """The one of the places in the page's head."""
        for place, below in _PLACES.items():
            if self.path == place or self.path.startswith(below):
                return place
        return ""

    @property
    def here(self) -> str:
        """Its address behind any prefix."""
        return f"{self.path}?{self.query_string}" if self.query_string else self.path

    @property
    def here_in_full(self) -> str:
        """Its address."""
        return self.root + self.here

    @property
    def asked(self) -> dict[str, str]:
        """Its parameters; of one that is repeated, the last."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def query(self) -> str:
        """What is searched for."""
        return self.asked.get("q") or self.asked.get("query", "")

    @property
    def scripts(self) -> Sequence[str]:
        """Where its scripts are."""
        return [self.file(name) for name in _SCRIPTS if name in self.files]

    def file(self, name: str) -> str:
        """Where a file of ours is."""
        return self.root + self.files.path(name)

    def beside(self, **changed: str) -> str:
        """The same address with other parameters."""
        sent = parse_qsl(self.query_string, keep_blank_values=True)
        kept = [(name, value) for name, value in sent if name not in changed]
        return f"{self.root}{self.path}?{urlencode([*kept, *changed.items()])}"

    def csrf(self) -> str:
        """A token for a form."""
        return self.tokens.new(self.bound_to)


def is_piece(visit: Visit) -> bool:
    """Whether htmx asks for a part of a page; going back, it asks for all of it."""
    fields = visit.fields
    if fields.get(b"hx-request") != b"true" or fields.get(b"hx-request-type") == b"full":
        return False
    return not any(name in fields for name in _TO_WHOLE)


def _path_of(url: str, root: str) -> str:
    try:
        return urlsplit(url).path.removeprefix(root)
    except ValueError:
        return ""
