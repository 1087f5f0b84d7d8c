"""``If-Match`` on a change: the version of the request that its client has seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.web.rest.answering import tags_of

if TYPE_CHECKING:
    from gateway.web.rest.visit import Visit

NEVER: Final = -1
"""A version that no request has: whoever names none of ours has not seen what there is."""
_OURS: Final = re.compile(r'"v([0-9]{1,10})-[0-9a-f]{24}"')


async def version_of(visit: Visit, request_id: str) -> int | None:
    """The version on which a change is meant; ``None``: on any.

    It is not judged here: whether there is such a request, and whether the caller may change it,
    counts first, and only the store can compare and change at once.
    """
    tags = tags_of(visit.fields.get(b"if-match"))
    if tags is None or "*" in tags:
        return None
    found = {int(match[1]) for match in map(_OURS.fullmatch, tags) if match is not None}
    if len(found) > 1:
        ran = await visit.run("request", id=request_id, known=False)
        node = (ran.data or {}).get("node") or {}
        found &= {node.get("version", NEVER)}
    return found.pop() if found else NEVER
