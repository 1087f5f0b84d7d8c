"""What is small to send and large to answer is refused, however it is sent, and harms nobody."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from types import FrameType

import httpx
import pytest
from graphql import GraphQLSyntaxError, parse
from starlette.types import Message

from gateway.engine.limits import Limits
from gateway.engine.measure import check
from gateway.engine.reading import Reader
from gateway.errors import LimitCode, LimitError
from gateway.schema import build_schema
from tests.graph.stage import Stage
from tests.limits.bombs import BLOBS, BOMBS, NORMAL, WRONG, Blob, Bomb

MOST_BYTES = 262_144
JSON = {"content-type": "application/json"}


def complaints(bomb: Bomb | Blob, code: str, answer: httpx.Response) -> Iterator[str]:
    """What is wrong with the answer to a bomb."""
    body = answer.json()
    found = [each["extensions"]["code"] for each in body["errors"]]
    if found[0] != code:
        yield f"{bomb.name}: {found[0]} instead of {code}"
    if code == WRONG:
        if any((body.get("data") or {}).values()):
            yield f"{bomb.name}: was answered"
    elif "data" in body:
        yield f"{bomb.name}: was executed"
    if len(answer.content) > 20_000:
        yield f"{bomb.name}: {len(answer.content)} bytes for a refusal"


async def fine(stage: Stage) -> None:
    data = await stage.data(NORMAL)
    assert data["movie"]["title"] == "The Matrix"


async def test_over_post(stage: Stage) -> None:
    await fine(stage)
    stage.calls()
    wrong: list[str] = []
    for bomb in (*BOMBS, *BLOBS):
        body = bomb.body() if isinstance(bomb, Bomb) else bomb.body
        answer = await stage.http.post("/graphql", content=body, headers=JSON)
        wrong += complaints(bomb, bomb.code, answer)
    assert wrong == []
    await fine(stage)
    assert sum(stage.calls().values()) == 0


async def test_over_get(stage: Stage) -> None:
    """The first of each kind; any other way in reads the same document."""
    kinds = {bomb.name.partition(":")[0]: bomb for bomb in reversed(BOMBS)}
    await fine(stage)
    stage.calls()
    assert [each async for each in over_get(stage, kinds.values())] == []
    await fine(stage)
    assert sum(stage.calls().values()) == 0


@pytest.mark.slow
async def test_each_over_get(stage: Stage) -> None:
    assert [each async for each in over_get(stage, BOMBS)] == []


async def over_get(stage: Stage, bombs: Iterable[Bomb]) -> AsyncIterator[str]:
    for bomb in bombs:
        sent = bomb.query_string()
        code = "URI_TOO_LONG" if len(sent) > MOST_BYTES else bomb.code
        for each in complaints(bomb, code, await got(stage, sent)):
            yield each


async def got(stage: Stage, query_string: bytes) -> httpx.Response:
    """What a GET is answered; httpx itself makes no address of more than 64 KB."""
    transport = stage.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/graphql",
        "query_string": query_string,
        "headers": [(b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
    }
    await transport.app(scope, receive, send)
    return httpx.Response(sent[0]["status"], content=b"".join(m["body"] for m in sent[1:]))


def test_every_limit_has_a_bomb() -> None:
    assert {each.value for each in LimitCode} <= {bomb.code for bomb in BOMBS}
    kinds = {bomb.name.partition(":")[0] for bomb in BOMBS}
    assert len({bomb.name for bomb in BOMBS}) == len(BOMBS) > 80
    assert kinds >= {
        *("alias", "directive", "depth", "fragment", "repeat", "overlap", "list literal"),
        *("object literal", "variable", "introspection", "entities", "huge", "flood", "cost"),
    }


def test_measuring_looks_at_no_node_twice() -> None:
    """Documents of 2,000 tokens have fewer nodes, whatever their fragments multiply."""
    limits = Limits()
    for bomb in BOMBS:
        try:
            node = parse(bomb.query[: limits.max_document_chars], max_tokens=limits.max_tokens)
            visited = check(node, limits)
        except (GraphQLSyntaxError, LimitError):
            continue
        assert visited <= limits.max_tokens, bomb.name


def work(read: Reader, text: str) -> int:
    """Calls, Python's and C's, that reading takes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read.read(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.slow
def test_no_refusal_is_more_work_than_the_largest_document_that_is_read() -> None:
    """Counted, not timed: a plain document of 2,000 tokens is what everybody may send."""
    read = Reader(build_schema()._schema, Limits())
    fields = "title overview year tmdbId originalTitle"
    plain = " ".join(f"fragment f{n} on Movie {{ {fields} }}" for n in range(90))
    spread = " ".join(f"...f{n}" for n in range(90))
    most = work(read, f"{{ movie(by: {{tmdbId: 1}}) {{ {spread} }} }} {plain}")
    heavy = {bomb.name: work(read, bomb.query) / most for bomb in BOMBS}
    assert {name: share for name, share in heavy.items() if share > 2.5} == {}
