"""Reads a body ahead: only then can a client be watched, and a slow one takes no place."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive


async def read_ahead(receive: Receive, max_bytes: int, patience_s: float) -> list[Message]:
    """Read messages up to the end of the body, the client's leaving, or one past the limit.

    Raises:
        TimeoutError: None of them came in time.
    """
    messages: list[Message] = []
    size = 0
    async with asyncio.timeout(patience_s):
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            has_more = message["type"] == "http.request" and message.get("more_body", False)
            if not has_more or size > max_bytes:
                return messages


async def too_slow() -> Message:
    """What the app gets in place of a body that never came: it knows how to refuse that."""
    raise TimeoutError


def is_whole(messages: list[Message]) -> bool:
    """Tell whether the body has been read to its end."""
    last = messages[-1]
    return last["type"] == "http.request" and not last.get("more_body", False)


def replay(messages: list[Message], then: Receive) -> Receive:
    """Give what was read once more, and then what ``then`` gives."""
    left = iter(messages)

    async def receive() -> Message:
        found = next(left, None)
        return await then() if found is None else found

    return receive
