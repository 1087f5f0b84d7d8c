"""Which web pages may open a connection that lasts: browsers do not ask first, as CORS has it."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.identity.own_pages import is_host

_NAME = b"origin"


class PageOrigins:
    """Knows our own pages and those that may call.

    Args:
        allowed: Origins as browsers send them, or ``*``.
    """

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = frozenset(each.encode("ascii") for each in allowed)

    def check(self, fields: Fields) -> None:
        """Let a request pass that no foreign page makes a browser send.

        Raises:
            RefusedError: One does.
        """
        origin = fields.get(_NAME)
        if origin is None or origin in self._allowed or b"*" in self._allowed:
            return
        if not is_host(origin, fields.get(b"host", b"")):
            raise RefusedError(
                RefusalCode.CROSS_SITE_REQUEST,
                "Pages of this origin may not connect: see GATEWAY_CORS_ORIGINS.",
            )


def without_loose_cookies(fields: Fields) -> Fields:
    """A socket's cookies count only where its origin could be checked."""
    if _NAME in fields or b"cookie" not in fields:
        return fields
    return {name: value for name, value in fields.items() if name != b"cookie"}
