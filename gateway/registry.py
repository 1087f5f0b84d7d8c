"""The upstreams, one line each. A new one is its folder and its line here."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gateway.subgraph import BuiltIn, Subgraph

UPSTREAMS = (
    "tmdb",
    "youtube",
    "seerr",
    "omdb",
)

BUILT_IN = "book"
"""In place of the upstream that keeps requests, where that is off."""


def load_subgraphs() -> tuple[Subgraph[Any, Any], ...]:
    """Import every registered upstream, in order."""
    return tuple(import_module(f"gateway.upstreams.{name}").SUBGRAPH for name in UPSTREAMS)


def load_built_in() -> BuiltIn[Any]:
    """Import what the gateway does itself."""
    found: BuiltIn[Any] = import_module(f"gateway.upstreams.{BUILT_IN}.built_in").BUILT_IN
    return found
