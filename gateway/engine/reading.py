"""From text to a valid document, in time that the limits bound and no document stretches."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Node,
    Token,
    TokenKind,
    ValidationContext,
    parse,
    specified_rules,
)
from graphql.validation import ASTValidationRule, OverlappingFieldsCanBeMergedRule
from graphql.validation.validate import ValidationAbortedError

from gateway.engine.limits import Limits, exceeded
from gateway.engine.measure import check
from gateway.engine.together import errors_of
from gateway.errors import LimitError

_TOO_MANY_TOKENS = "Document contains more than"
_TOO_MUCH_WORK = "Validation aborted."
_TOO_NESTED = "Document is nested too deeply"
_MAX_ERRORS = 10  # each may print a whole literal
_NO_TOKEN = Token(TokenKind.SOF, 0, 0, 0, 0)


class Reader:
    """Reads documents for one schema.

    Args:
        schema: What documents are validated against.
        limits: What they may be.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._rules = _rules(limits)

    def read(self, text: str) -> DocumentNode | Sequence[GraphQLError | LimitError]:
        """The document, or why it is refused."""
        try:
            node = self._parsed(text)
            check(node, self._limits)
        except (GraphQLSyntaxError, LimitError) as exc:
            return [exc]
        return self._invalid(node) or node

    def _parsed(self, text: str) -> DocumentNode:
        limits = self._limits
        if len(text) > limits.max_document_chars:
            raise exceeded("max_document_chars", limits, len(text))
        try:
            return _lean(parse(text, max_tokens=limits.max_tokens))
        except GraphQLSyntaxError as exc:
            if _TOO_MANY_TOKENS in exc.message:
                raise exceeded("max_tokens", limits) from exc
            if _TOO_NESTED in exc.message:
                raise exceeded("max_nesting", limits) from exc
            raise

    def _invalid(self, node: DocumentNode) -> Sequence[GraphQLError | LimitError]:
        errors = errors_of(self._schema, node, self._rules, _MAX_ERRORS)
        last = errors[-1] if errors else None
        if isinstance(last, ValidationAbortedError) and last.message == _TOO_MUCH_WORK:
            return [exceeded("max_overlaps", self._limits)]
        return errors


def _lean(document: DocumentNode) -> DocumentNode:
    """Let go of the tokens, of which only the places are needed once all are read.

    They take as much as the nodes. And each knows its neighbours, so a document that is pushed out
    would wait for the collector.
    """
    token = None if document.loc is None else document.loc.start_token
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following
    rest: list[Node] = [document]
    while rest:
        node = rest.pop()
        if node.loc is not None:
            node.loc.start_token = node.loc.end_token = _NO_TOKEN
        for key in node.keys:
            value = getattr(node, key, None)
            if isinstance(value, Node):
                rest.append(value)
            elif isinstance(value, tuple):
                rest += [each for each in value if isinstance(each, Node)]
    return document


def _rules(limits: Limits) -> Sequence[type[ASTValidationRule]]:
    """The specification's, of which the one whose work can explode has less patience."""

    class Overlaps(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = limits.max_overlaps

    usual = OverlappingFieldsCanBeMergedRule
    return [Overlaps if rule is usual else rule for rule in specified_rules]
