"""From an operation's answer to a resource: what is there, what is missing, how to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel

from gateway.web.rest.problems import ProblemError, not_found, of_error
from gateway.web.rest.resource import Kind, Resource

if TYPE_CHECKING:
    from gateway.web.rest.operations import Ran
    from gateway.web.rest.visit import Visit

M = TypeVar("M", bound=BaseModel)


def part(ran: Ran, *path: str, absent: str, ids: str = "id") -> Mapping[str, Any]:
    """The part of an answer that a route shows, with what is told beside it.

    Args:
        ran: The operation.
        path: Of the part, by response names.
        absent: What to say if there is nothing, and nothing went wrong.
        ids: The parameter in which ids were sent.

    Raises:
        ProblemError: There is nothing.
    """
    found: Any = ran.data
    for name in path:
        found = None if found is None else found.get(name)
    if found is None or (ran.errors and ran.data is None):
        if ran.errors:
            raise ProblemError(of_error(ran.errors[0], ran.headers, ids=ids))
        raise ProblemError(not_found(absent))
    return {
        **found,
        "errors": _below(ran.errors, path),
        "freshness": _below(ran.extensions.get("freshness") or (), path),
    }


def _below(told: Sequence[Mapping[str, Any]], path: Sequence[str]) -> list[dict[str, Any]]:
    """What is told of the part and all below it, with paths from there."""
    size = len(path)
    found = []
    for each in told:
        where = each.get("path") or []
        if list(where[:size]) == list(path)[: len(where)]:
            kept = {name: value for name, value in each.items() if name != "locations"}
            found.append({**kept, "path": list(where[size:])})
    return found


def page(
    kind: Kind, model: type[BaseModel], visit: Visit, ran: Ran, *path: str, ids: str = "id"
) -> Resource:
    """A page of a list, with a link to the next one (RFC 8288)."""
    told = part(ran, *path, absent="There is no such list.", ids=ids)
    headers = dict(ran.headers)
    info = told["pageInfo"]
    if info["hasNextPage"] and info["endCursor"]:
        headers["link"] = f'<{_beside(visit, after=info["endCursor"])}>; rel="next"'
    return Resource(kind=kind, model=model.model_validate(told), headers=headers)


def _beside(visit: Visit, *, after: str) -> str:
    """The same address with another cursor."""
    sent = parse_qsl(visit.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in sent if name != "after"]
    return f"{visit.prefix}{visit.local_path}?{urlencode([*kept, ('after', after)])}"
