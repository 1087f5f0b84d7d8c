"""The last seconds of a process: it still serves, and tells everybody to go elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.types import Message, Send

CLOSE: Final = (b"connection", b"close")


class Drain:
    """Whether this process is about to leave.

    Args:
        ready: What else keeps traffic away.
        lasts_s: How long requests are still accepted, for balancers and clients to notice.
    """

    def __init__(
        self, ready: Callable[[], Awaitable[Mapping[str, str]]], *, lasts_s: float
    ) -> None:
        self._ready = ready
        self.lasts_s = lasts_s
        self.has_begun = False
        self._listeners: list[Callable[[], None]] = []

    def begin(self) -> None:
        """Be unready from now on; safe to call from a signal handler."""
        if not self.has_begun:
            self.has_begun = True
            for each in self._listeners:
                each()

    def tell(self, listener: Callable[[], None]) -> None:
        """Have something called when it begins, which may be in a signal handler."""
        self._listeners.append(listener)

    async def ready(self) -> Mapping[str, str]:
        """Name what is not ready; leaving is."""
        found = dict(await self._ready())
        return {**found, "drain": "the process is about to end"} if self.has_begun else found

    def closing(self, send: Send) -> Send:
        """Let answers end their connection while draining, so that none is cut when it ends."""

        async def sending(message: Message) -> None:
            if self.has_begun and message["type"] == "http.response.start":
                kept = [each for each in message.get("headers", ()) if each[0] != CLOSE[0]]
                message = {**message, "headers": [*kept, CLOSE]}
            await send(message)

        return sending
