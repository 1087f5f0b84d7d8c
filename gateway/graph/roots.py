"""Where operations begin; upstreams add their own entry points."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, cast

import strawberry

from gateway.errors import BadUserInputError
from gateway.graph.access import ANYBODY
from gateway.graph.cache_control import CacheControlScope, lasting
from gateway.graph.context import Info
from gateway.graph.ids import malformed, parse
from gateway.graph.node import Node
from gateway.graph.request import User
from gateway.graph.upstream_status import UpstreamStatus

_MOST_NODES = 100

Ids = Annotated[
    list[strawberry.ID], strawberry.argument(description="Global ids, 1 to 100 of any types.")
]


@strawberry.type(description="Everything that can be read.")
class Query:
    """The read side."""

    @strawberry.field(
        description="One object by its global id; null if there is no such object (Relay).",
        directives=[lasting(timedelta(hours=6))],
        metadata=ANYBODY.declared,  # each field of what is found by itself
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")],  # noqa: A002 - Relay's name
    ) -> Node | None:
        """Dispatch on the type that the id names."""
        return await find(info, id)

    @strawberry.field(
        description="Objects by their global ids, slot by slot: an id that is malformed or names "
        "nothing nulls its own slot only (Relay).",
        directives=[lasting(timedelta(hours=6))],
        metadata=ANYBODY.declared,  # each field of what is found by itself
    )
    def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        """Find all side by side; a slow one does not hold up what is nested in the others."""
        if len(ids) > _MOST_NODES:
            raise BadUserInputError("`ids` takes at most 100 ids.", argument="ids")
        # The executor waits for each slot on its own, and nulls it alone if it fails.
        return cast("list[Node | None]", [find(info, each) for each in ids])

    @strawberry.field(
        description="Who asks; null when anonymous.",
        directives=[lasting(timedelta(minutes=1), scope=CacheControlScope.PRIVATE)],
        metadata=ANYBODY.declared,
    )
    async def viewer(self, info: Info) -> User | None:
        """The caller, where one is known."""
        context = info.context
        if context.viewer is None:
            return None
        members = context.runtime.members
        user = None if members is None else await members.of(context.viewer)
        return User.without_account(context.viewer) if user is None else User.of(user)

    @strawberry.field(
        description="How each upstream is, as the replica that answers sees it.",
        metadata=ANYBODY.declared,
    )
    def upstreams(self, info: Info) -> list[UpstreamStatus]:
        """Read the health of every registered upstream."""
        return [UpstreamStatus.of(each) for each in info.context.runtime.upstreams.values()]


async def find(info: Info, text: str) -> Node | None:
    """Find one object by its global id.

    Raises:
        BadUserInputError: The id is not one of ours.
        UpstreamError: Its upstream gave no usable answer.
    """
    found = parse(text)
    finder = info.context.runtime.nodes.get(found.type_name)
    if finder is None:
        raise malformed()
    node = await finder(info, found.parts)
    return node if node is None or isinstance(node, Node) else None
