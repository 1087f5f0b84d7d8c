"""The pages' own operations: what no REST resource tells."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from gateway.web import rest
from gateway.web.rest.operations import with_fragments

_OURS: Final = files(__package__) / "operations"
_SHARED: Final = files(rest) / "operations"
_END: Final = ".graphql"
_FRAGMENT: Final = f".fragment{_END}"


def load_page_texts() -> Mapping[str, str]:
    """They, by the names of their files, with the fragments that they share with REST's."""
    shared = {
        each.name.removesuffix(_FRAGMENT): each.read_text(encoding="utf-8")
        for each in _SHARED.iterdir()
        if each.name.endswith(_FRAGMENT)
    }
    return {
        each.name.removesuffix(_END): with_fragments(each.read_text(encoding="utf-8"), shared)
        for each in _OURS.iterdir()
        if each.name.endswith(_END)
    }
