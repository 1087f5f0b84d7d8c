"""Code for lists of objects that are all attributes, and those all leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gateway.engine.plan.code import Names, indented, is_key, is_name
from gateway.engine.plan.leaves import LeafCode, leaf_code
from gateway.engine.plan.resolver import Attribute
from gateway.engine.plan.trust import reads_plainly

if TYPE_CHECKING:
    from gateway.engine.plan.branch import Known, ShowAll
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.node import Node


def flat_list(node: Node, python: type, known: Known) -> ShowAll | None:
    """Make the function that shows a list of such objects; ``None`` if they are of another kind.

    Since reading them changes nothing, an object that is not as usual is read
    again by the function that shows it alone.

    Args:
        node: Of the objects.
        python: Their type.
        known: Who shows those of another type, and those that are not as usual.
    """
    names = Names()
    fields = [_Leaf(number, field, names) for number, field in enumerate(node.fields)]
    is_item = node.position is not None and node.position.names[-1] is None
    if not is_item or node.marked is not None or not all(each.usual for each in fields):
        return None
    taken = [(each.taken, each.attribute, each.code) for each in fields if each.code is not None]
    if not taken or not reads_plainly(python, [attribute for _, attribute, _ in taken]):
        return None
    names.add("python", python)
    names.add("known", known)
    shown = ", ".join(f"{each.field.key!r}: {each.shown}" for each in fields)
    tests = " and ".join(code.test for _, _, code in taken)
    names.run(
        [
            "def show_all(r, q, X):",
            " d = []",
            " for s in r:",
            "  if type(s) is python:",
            "   try:",
            *indented(indented([f"  {variable} = s.{name}" for variable, name, _ in taken])),
            f"    if {tests}:",
            f"     d.append({{{shown}}})",
            "     continue",
            "   except Exception:",
            "    pass",
            "  d.append(known[type(s)](s, (q, len(d)), X))",
            " return d",
        ]
    )
    return cast("ShowAll", names.values["show_all"])


class _Leaf:
    """A field, if it is what flat objects have."""

    def __init__(self, number: int, field: Field, names: Names) -> None:
        self.field = field
        self.taken = f"t{number}"
        self.attribute = field.resolver.name if isinstance(field.resolver, Attribute) else ""
        self.code: LeafCode | None = None
        position = field.position
        inner = position if position.item is None else position.item
        if is_name(self.attribute) and inner.branch is None and inner.item is None:
            self.code = leaf_code(
                position,
                field.type,
                lambda what, value: names.add(f"{what}{number}", value),
                self.taken,
            )
        self.usual = is_key(field.key) and (self.code is not None or field.constant is not None)
        self.shown = repr(field.constant) if self.code is None else self.code.shown
