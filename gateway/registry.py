"""The upstreams, one line each. A new one is its folder and its line here."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gateway.subgraph import Subgraph

UPSTREAMS = (
    "tmdb",
    "youtube",
    "seerr",
    "omdb",
)


def load_subgraphs() -> tuple[Subgraph[Any, Any], ...]:
    """Import every registered upstream, in order."""
    return tuple(import_module(f"gateway.upstreams.{name}").SUBGRAPH for name in UPSTREAMS)
