"""The connections of one process: one to each server, made when something is first to be sent."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Sequence
from functools import partial

from redis.exceptions import RedisError

from gateway.cache.redis_link import Command, Link, Then
from gateway.cache.redis_nodes import Nodes


class Wires:
    """Links by the name of their server.

    Args:
        nodes: The servers.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._links: dict[str, Link] = {}
        self._open_links: set[Link] = set()  # those too that are retired and wait for replies
        self._unsent: dict[str, list[tuple[Sequence[Command], Then]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.trouble = ""  # why the last thing failed that did

    def send(self, name: str, commands: Sequence[Command], then: Then) -> None:
        """Send commands to a server; ``None``: it cannot be reached, or was lost meanwhile."""
        link = self._links.get(name)
        if self._is_closed:  # nobody would close what were opened now
            then(None)
        elif link is not None:
            link.send(commands, then)
        elif name in self._unsent:
            self._unsent[name].append((commands, then))
        else:
            self._unsent[name] = [(commands, then)]
            task = asyncio.create_task(self._open(name), context=contextvars.Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def retire(self) -> None:
        """Use new connections from now on; what is under way may end."""
        links, self._links = self._links, {}
        for link in links.values():
            link.retire()

    def cut(self) -> None:
        """Close every connection at once."""
        for link in tuple(self._open_links):
            link.close()

    async def aclose(self) -> None:
        """Close every connection, those too that are being made, and open no other."""
        self._is_closed = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.cut()

    async def _open(self, name: str) -> None:
        try:
            link = Link(await self._nodes.open(name), partial(self._lost, name))
            self._links[name] = link
            self._open_links.add(link)
            for commands, then in self._unsent.pop(name):
                link.send(commands, then)
        except (RedisError, OSError) as exc:
            self.trouble = type(exc).__name__
        finally:
            for _, then in self._unsent.pop(name, ()):
                then(None)

    def _lost(self, name: str, link: Link) -> None:
        self.trouble = "the connection was lost"
        self._open_links.discard(link)
        if self._links.get(name) is link:
            del self._links[name]
