"""Documents, parsed, measured and validated once each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode

from gateway.engine.kept import Kept
from gateway.engine.limits import Limits
from gateway.engine.prepared import Prepared
from gateway.engine.reading import Reader
from gateway.errors import GatewayError

_ROOM: Final = 120_000  # letters of documents; parsed, each takes about 150 bytes
_EACH: Final = 600  # letters' worth of what is found out about a document, such as its plans
_LONGEST: Final = 20_000  # letters; what is longer is odd, and costs more to hold than to read


@dataclass(frozen=True, slots=True)
class Document:
    """A document that passed, or why it did not."""

    node: DocumentNode | None
    errors: Sequence[GraphQLError | GatewayError] = ()
    text: str = ""
    _prepared: dict[str | None, Prepared] = field(default_factory=dict)

    def prepared(self, name: str | None) -> Prepared | None:
        """The operation that a call means; ``None`` if that is not one."""
        known = self._prepared.get(name)
        if known is not None:
            return known
        wanted = self.operation(name)
        if self.node is None or wanted is None:
            return None
        called = None if wanted.name is None else wanted.name.value
        made = self._prepared.get(called) or Prepared(self.node, wanted, self.text)
        self._prepared[called] = self._prepared[name] = made
        return made

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Its definition."""
        found = [
            each
            for each in (self.node.definitions if self.node else ())
            if isinstance(each, OperationDefinitionNode)
            and (name is None or (each.name is not None and each.name.value == name))
        ]
        return found[0] if len(found) == 1 else None


class Documents:
    """The good documents that are asked for again; a stream of unique ones flushes none of them.

    Args:
        schema: What documents are validated against.
        limits: What they may be.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._reader = Reader(schema, limits)
        self._known: Kept[str, Document] = Kept(_ROOM)

    def known(self, text: str) -> Document | None:
        """Remember; this use lets the document stay."""
        return self._known.get(text)

    def read(self, text: str) -> Document:
        """Parse and validate, or remember."""
        known = self.known(text)
        if known is not None:
            return known
        made = self._checked(text)
        if made.node is not None and len(text) <= _LONGEST:
            self._known.put(text, made, _EACH + len(text))
        return made

    def _checked(self, text: str) -> Document:
        found = self._reader.read(text)
        return (
            Document(found, text=text) if isinstance(found, DocumentNode) else Document(None, found)
        )
