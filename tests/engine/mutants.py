"""Small wrongs done to a module's source, one at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

Wrong: TypeAlias = tuple[str, ast.AST | None]
Wrongs: TypeAlias = list[Wrong]

_FLIPPED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_WORDS: Final = ((" is not None", " is None"), ("elif ", "if "), (" and ", " or "), ("not ", ""))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong.

    Args:
        module: Path of the source.
        line: Where it is.
        what: Was done.
        source: The whole module with it.
    """

    module: Path
    line: int
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.module.name}:{self.line} {self.what}"


def mutants(module: Path) -> Iterator[Mutant]:
    """Every wrong that can be done to a module, in the order of lines."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    spared = set(_decorations(tree))
    for number, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.stmt | ast.expr) and node not in spared:
            for way, (what, _) in enumerate(_wrongs(node)):
                made = copy.deepcopy(tree)
                changed = list(ast.walk(made))[number]
                _put(made, changed, _wrongs(changed)[way][1])
                source = ast.unparse(ast.fix_missing_locations(made))
                yield Mutant(module, node.lineno, what, source)


def _decorations(tree: ast.AST) -> Iterator[ast.AST]:
    """Such as whether a dataclass has slots, which no answer shows."""
    for node in ast.walk(tree):
        for each in getattr(node, "decorator_list", ()):
            yield from ast.walk(each)


def _wrongs(node: ast.AST) -> Wrongs:
    """What can be put into a node's place, ``None`` for nothing."""
    return list(_WAYS[type(node)](node)) if type(node) in _WAYS else []


def _compared(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - a node of the type in the table
    if len(node.ops) == 1 and type(node.ops[0]) in _FLIPPED:
        flipped = _FLIPPED[type(node.ops[0])]
        made = ast.Compare(left=node.left, ops=[flipped()], comparators=node.comparators)
        yield f"{flipped.__name__} for {type(node.ops[0]).__name__}", made


def _joined(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "and for or", ast.BoolOp(op=other, values=node.values)


def _negated(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    if isinstance(node.op, ast.Not):
        yield "not dropped", node.operand


def _branched(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return
    for truth in (False, True):
        test = ast.Constant(value=truth)
        yield f"if {truth}", ast.If(test=test, body=node.body, orelse=node.orelse)


def _repeated(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    yield "loop dropped", ast.While(test=ast.Constant(value=False), body=node.body, orelse=[])


def _chosen(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    yield "always the first", node.body
    yield "always the second", node.orelse


def _summed(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    if isinstance(node.op, ast.Add | ast.Sub):
        back = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "the other sign", ast.BinOp(left=node.left, op=back, right=node.right)


def _constant(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    if isinstance(node.value, bool):
        yield "the other truth", ast.Constant(value=not node.value)
    elif isinstance(node.value, int):
        yield "off by one", ast.Constant(value=node.value + 1)


def _expressed(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    if not isinstance(node.value, ast.Constant):  # or it is a docstring
        yield "statement dropped", None


def _assigned(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    if isinstance(node.targets[0], ast.Attribute | ast.Subscript):
        yield "assignment dropped", None


def _returned(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield "returns None", ast.Return(value=ast.Constant(value=None))


def _worded(node: Any) -> Iterator[Wrong]:  # noqa: ANN401 - ditto
    """In generated code."""
    for at, value in enumerate(node.values):
        text = value.value if isinstance(value, ast.Constant) else ""
        for old, new in _WORDS:
            if old in text:
                word = ast.Constant(value=text.replace(old, new))
                inner = [*node.values[:at], word, *node.values[at + 1 :]]
                yield f"{new.strip()!r} for {old.strip()!r}", ast.JoinedStr(values=inner)


_WAYS: Final[dict[type[ast.AST], Callable[[Any], Iterator[Wrong]]]] = {
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.UnaryOp: _negated,
    ast.If: _branched,
    ast.While: _repeated,
    ast.IfExp: _chosen,
    ast.BinOp: _summed,
    ast.Constant: _constant,
    ast.Expr: _expressed,
    ast.Assign: _assigned,
    ast.AugAssign: lambda _: iter([("assignment dropped", None)]),
    ast.Return: _returned,
    ast.Continue: lambda _: iter([("break for continue", ast.Break())]),
    ast.JoinedStr: _worded,
}


def _put(tree: ast.AST, old: ast.AST, new: ast.AST | None) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(each is old for each in value):
                at = next(place for place, each in enumerate(value) if each is old)
                value[at] = ast.Pass() if new is None else new
