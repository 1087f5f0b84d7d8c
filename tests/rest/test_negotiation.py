"""Which media type a client gets."""

from __future__ import annotations

import pytest

from gateway.edge.graphql.negotiation import HTML, JSON
from gateway.web.rest import Rendered, Renderers, Resource, Visit


def named(name: str) -> object:
    async def render(_: Resource, __: Visit) -> Rendered:
        return Rendered(body=b"", content_type=name)

    render.__name__ = name
    return render


BOTH = Renderers({JSON: named(JSON), HTML: named(HTML)}, vary=["HX-Request"])  # type: ignore[dict-item] # named by hand
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/problem+json", JSON),
        ("application/*", JSON),
        (BROWSER, HTML),
        ("text/html;q=0.5, application/json;q=0.4", HTML),
        ("text/html;q=0.4, application/json;q=0.5", JSON),
        ("text/html;q=0, */*", JSON),
        ("application/json;q=0, */*", HTML),
        ("text/*", HTML),
        ("image/png", None),
        ("application/json;q=0", None),
    ],
)
def test_the_best_by_weight_then_by_name(accept: str | None, expected: str | None) -> None:
    fields = {} if accept is None else {b"accept": accept.encode()}
    chosen = BOTH.choose(fields)
    assert getattr(chosen, "__name__", None) == expected


def test_htmx_means_html_where_it_takes_anything() -> None:
    for accept, expected in (("*/*", HTML), ("application/json", JSON), ("", HTML)):
        chosen = BOTH.choose({b"accept": accept.encode(), b"hx-request": b"true"})
        assert getattr(chosen, "__name__", None) == expected
