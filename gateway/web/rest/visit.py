"""One HTTP request to the routes: who sends it, what it carries, how it is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, Protocol

from fastapi import Depends, Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from gateway.domain.viewer import Viewer
from gateway.edge.addresses import Addresses
from gateway.edge.graphql.fields import Fields, deadline_s, read_fields
from gateway.edge.graphql.ports import Caller, Identities
from gateway.web.rest.answering import respond
from gateway.web.rest.problems import another

if TYPE_CHECKING:
    from gateway.web.rest.operations import Operations, Ran
    from gateway.web.rest.rendering import Renderer, Renderers
    from gateway.web.rest.resource import Resource

_KEY: Final = "marquee.visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """What a body of another media type means.

    Args:
        method: The one that a form cannot send, such as ``DELETE``.
        body: As JSON.
    """

    method: str
    body: bytes


class Adapter(Protocol):
    """Reads bodies of one media type as if they were JSON, such as those of forms."""

    async def __call__(self, visit: Visit, body: bytes, /) -> Adapted:
        """Read one.

        Raises:
            RefusedError: It is not what it says, or comes from a foreign page.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all visits share.

    Args:
        operations: Asked for data.
        renderers: The media types on offer.
        identity: Knows callers.
        addresses: Tells the others apart.
        deadline_s: Most that an answer may take.
        max_body_bytes: Most that is read of a body.
        adapters: Readers of bodies that are not JSON, by media type.
        now: Seconds of the epoch.
    """

    operations: Operations
    renderers: Renderers
    identity: Identities
    addresses: Addresses
    deadline_s: float
    max_body_bytes: int
    adapters: Mapping[str, Adapter] = field(default_factory=dict)
    now: Callable[[], float] = time.time


@dataclass(slots=True)
class Visit:
    """One HTTP request.

    Args:
        desk: What it shares with the others.
        scope: Of ASGI.
        receive: Tells when the client goes; the body has been read.
        fields: Its header fields.
    """

    desk: Desk
    scope: Scope
    receive: Receive
    fields: Fields
    viewer: Viewer | None = None
    caller: Caller = field(default_factory=lambda: Caller("", ""))
    renderer: Renderer | None = None

    @classmethod
    def begun(cls, desk: Desk, scope: Scope, receive: Receive) -> Visit:
        """Read its head.

        Raises:
            RefusedError: It has more lines than any client has reason to send.
        """
        visit = cls(desk, scope, receive, read_fields(scope["headers"]))
        visit.renderer = desk.renderers.choose(visit.fields)
        scope[_KEY] = visit
        return visit

    @property
    def method(self) -> str:
        """Of HTTP; ``GET`` for ``HEAD``."""
        return str(self.scope["method"])

    @property
    def local_path(self) -> str:
        """Behind any prefix."""
        return str(self.scope["path"]).removeprefix(self.prefix)

    @property
    def prefix(self) -> str:
        """What a proxy in front adds to all paths."""
        return str(self.scope.get("root_path", "")).rstrip("/")

    @property
    def deadline_s(self) -> float:
        """Time for one operation."""
        return deadline_s(self.fields, self.desk.deadline_s)

    async def recognise(self) -> None:
        """Find out who it is.

        Raises:
            RefusedError: What they send to say so is not good.
        """
        self.viewer = await self.desk.identity.of(self.fields)
        key = self.desk.addresses.key(self.scope, self.fields)
        self.caller = Caller.of(self.viewer, key)

    async def run(self, name: str, **variables: object) -> Ran:
        """Run an operation of the gateway's own; see ``Operations.run``."""
        return await self.desk.operations.run(name, variables, self)

    async def respond(self, resource: Resource) -> Response:
        """Answer in the media type that suits the client best."""
        renderer = self.renderer or self.desk.renderers.fallback()
        found = respond(resource, await renderer(resource, self), self)
        return await self.respond(another()) if found is None else found


def visit_of(request: Request) -> Visit:
    """The visit of a request that passed ``Api``."""
    found = request.scope[_KEY]
    if not isinstance(found, Visit):
        raise TypeError("not a request to the REST routes")
    return found


async def _visit(request: Request) -> Visit:
    """As FastAPI wants it: what is no coroutine it runs in a thread."""
    return visit_of(request)


Visiting = Annotated[Visit, Depends(_visit)]
"""What each route takes."""
