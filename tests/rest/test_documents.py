"""What the routes tell of themselves, to machines and to people."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from openapi_schema_validator import OAS31Validator

from gateway.edge.graphql.refusal import RefusalCode
from gateway.errors import UpstreamError
from gateway.graph.mutations import carrying
from gateway.web.rest import load_texts
from gateway.web.rest.meanings import MEANINGS
from tests.graph.everything import core_schema
from tests.graph.stage import staged

NOT_HERE: Final = {
    "BATCHING_NOT_SUPPORTED",
    "BATCH_TOO_LARGE",
    "TOO_MANY_CONNECTIONS",
    "TOO_MANY_SUBSCRIPTIONS",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "TRUSTED_DOCUMENT_REQUIRED",
    "TRUSTED_DOCUMENT_NOT_FOUND",
}
"""Refusals of what only ``/graphql`` is asked."""


class Links(HTMLParser):
    """What a page links to, what it has names for, and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.to: set[str] = set()
        self.ids: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids |= {told["id"] or ""} if "id" in told else set()
        if tag == "a":
            self.to.add(told["href"] or "")
        if tag in {"script", "img", "iframe"} or (tag == "link" and told["href"] != "data:,"):
            self.loads.append(tag)
        assert not any(name.startswith("on") or name == "style" for name in told)


async def test_openapi_holds_together() -> None:
    async with staged() as stage:
        document = (await stage.http.get("/api/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        text = str(document)
        schemas = document["components"]["schemas"]
        for name in re.findall(r"#/components/schemas/([^'\"]+)", text):
            assert name in schemas
        assert not any("Validation" in name for name in schemas)
        for schema in schemas.values():
            OAS31Validator.check_schema(schema)
        ids = set()
        for operations in document["paths"].values():
            for method, told in operations.items():
                ids.add(told["operationId"])
                assert told["description"]
                assert ("security" in told) is (method != "get")
                assert all(each["description"] for each in told["parameters"])
                for status, answer in told["responses"].items():
                    [content] = answer["content"]
                    is_problem = content == "application/problem+json"
                    assert is_problem is (int(status) >= 400)
                    for link in answer.get("links", {}).values():
                        ids.add(link["operationId"])
        assert len(ids) == sum(len(each) for each in document["paths"].values())


async def test_the_page_loads_nothing_and_leads_somewhere() -> None:
    async with staged() as stage:
        answer = await stage.http.get("/api/docs")
        assert answer.headers["content-type"].startswith("text/html")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        found = Links()
        found.feed(answer.text)
        assert found.loads == []
        assert {each for each in found.to if each.startswith("#")} <= {f"#{i}" for i in found.ids}
        problem = (await stage.http.get("/api/nothing")).json()
        assert problem["type"].removeprefix("/api/docs#") in found.ids


def test_every_code_has_a_meaning() -> None:
    kinds = [UpstreamError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    source = Path(carrying.__file__).read_text(encoding="utf-8")
    mutations = set(re.findall(r'code="([A-Z_]+)"', source))
    assert len(mutations) > 8
    codes = {each.code for each in kinds} | {each.value for each in RefusalCode} | mutations
    assert codes - NOT_HERE <= set(MEANINGS)


def test_operations_are_whole() -> None:
    """No field is deprecated, and none of the files is left out."""
    texts = load_texts()
    assert {"movie", "trailers", "search", "discover", "charts", "requests", "request"} <= set(
        texts
    )
    schema = core_schema()
    for text in texts.values():
        assert text.count("query ") + text.count("mutation ") == 1
    assert schema.mutation_type is not None
    asked = {name for name in schema.mutation_type.fields if any(name in t for t in texts.values())}
    assert asked == set(schema.mutation_type.fields)
