"""What a route answers with, before anybody has said in which media type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from pydantic import BaseModel


class Kind(StrEnum):
    """What a resource is; renderers choose a template by it."""

    MOVIE = "movie"
    TRAILERS = "trailers"
    SEARCH = "search"
    DISCOVER = "discover"
    REQUESTS = "requests"
    REQUEST = "request"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One answer, ready to be rendered.

    Args:
        kind: What it is.
        model: What it holds; its class belongs to ``kind``.
        status: Of the answer.
        headers: By lower-case name; those of the operation that made it among them.
        tag: The part of its ``ETag`` that is the same in all media types; empty: none.
    """

    kind: Kind
    model: BaseModel
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
