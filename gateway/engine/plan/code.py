"""What generated code is made of: its names, its lines, its compilation."""

from __future__ import annotations

import re
from asyncio import Future
from functools import lru_cache
from keyword import iskeyword
from types import CodeType, FunctionType
from typing import Any, Final

from graphql import Undefined

from gateway.engine.plan.info import FieldInfo
from gateway.engine.plan.places import At
from gateway.engine.plan.position import value_of

_NAME: Final = re.compile("[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
_KEPT: Final = 256  # pieces of code; documents that ask for the same share them
_USED: Final = (
    *(Exception, bool, enumerate, float, hasattr, int),
    *(isinstance, len, list, locals, map, str, type),
)
_BUILTINS: Final = {each.__name__: each for each in _USED}
"""Among the other names: Python finds them faster there than under ``__builtins__``."""


class Names:
    """The values that a piece of code knows by name."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {
            **_BUILTINS,
            "__builtins__": {},
            "At": At,
            "FieldInfo": FieldInfo,
            "Future": Future,
            "Undefined": Undefined,
            "value_of": value_of,
        }

    def add(self, name: str, value: object) -> str:
        """Give a value a name."""
        self.values[name] = value
        return name

    def run(self, lines: list[str]) -> None:
        """Define the functions of some lines."""
        exec(_own(_compiled("\n".join(lines))), self.values)  # noqa: S102 - of our own making, see emit


@lru_cache(_KEPT)
def _compiled(source: str) -> CodeType:
    return compile(source, "<plan>", "exec")


def forget_code() -> None:
    """Compile anew what is generated from now on."""
    _compiled.cache_clear()


def unlink(function: object) -> None:
    """Let generated code know nothing any more: it knows itself by name, a circle."""
    if isinstance(function, FunctionType):
        function.__globals__.clear()


def _own(code: CodeType) -> CodeType:
    """A copy: what Python learns of types and names while it runs is kept in the code."""
    parts = (_own(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_consts=tuple(parts))


def is_name(text: str) -> bool:
    """Whether code may use it as a name."""
    return _NAME.fullmatch(text) is not None and not iskeyword(text)


def is_key(text: str) -> bool:
    """Whether it is a GraphQL name, so that nothing in it means anything in a string."""
    return _NAME.fullmatch(text) is not None


def indented(lines: list[str]) -> list[str]:
    """The lines as a block."""
    return [f" {line}" for line in lines]
