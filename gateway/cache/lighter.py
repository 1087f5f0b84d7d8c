"""What parsed payloads need not hold each for itself, before they are kept for long.

Pydantic notes for every object in a set of its own which of its fields were sent: a fifth of what
a payload takes. Nearly all of a kind were sent the same, so those share one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel

MOST: Final = 4096  # different sets; an upstream that goes on with others keeps theirs apart
_NAME: Final = "__pydantic_fields_set__"
_whole: Final[dict[type, set[str]]] = {}
_parts: Final[dict[frozenset[str], set[str]]] = {}


def lighten(value: object) -> None:
    """Let the models in a payload share what is equal; nobody changes it, they are frozen."""
    if isinstance(value, BaseModel):
        names = value.model_fields_set
        shared = _shared(value, names)
        if shared is not names:
            object.__setattr__(value, _NAME, shared)
        parts: Iterable[object] = value.__dict__.values()
    elif isinstance(value, tuple | list):
        parts = value
    else:
        return
    for each in parts:
        if isinstance(each, BaseModel | tuple | list):
            lighten(each)


def _shared(value: BaseModel, names: set[str]) -> set[str]:
    if len(names) == len(value.__dict__):
        return _whole.setdefault(type(value), names)
    if len(_parts) >= MOST:
        return _parts.get(frozenset(names), names)
    return _parts.setdefault(frozenset(names), names)
