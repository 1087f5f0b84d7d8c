"""Python code that shows the objects of one node: what ``Node.walk`` does, without the detours.

The code takes leaf values, and shows other fields, one after another into a
variable each. If all leaves are of the usual types they are shown as they are. If
one is not, or anything raises, ``walk`` goes on with the variables: the first field
without one is the one that failed, so nothing is resolved twice. Text of a client's
document gets into the code in one place, as the ``repr`` of response keys, which are
checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from gateway.engine.plan.code import Names, indented, is_key, is_name
from gateway.engine.plan.completion import Completion
from gateway.engine.plan.leaves import LeafCode, leaf_code
from gateway.engine.plan.resolver import Attribute, Call, Direct, TwoSteps
from gateway.engine.plan.trust import CAST_MARK
from gateway.engine.plan.variables import pending_name, taken_name, value_name

if TYPE_CHECKING:
    from gateway.engine.plan.arguments import Arguments
    from gateway.engine.plan.branch import Show
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.node import Node
    from gateway.engine.plan.position import Land

_NOW: Final = "value_of(r) if isinstance(r, Future) else r"  # it seldom is one: a call is spared
_TAKES: Final = "(r, s, q, X)"  # what landed, the object, the field's place, the run


def generate(node: Node) -> Show:
    """Make the function that shows the objects of a node, and those that complete what lands."""
    names = Names()
    codes = [_Code(number, field, names) for number, field in enumerate(node.fields)]
    names.run([*(line for each in codes for line in each.landing()), *_show(node, codes, names)])
    for number, field in enumerate(node.fields):
        land = names.values.get(f"land{number}")
        if land is not None:
            field.position.land = cast("Land", land)
    return cast("Show", names.values["show"])


def _show(node: Node, codes: list[_Code], names: Names) -> list[str]:
    """Of an object ``s`` at a place ``P`` in a run ``X``."""
    names.add("node", node)
    marked = []
    if node.marked is not None:
        names.add("marked", node.marked)
        marked = [f"if hasattr(s, {CAST_MARK!r}): return marked(s, P, X)"]
    lines = [line for each in codes for line in each.lines()]
    tests = [each.leaf.test for each in codes if each.leaf is not None]
    late = len(tests) < sum(each.takes for each in codes)
    shown = f"d = {{{', '.join(f'{each.key}: {each.shown}' for each in codes)}}}"
    lines += [f"w = not ({' and '.join(tests)})", f"if not w: {shown}"] if tests else [shown]
    body = [
        *marked,
        *(["n = X.late"] if late else []),
        "try:",
        *indented(lines),
        "except Exception as error:",
        " return node.walk(s, P, X, locals(), error)",
        # Not within the try: what it raises is for the place around.
        *(["if w: return node.walk(s, P, X, locals())"] if tests else []),
        *(["if X.late != n: X.adopt(node, s, d, P)"] if late else []),
        *(line for each in codes for line in each.waits()),
        "return d",
    ]
    return ["def show(s, P, X):", *indented(body)]


class _Code:
    """The lines of one field."""

    def __init__(self, number: int, field: Field, names: Names) -> None:
        if not is_key(field.key):  # repr would do; this is the second lock
            raise ValueError("A response key is no name.")
        self._number = number
        self._field = field
        self._names = names
        self._value = value_name(number)
        self._pending = pending_name(number)
        self.key = repr(field.key)
        self.takes = field.resolver is not None
        self.leaf = self._leaf()
        self.shown = self._value if self.takes else repr(field.parent.name)
        if self.leaf is not None:
            self.shown = self.leaf.shown

    def lines(self) -> list[str]:
        """What is done before the object is put together."""
        resolver = self._field.resolver
        if resolver is None:
            return []
        if isinstance(resolver, TwoSteps):
            return self._two_steps(resolver)
        if isinstance(resolver, Call) and resolver.waits:
            return [self._call(resolver, self._pending), f"{self._value} = None"]
        if self.leaf is not None:
            return [self._taken(taken_name(self._number))]
        return [self._taken("r"), *self._completed(f"(P, {self.key})")]

    def landing(self) -> list[str]:
        """The function that completes what the field waits for."""
        resolver = self._field.resolver
        if not self._may_wait():
            return []
        body = self._completed("q")
        if isinstance(resolver, TwoSteps):
            use, where = (
                self._name("use", resolver.use),
                self._name("at", self._field.position.names),
            )
            body = [f"r = {use}(r, s, X.context, {self._given(resolver)}, At((q, {where})))", *body]
        guarded = ["try:", *indented(body), "except Exception:", *self._abandoned(), " raise"]
        return [f"def land{self._number}{_TAKES}:", *indented([*guarded, f"return {self._value}"])]

    def waits(self) -> list[str]:
        """What is done afterwards."""
        if not self._may_wait():
            return []
        position = self._name("position", self._field.position)
        slot = f"({position}, land{self._number}, s, d, {self.key}, P)"
        how = "share" if isinstance(self._field.resolver, TwoSteps) else "wait"
        return [f"if {self._pending} is not None: X.{how}({self._pending}, {slot})"]

    def _may_wait(self) -> bool:
        resolver = self._field.resolver
        return isinstance(resolver, TwoSteps) or (isinstance(resolver, Call) and resolver.waits)

    def _abandoned(self) -> list[str]:
        item = self._field.position.item
        return [] if item is None or item.branch is None else [" if type(r) is list: X.abandon(r)"]

    def _name(self, what: str, value: object) -> str:
        return self._names.add(f"{what}{self._number}", value)

    def _completed(self, place: str) -> list[str]:
        return Completion(self._field, self._number, self._names, place).lines()

    def _two_steps(self, resolver: TwoSteps) -> list[str]:
        ask = self._name("ask", resolver.ask)
        return [
            f"r = {ask}(s, X.context, {self._given(resolver)})",
            "if isinstance(r, Future) and not r.done():",
            f" {self._pending} = r",
            f" {self._value} = None",
            "else:",
            f" {self._pending} = None",
            f" q = (P, {self.key})",
            f" {self._value} = land{self._number}({_NOW}, s, q, X)",
        ]

    def _given(self, resolver: TwoSteps) -> str:
        if resolver.arguments.constant is not None:
            return self._name("given", resolver.arguments.constant)
        return f"{self._name('arguments', resolver.arguments)}.of(X)"

    def _leaf(self) -> LeafCode | None:
        """How it is shown, if it is a leaf that is there at once."""
        position = self._field.position
        inner = position if position.item is None else position.item
        nested = inner.branch is not None or inner.item is not None
        if not self.takes or nested or self._may_wait():
            return None
        return leaf_code(position, self._field.type, self._name, taken_name(self._number))

    def _taken(self, into: str) -> str:
        resolver = self._field.resolver
        if isinstance(resolver, Call):
            return self._call(resolver, into)
        if isinstance(resolver, Direct):
            given = ", ".join(["s", "X.context", *self._named(resolver.arguments)])
            return f"{into} = {self._name('function', resolver.function)}({given})"
        if isinstance(resolver, Attribute) and is_name(resolver.name):
            return f"{into} = s.{resolver.name}"
        take = self._name("take", None if resolver is None else resolver.take)
        return f"{into} = {take}({self._name('field', self._field)}, s, (P, {self.key}), X)"

    def _call(self, resolver: Call, into: str) -> str:
        function = self._name("function", resolver.function)
        given = ["s"] if resolver.positional else []
        if resolver.parent is not None:
            given.append(f"{resolver.parent}=s")
        if resolver.info is not None:
            field, made = self._name("field", self._field), self._name("info", resolver.make_info)
            given.append(f"{resolver.info}={made}(FieldInfo(X, {field}, (P, {self.key})))")
        given += self._named(resolver.arguments)
        return f"{into} = {function}({', '.join(given)})"

    def _named(self, arguments: Arguments) -> list[str]:
        if arguments.constant is None:
            return [f"**{self._name('arguments', arguments)}.of(X)"]
        return [
            f"{name}={self._name(f'given{place}_', value)}"
            for place, (name, value) in enumerate(arguments.constant.items())
        ]
