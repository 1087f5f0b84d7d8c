"""The messages of graphql-transport-ws, read and written; pure.

Source: PROTOCOL.md of the package graphql-ws.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

import orjson

from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.graphql.strict_json import JsonObject, parse_json

SUBPROTOCOL: Final = "graphql-transport-ws"
ACK: Final = '{"type":"connection_ack"}'
PING: Final = '{"type":"ping"}'
PONG: Final = '{"type":"pong"}'
LONGEST_ID: Final = 256
ENVELOPE_BYTES: Final = 1024
"""What a message has around its operation: the same operations fit as over HTTP."""
_LONGEST_REASON: Final = 120
"""Bytes; RFC 6455 (5.5.1) has room for 123."""


class Close(IntEnum):
    """Why a socket is closed; clients give up at some and come back after others."""

    NORMAL = 1000
    TOO_LARGE = 1009
    RESTART = 1012
    TRY_LATER = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    WRONG_SUBPROTOCOL = 4406
    NO_INIT = 4408
    SAME_ID = 4409
    SECOND_INIT = 4429


class ClosingError(Exception):
    """What makes a socket close.

    Args:
        code: For machines.
        reason: For people, of at most 120 bytes.
    """

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Init:
    """``connection_init``."""

    payload: JsonObject


@dataclass(frozen=True, slots=True)
class Subscribe:
    """``subscribe``: any operation."""

    id: str
    payload: JsonObject


@dataclass(frozen=True, slots=True)
class Complete:
    """``complete``: the client wants no more."""

    id: str


@dataclass(frozen=True, slots=True)
class Ping:
    """``ping``."""


@dataclass(frozen=True, slots=True)
class Pong:
    """``pong``."""


Said: TypeAlias = Init | Subscribe | Complete | Ping | Pong


def read_message(sent: bytes) -> Said:
    """Read what a client says.

    Raises:
        ClosingError: Not a message of the protocol.
    """
    try:
        found = parse_json(sent)
    except RefusedError as exc:
        raise _bad(str(exc)) from exc
    if not isinstance(found, dict):
        raise _bad("A message is a JSON object.")
    match found.get("type"):
        case "connection_init":
            return Init(_payload(found))
        case "subscribe":
            if found.get("payload") is None:
                raise _bad("`payload` of `subscribe` must be an object.")
            return Subscribe(_id(found), _payload(found))
        case "complete":
            return Complete(_id(found))
        case "ping":
            return Ping()
        case "pong":
            return Pong()
    raise _bad("Unknown `type` of message.")


def next_head(name: str) -> str:
    """What stands before a frame's text; a brace stands behind it."""
    return f'{{"id":{_quoted(name)},"type":"next","payload":'


def error_message(name: str, errors: object) -> str:
    """An operation that ends here, or was never begun."""
    return orjson.dumps({"id": name, "type": "error", "payload": errors}).decode()


def complete_message(name: str) -> str:
    """An operation that has ended."""
    return f'{{"id":{_quoted(name)},"type":"complete"}}'


def _id(found: JsonObject) -> str:
    name = found.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        raise _bad(f"`id` must be a string of 1 to {LONGEST_ID} letters.")
    return name


def _payload(found: JsonObject) -> JsonObject:
    payload = found.get("payload")
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise _bad("`payload` must be an object.")
    return payload


def _quoted(name: str) -> str:
    return orjson.dumps(name).decode()


def _bad(reason: str) -> ClosingError:
    return ClosingError(Close.BAD_MESSAGE, reason)
