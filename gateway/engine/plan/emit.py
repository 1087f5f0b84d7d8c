"""Python code that shows the objects of one node: what ``Node.walk`` does, without the detours.

The code shows one field after another into a variable each. If anything raises,
the first field without a variable is the one that failed, and ``walk`` goes on
from there; so nothing is resolved twice. Text of a client's document gets into
the code in one place, as the ``repr`` of response keys, which are checked.
"""

from __future__ import annotations

import re
from asyncio import Future
from functools import lru_cache
from keyword import iskeyword
from types import CodeType
from typing import TYPE_CHECKING, Any, Final, cast

from graphql import Undefined

from gateway.engine.plan.info import FieldInfo
from gateway.engine.plan.landings import Slot
from gateway.engine.plan.leaves import leaf_code
from gateway.engine.plan.resolver import Attribute, Call, TwoSteps
from gateway.engine.plan.trust import CAST_MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.engine.plan.branch import Branch, Show
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.node import Node
    from gateway.engine.plan.position import Position

_NAME: Final = re.compile("[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
_KEPT: Final = 1024  # pieces of code; documents that ask for the same share them
_USED: Final = (
    *(Exception, bool, enumerate, float, hasattr, int),
    *(isinstance, list, locals, map, str, type),
)
_BUILTINS: Final = {each.__name__: each for each in _USED}


def value_name(number: int) -> str:
    """The variable in which the code has what it shows of a field."""
    return f"v{number}"


def pending_name(number: int) -> str:
    """The variable in which the code has what a field waits for, or ``None``."""
    return f"y{number}"


def raw_name(number: int) -> str:
    """The variable in which the code has a list of objects that it has not shown."""
    return f"r{number}"


def show_function(node: Node) -> Show:
    """Generate the function that shows the objects of a node."""
    names: dict[str, object] = {
        "__builtins__": _BUILTINS, "Future": Future, "Slot": Slot, "FieldInfo": FieldInfo,
        "Undefined": Undefined, "node": node,
    }  # fmt: skip
    exec(_compiled(_source(node, names)), names)  # noqa: S102 - of our own making, see above
    return cast("Show", names["show"])


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and not iskeyword(text)


@lru_cache(_KEPT)
def _compiled(source: str) -> CodeType:
    return compile(source, "<plan>", "exec")


def _source(node: Node, names: dict[str, object]) -> str:
    fields = [_Code(number, field, names) for number, field in enumerate(node.fields)]
    shown = ", ".join(f"{each.key}: {each.shown}" for each in fields)
    return "\n".join(
        [
            "def show(s, P, X):",
            *_marked(node, names),
            " n = X.late",
            " c = X.context",
            " try:",
            "  pass",
            *(f"  {line}" for each in fields for line in each.lines()),
            " except Exception as error:",
            "  return node.walk(s, P, X, locals(), error)",
            f" d = {{{shown}}}",
            " if X.late != n: X.adopt(node, s, d, P)",
            *(f" {line}" for each in fields for line in each.waits()),
            " return d",
        ]
    )


def _marked(node: Node, names: dict[str, object]) -> Iterator[str]:
    if node.marked is not None:
        names["marked"] = node.marked
        yield f" if hasattr(s, {CAST_MARK!r}): return marked(s, P, X)"


class _Code:
    """The lines of one field."""

    def __init__(self, number: int, field: Field, names: dict[str, Any]) -> None:
        if not _NAME.fullmatch(field.key):  # repr would do; this is the second lock
            raise ValueError("A response key is no name.")
        self._number = number
        self._field = field
        self._names = names
        self._value = value_name(number)
        self._pending = pending_name(number)
        self.key = repr(field.key)
        self.shown = self._value if field.resolver is not None else repr(field.parent.name)

    def lines(self) -> Iterator[str]:
        """What is done before the object is put together."""
        resolver = self._field.resolver
        if resolver is None:
            return
        if isinstance(resolver, TwoSteps):
            yield from self._two_steps(resolver)
        elif isinstance(resolver, Call) and resolver.waits:
            yield from self._call(resolver, self._pending)
            yield f"{self._value} = None"
        elif isinstance(resolver, Call):
            yield from self._call(resolver, "r")
            yield from self._shown()
        elif isinstance(resolver, Attribute) and _is_name(resolver.name):
            yield f"r = s.{resolver.name}"
            yield from self._shown()
        else:
            take, field = self._name("take", resolver.take), self._name("field", self._field)
            yield f"r = {take}({field}, s, (P, {self.key}), X)"
            yield from self._shown()

    def waits(self) -> Iterator[str]:
        """What is done afterwards."""
        resolver = self._field.resolver
        if isinstance(resolver, TwoSteps) or (isinstance(resolver, Call) and resolver.waits):
            position = self._name("position", self._field.position)
            yield f"if {self._pending} is not None:"
            land = self._name("land", self._field.position.land)
            yield f" X.wait({self._pending}, Slot({position}, {land}, s, d, {self.key}, P))"

    def _name(self, what: str, value: object) -> str:
        """Have a value in the code, under a name of its own."""
        name = f"{what}{self._number}"
        self._names[name] = value
        return name

    def _two_steps(self, resolver: TwoSteps) -> Iterator[str]:
        ask = self._name("ask", resolver.ask)
        answer = self._name("answer", self._field.position.answer)
        if resolver.arguments.constant is not None:
            given = self._name("given", resolver.arguments.constant)
        else:
            given = f"{self._name('arguments', resolver.arguments)}.of(X)"
        yield f"r = {ask}(s, c, {given})"
        yield "if isinstance(r, Future) and not r.done():"
        yield f" {self._pending} = r"
        yield f" {self._value} = None"
        yield "else:"
        yield f" {self._pending} = None"
        yield f" {self._value} = {answer}(r, s, (P, {self.key}), X)"

    def _call(self, resolver: Call, into: str) -> Iterator[str]:
        function = self._name("function", resolver.function)
        given = ["s"] if resolver.positional else []
        if resolver.parent is not None:
            given.append(f"{resolver.parent}=s")
        if resolver.info is not None:
            field = self._name("field", self._field)
            made = self._name("info", resolver.make_info)
            given.append(f"{resolver.info}={made}(FieldInfo(X, {field}, (P, {self.key})))")
        constant = resolver.arguments.constant
        if constant is None:
            given.append(f"**{self._name('arguments', resolver.arguments)}.of(X)")
        for place, (name, value) in enumerate((constant or {}).items()):
            given.append(f"{name}={self._name(f'given{place}_', value)}")
        yield f"{into} = {function}({', '.join(given)})"

    def _shown(self) -> Iterator[str]:
        """From the raw value in ``r`` to what is shown."""
        position = self._field.position
        item = position.item
        if position.branch is not None:
            known = self._name("known", position.branch.known)
            lines = [f"q = (P, {self.key})", f"{self._value} = {known}[type(r)](r, q, X)"]
            yield from self._nullable(lines)
        elif item is not None and item.branch is not None:
            settle = self._name("settle", position.settle)
            yield from self._tested("type(r) is list", self._objects(item, item.branch), settle)
        else:
            code = leaf_code(position, self._field.type, self._name)
            yield from self._tested(code.test, [f"{self._value} = {code.shown}"], code.settle)

    def _objects(self, item: Position, branch: Branch) -> list[str]:
        known, place = self._name("known", branch.known), self._name("item", item)
        raw = raw_name(self._number)
        return [
            f"{raw} = r",
            f"q = (P, {self.key})",
            "m = X.late",
            f"{self._value} = [{known}[type(i)](i, (q, x), X) for x, i in enumerate(r)]",
            f"if X.late != m: X.adopt_items({self._value}, {place}, q)",
        ]

    def _nullable(self, lines: list[str]) -> Iterator[str]:
        if not self._field.position.nullable:
            yield from lines
            return
        yield "if r is None:"
        yield f" {self._value} = None"
        yield "else:"
        yield from (f" {line}" for line in lines)

    def _tested(self, test: str, lines: list[str], otherwise: str) -> Iterator[str]:
        yield f"if {test}:"
        yield from (f" {line}" for line in lines)
        if self._field.position.nullable:
            yield "elif r is None:"
            yield f" {self._value} = None"
        yield "else:"
        yield f" {self._value} = {otherwise}(r, (P, {self.key}), X)"
