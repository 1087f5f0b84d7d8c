"""Everything that one sandboxed Seerr consists of, and one call as its handlers see it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import SimpleCookie

from starlette.responses import Response

from gateway.sandbox.seerr.background import Background
from gateway.sandbox.seerr.entities import User
from gateway.sandbox.seerr.radarr import Radarr
from gateway.sandbox.seerr.refusals import forbidden
from gateway.sandbox.seerr.row_wire import Wire
from gateway.sandbox.seerr.schema import Value
from gateway.sandbox.seerr.sessions import Sessions
from gateway.sandbox.seerr.store import Store
from gateway.sandbox.seerr.tmdb import Sleep, TmdbLine
from gateway.sandbox.seerr.webhook import Webhook

Clock = Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class World:
    """State and surroundings of the server."""

    store: Store
    tmdb: TmdbLine
    radarr: Radarr
    webhook: Webhook
    clock: Clock
    sleep: Sleep
    api_key: str
    any_key: bool = False
    csrf_protection: bool = False
    sessions: Sessions = field(default_factory=Sessions)
    background: Background = field(default_factory=Background)

    def now(self) -> datetime:
        """The time that new rows carry: whole seconds, as the database keeps them."""
        return self.clock().replace(microsecond=0)

    def wire(self) -> Wire:
        """A writer of rows for one answer."""
        return Wire(self.store, self.radarr)


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One call after all checks: who calls, and what was asked."""

    caller: User | None
    path: dict[str, Value]
    query: dict[str, Value]
    body: dict[str, object]
    cookies: SimpleCookie

    @property
    def user(self) -> User:
        """The caller, whom the gate in front of the handler has seen."""
        if self.caller is None:
            raise forbidden()
        return self.caller

    def row_id(self, name: str) -> int | None:
        """An id of the path; ``None`` when it is no whole number and so finds nothing."""
        text = self.path[name]
        if isinstance(text, float):
            return int(text) if text.is_integer() else None
        return int(text) if text.isascii() and text.isdigit() else None

    def text_of_path(self, name: str) -> str:
        """A text of the path."""
        return str(self.path[name])

    def number(self, name: str, default: int) -> float:
        """A number of the query; 0 counts as not given."""
        value = self.query.get(name)
        return value if isinstance(value, float) and value else default

    def text(self, name: str, default: str = "") -> str:
        """A text of the query."""
        value = self.query.get(name)
        return value if isinstance(value, str) else default


Handler = Callable[[World, Exchange], Awaitable[Response]]
