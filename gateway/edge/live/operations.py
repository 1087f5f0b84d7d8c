"""The operations of one WebSocket, each in a task of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from gateway.edge.graphql.fields import Fields, deadline_s
from gateway.edge.graphql.negotiation import GRAPHQL_JSON
from gateway.edge.graphql.parameters import of_document
from gateway.edge.graphql.ports import Asked, Caller
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.reply import Reply
from gateway.edge.live.frames import BrokenError, Frames
from gateway.edge.live.messages import (
    Close,
    ClosingError,
    Subscribe,
    complete_message,
    error_message,
    next_head,
)
from gateway.edge.live.sender import GoneError, Sender

if TYPE_CHECKING:
    from gateway.edge.live.doors import Doors

log = logging.getLogger(__name__)

_OK = 200


@dataclass(eq=False, slots=True)
class Operation:
    """One of them.

    Args:
        name: By which the client knows it.
        asked: What is asked, once that is read.
        task: Does it.
        is_followed: It is a subscription.
    """

    name: str
    asked: Asked | None = None
    task: asyncio.Task[None] | None = None
    is_followed: bool = False

    def cancel(self) -> None:
        """End it, unless it changes something by now."""
        if self.task is not None and not (self.asked is not None and self.asked.must_finish):
            self.task.cancel()


@dataclass(eq=False, slots=True)
class Operations:
    """What one client has asked over its socket.

    Args:
        doors: What all sockets share.
        sender: To the client.
        address: The client's.
        gone: Told when the client turns out not to read.
    """

    doors: Doors
    sender: Sender
    address: str
    gone: Callable[[], None]
    _named: dict[str, Operation] = field(default_factory=dict)
    _all: set[Operation] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._all)

    async def start(self, said: Subscribe, fields: Fields) -> None:
        """Begin one.

        Raises:
            ClosingError: There is one of that name.
            GoneError: The client does not read.
        """
        if said.id in self._named:
            raise ClosingError(Close.SAME_ID, f"Subscriber for {said.id} already exists")
        most = self.doors.room.limits.operations
        if len(self._all) >= most:
            text = f"One connection may have {most} operations at once."
            refused = RefusedError(RefusalCode.TOO_MANY_SUBSCRIPTIONS, text)
            await self.sender.text(error_message(said.id, refused.body["errors"]))
            return
        operation = Operation(said.id)
        self._named[said.id] = operation
        self._all.add(operation)
        operation.task = asyncio.create_task(self._run(operation, said, fields))

    def stop(self, name: str) -> None:
        """The client wants no more of one; a change is made to its end all the same."""
        operation = self._named.pop(name, None)
        if operation is not None:
            operation.cancel()

    async def settle(self) -> None:
        """End the subscriptions, and wait for the rest."""
        for each in tuple(self._all):
            if each.is_followed:
                each.cancel()
        await self._ended()

    async def aclose(self) -> None:
        """End all but changes under way; those are waited for."""
        self._named.clear()
        for each in tuple(self._all):
            each.cancel()
        await self._ended()

    async def _ended(self) -> None:
        tasks = [each.task for each in self._all if each.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, operation: Operation, said: Subscribe, fields: Fields) -> None:
        try:
            await self._operate(operation, said, fields)
        except GoneError:
            self.gone()
        finally:
            self._all.discard(operation)
            if self._named.get(operation.name) is operation:
                del self._named[operation.name]

    async def _operate(self, operation: Operation, said: Subscribe, fields: Fields) -> None:
        try:
            await self._answer(operation, said, fields)
        except RefusedError as exc:
            await self._end(operation, error_message(said.id, exc.body["errors"]))
        except BrokenError as exc:
            await self._end(operation, error_message(said.id, [exc.error]))
        except GoneError:
            raise
        except Exception:
            log.exception("operation failed outside of its fields")
            masked = RefusedError(RefusalCode.INTERNAL_SERVER_ERROR, "Internal server error.")
            await self._end(operation, error_message(said.id, masked.body["errors"]))

    async def _answer(self, operation: Operation, said: Subscribe, fields: Fields) -> None:
        doors = self.doors
        params = of_document(said.payload)
        caller = Caller.of(await doors.identity.of(fields), self.address)
        asked = Asked(params, fields, caller, GRAPHQL_JSON, deadline_s(fields, doors.deadline_s))
        operation.asked = asked
        found = doors.pipeline.peek(asked) or await doors.pipeline.begin(asked)
        if isinstance(found, Reply):
            await self._reply(operation, found)
        else:
            await self._follow(operation, found, caller)

    async def _reply(self, operation: Operation, reply: Reply) -> None:
        """Tell an answer; what was not executed is told as an error."""
        name = operation.name
        if reply.status != _OK:
            errors = orjson.loads(reply.body)["errors"]
            await self._end(operation, error_message(name, errors))
            return
        await self._say(operation, f"{next_head(name)}{reply.body.decode()}}}")
        await self._end(operation, complete_message(name))

    async def _follow(self, operation: Operation, frames: Frames, caller: Caller) -> None:
        operation.is_followed = True
        head = next_head(operation.name)
        try:
            with self.doors.room.following(caller, self.address):
                async for frame in frames:
                    await self._say(operation, f"{head}{frame.text}}}")
        finally:
            await frames.aclose()
        await self._end(operation, complete_message(operation.name))

    async def _end(self, operation: Operation, text: str) -> None:
        """Say the last of it; from then on another may have its name."""
        is_named = self._named.get(operation.name) is operation
        if is_named:
            del self._named[operation.name]
            await self.sender.text(text)

    async def _say(self, operation: Operation, text: str) -> None:
        if self._named.get(operation.name) is operation:
            await self.sender.text(text)
