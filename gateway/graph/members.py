"""Viewers as users of whoever keeps the requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from gateway.domain.request import User
from gateway.domain.viewer import Viewer

Enrol: TypeAlias = Callable[[Viewer], Awaitable[User | None]]
"""Makes a viewer known to the store; ``None``: nobody there is meant."""

_MOST: Final = 1000


class Members:
    """Who the store's users are, asked once for each.

    Args:
        enrol: Asks the store.
    """

    def __init__(self, enrol: Enrol) -> None:
        self._enrol = enrol
        self._known: dict[tuple[str, str, int | None], User] = {}

    async def of(self, viewer: Viewer) -> User | None:
        """The store's user for somebody.

        Raises:
            UpstreamError: The store gave no usable answer.
        """
        if viewer.user is not None:
            return viewer.user
        key = (viewer.id, viewer.display_name, viewer.seerr_user_id)
        found = self._known.get(key) or await self._enrol(viewer)
        if found is not None:
            if len(self._known) >= _MOST and key not in self._known:
                del self._known[next(iter(self._known))]
            self._known[key] = found
        return found
