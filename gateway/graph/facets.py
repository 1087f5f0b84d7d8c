"""Facets: the parts of a movie that one upstream sub-resource gives each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Facet(StrEnum):
    """A part of a movie; all that one operation wants come in one call."""

    DETAILS = "details"
    CREDITS = "credits"
    EXTERNAL_IDS = "external_ids"
    KEYWORDS = "keywords"
    RECOMMENDATIONS = "recommendations"
    RELEASE_DATES = "release_dates"
    SIMILAR = "similar"
    VIDEOS = "videos"
    WATCH_PROVIDERS = "watch/providers"

    __hash__ = str.__hash__  # an enum's own is a Python function, asked for with every key


_KEY = "gateway.facets"


def needs(*facets: Facet) -> dict[str, frozenset[Facet]]:
    """Field metadata: resolving this field of ``Movie`` loads these facets.

    The planner reads it before anything runs, which is how facets that
    different fields and fragments ask for end up in one call.
    """
    return {_KEY: frozenset(facets)}


def needed(metadata: Mapping[object, object]) -> frozenset[Facet]:
    """Read back what ``needs`` wrote."""
    found = metadata.get(_KEY, frozenset())
    return found if isinstance(found, frozenset) else frozenset()
