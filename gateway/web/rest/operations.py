"""The operations behind the routes, and their way through the pipeline of ``/graphql``."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from gateway.edge.begun import Begun
from gateway.edge.disconnect import Watched
from gateway.edge.graphql.negotiation import JSON
from gateway.edge.graphql.parameters import GraphQLParams
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Asked
from gateway.edge.graphql.reply import Reply, beside
from gateway.engine.execute import Outcome
from gateway.engine.prepared import Prepared

if TYPE_CHECKING:
    from gateway.web.rest.visit import Visit

_FOLDER: Final = files(__package__) / "operations"
_FRAGMENT: Final = ".fragment.graphql"
_SPREAD: Final = re.compile(r"\.\.\.\s*(\w+)")
_OURS: Final = frozenset({b"if-none-match", b"if-match", b"x-cost"})
"""Header fields that speak of the REST answer, not of the operation's."""
_CARRIED: Final = frozenset(
    {
        "age",
        "cache-control",
        "cache-status",
        "cdn-cache-control",
        "ratelimit",
        "ratelimit-policy",
        "vary",
    }
)
MOST_KNOWN: Final = 512
LONGEST_KNOWN: Final = 4096


class Reads(Protocol):
    """Reads documents."""

    def prepare(self, query: str, name: str | None) -> Prepared | Outcome:
        """The operation in it, or why it is refused."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of an operation.

    Args:
        status: Of the answer as ``/graphql`` would have sent it.
        data: By response name; ``None``: nothing ran.
        errors: As the graph tells them.
        extensions: Beside the data, such as ``freshness``.
        headers: What to tell about caching and allowances, by lower-case name.
    """

    status: int
    data: Mapping[str, Any] | None
    errors: Sequence[Mapping[str, Any]]
    extensions: Mapping[str, Any]
    headers: Mapping[str, str]


class GoneError(Exception):
    """The client has gone before its answer."""


def load_texts() -> Mapping[str, str]:
    """The operations in this package's folder, by the names of their files."""
    found = {each.name: each.read_text(encoding="utf-8") for each in _FOLDER.iterdir()}
    parts = {n.removesuffix(_FRAGMENT): t for n, t in found.items() if n.endswith(_FRAGMENT)}
    return {
        name.removesuffix(".graphql"): with_fragments(text, parts)
        for name, text in sorted(found.items())
        if name.endswith(".graphql") and not name.endswith(_FRAGMENT)
    }


def with_fragments(text: str, fragments: Mapping[str, str]) -> str:
    """A document with all the fragments that it spreads, each once."""
    wanted, written = _spread(text), [text]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop(0)
        if name in seen or name not in fragments:
            continue
        seen.add(name)
        written.append(fragments[name])
        wanted += _spread(fragments[name])
    return "\n".join(written)


def _spread(text: str) -> list[str]:
    return [name for name in _SPREAD.findall(text) if name != "on"]


class Operations:
    """Runs operations of ours as if a client had sent them to ``/graphql``.

    Args:
        graph: Reads their documents.
        pipeline: The one of ``/graphql``, with its limits, answers and gate.
        texts: Documents by name.
    """

    def __init__(self, graph: Reads, pipeline: Pipeline, texts: Mapping[str, str]) -> None:
        self._graph = graph
        self._pipeline = pipeline
        self._texts = texts
        self._prepared: dict[str, Prepared | Outcome] = {}
        self._params: OrderedDict[tuple[str, bytes], GraphQLParams] = OrderedDict()

    async def run(self, name: str, variables: Mapping[str, object], visit: Visit) -> Ran:
        """Run one of them.

        Raises:
            RefusedError: It has no place now, or costs more than is left.
            GoneError: Nobody waits for it any more.
        """
        prepared = self._read(name)
        if isinstance(prepared, Outcome):
            return _ran(orjson.dumps(prepared.body), 200, ())
        asked = Asked(
            self._params_of(name, variables, prepared),
            _without(visit.fields, _OURS),
            visit.caller,
            JSON,
            visit.deadline_s,
            prepared=prepared,
        )
        reply = self._pipeline.peek(asked) or await self._answer(asked, visit)
        reply = beside(reply, asked.more)
        return _ran(reply.body, reply.status, reply.headers)

    async def _answer(self, asked: Asked, visit: Visit) -> Reply:
        begun = Begun(self._pipeline.answer(asked))
        if begun.is_done:
            return begun.result
        found = await Watched(asked, visit.receive).run(begun)
        if found is None:
            raise GoneError
        return found

    def _read(self, name: str) -> Prepared | Outcome:
        found = self._prepared.get(name)
        if found is None:
            found = self._prepared[name] = self._graph.prepare(self._texts[name], None)
        return found

    def _params_of(
        self, name: str, variables: Mapping[str, object], prepared: Prepared
    ) -> GraphQLParams:
        """The same object for the same question, as the pipeline knows clients by."""
        reads = prepared.kind.value == "query"
        key = name, orjson.dumps(variables)
        known = self._params.get(key)
        if known is not None:
            return known
        made = GraphQLParams(query=self._texts[name], variables=dict(variables), read_only=reads)
        if reads and len(key[1]) <= LONGEST_KNOWN:
            self._params[key] = made
            if len(self._params) > MOST_KNOWN:
                self._params.popitem(last=False)
        return made


def _ran(body: bytes, status: int, lines: Iterable[tuple[bytes, bytes]]) -> Ran:
    found: dict[str, Any] = orjson.loads(body)
    headers = {name.decode(): value.decode("latin-1") for name, value in lines}
    return Ran(
        status=status,
        data=found.get("data"),
        errors=found.get("errors") or (),
        extensions=found.get("extensions") or {},
        headers={name: value for name, value in headers.items() if name in _CARRIED},
    )


def _without(fields: Mapping[bytes, bytes], names: frozenset[bytes]) -> Mapping[bytes, bytes]:
    return {name: value for name, value in fields.items() if name not in names}
