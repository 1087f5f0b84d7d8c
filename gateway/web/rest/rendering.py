"""Which media type a client gets, and who writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from gateway.edge.graphql.negotiation import (
    HTML,
    JSON,
    NO_FIT,
    Fit,
    MediaRange,
    fit,
    parse_accept,
)

if TYPE_CHECKING:
    from gateway.web.rest.resource import Resource
    from gateway.web.rest.visit import Visit

PROBLEM_JSON: Final = "application/problem+json"
_FRAGMENT: Final = b"hx-request"
_BY_NAME: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A resource in one media type.

    Args:
        body: As it is sent.
        content_type: With its charset.
        status: Over the resource's, such as 303 after a form; ``None``: the resource's.
        headers: Over the resource's, by lower-case name.
    """

    body: bytes
    content_type: str
    status: HTTPStatus | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Renderer(Protocol):
    """Writes resources in one media type, problems among them."""

    async def __call__(self, resource: Resource, visit: Visit, /) -> Rendered:
        """Write one."""
        ...


class Renderers:
    """The media types on offer.

    Args:
        by_type: Renderers in the order of preference where a client has none; the first one also
            writes problems for clients who take nothing of ours.
        vary: What else than ``Accept`` tells one answer from another.
    """

    def __init__(self, by_type: Mapping[str, Renderer], *, vary: Sequence[str] = ()) -> None:
        self._by_type = by_type
        self.vary = ("Accept", *vary)

    @property
    def types(self) -> Sequence[str]:
        """Their names."""
        return tuple(self._by_type)

    def choose(self, fields: Mapping[bytes, bytes]) -> Renderer | None:
        """The renderer that suits a client best; ``None`` if it takes nothing of ours.

        HTMX says that it takes anything, and means a piece of HTML.
        """
        accept = parse_accept(fields.get(b"accept", b"").decode("latin-1"))
        is_fragment = fields.get(_FRAGMENT) == b"true"
        best, chosen = (NO_FIT, False), None
        for media_type, renderer in self._by_type.items():
            found = self._fit(accept, media_type), is_fragment and media_type == HTML
            if found[0] != NO_FIT and found > best:
                best, chosen = found, renderer
        return chosen

    def writes(self, renderer: Renderer | None, media_type: str) -> bool:
        """Whether a renderer is the one of a type."""
        return renderer is not None and self._by_type.get(media_type) is renderer

    def fallback(self) -> Renderer:
        """Who writes what nobody else does."""
        return next(iter(self._by_type.values()))

    @staticmethod
    def _fit(accept: tuple[MediaRange, ...], media_type: str) -> Fit:
        """Whoever takes only problems gets answers too: JSON is what both are."""
        found = fit(accept, media_type)
        if found == NO_FIT and media_type == JSON:
            named = fit(accept, PROBLEM_JSON)
            return named if named.specificity == _BY_NAME else found
        return found
