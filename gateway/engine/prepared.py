"""One operation of a document that passed, with what was found out about it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from copy import copy
from typing import Final, Self, TypeVar, cast

from graphql import DocumentNode, OperationDefinitionNode, OperationType

T = TypeVar("T")

MOST_REMEMBERED: Final = 32


class Prepared:
    """An operation that may be run any number of times.

    Args:
        document: Parsed and valid.
        operation: The one of its operations that is meant.
        text: Of the document.
    """

    __slots__ = ("__weakref__", "_memo", "document", "key", "kind", "operation")

    def __init__(
        self, document: DocumentNode, operation: OperationDefinitionNode, text: str
    ) -> None:
        self.document = document
        self.operation = operation
        self.kind: OperationType = operation.operation
        name = "" if operation.name is None else operation.name.value
        self.key = hashlib.sha256(f"{name}\n{text}".encode("utf-8", "replace")).hexdigest()
        """The same in every process."""
        self._memo: OrderedDict[Hashable, object] = OrderedDict()

    def alone(self) -> Self:
        """The same, of which nothing is remembered yet."""
        made = copy(self)
        made._memo = OrderedDict()  # noqa: SLF001 - one of us
        return made

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for that key before, else made now; what was used longest ago goes."""
        memo = self._memo
        if key in memo:
            memo.move_to_end(key)
            return cast("T", memo[key])
        made = make()
        memo[key] = made
        if len(memo) > MOST_REMEMBERED:
            memo.popitem(last=False)
        return made
