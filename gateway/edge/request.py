"""What the edge has to know of a request, read from its head alone."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from gateway.web import negotiation

PATH: Final = "/graphql"
_MILLISECONDS: Final = re.compile("[1-9][0-9]{0,6}")


def is_operation(scope: Scope, headers: Headers) -> bool:
    """Tell operations from pages and files, which cost next to nothing."""
    if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) != PATH:
        return False
    if scope["method"] == "GET" and scope["query_string"]:
        return not negotiation.prefers_html(_accept(headers))
    return bool(scope["method"] == "POST")


def deadline_s(headers: Headers, most_s: float) -> float:
    """The gateway's deadline, or less where the client has less time; nonsense is ignored."""
    asked = headers.get("x-deadline-ms", "")
    return min(most_s, int(asked) / 1000) if _MILLISECONDS.fullmatch(asked) else most_s


def declared_bytes(headers: Headers) -> int:
    """Length of the body as its head tells; 0 if it does not."""
    declared = headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def answer_type(headers: Headers) -> str:
    """Media type of an answer, also for a client that takes none of ours."""
    return negotiation.answer_type(_accept(headers)) or negotiation.JSON


def _accept(headers: Headers) -> tuple[negotiation.MediaRange, ...]:
    return negotiation.parse_accept(",".join(headers.getlist("accept")))
