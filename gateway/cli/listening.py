"""A listening socket bound before anything else is started, so that a busy port costs nothing."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack

import click


def bind(host: str, port: int, *, knob: str = "--port") -> socket.socket:
    """Bind a TCP socket; port 0 takes any free one.

    Args:
        host: Address to listen on.
        port: 0 to 65535.
        knob: The option or variable by which the user chose the port.

    Raises:
        click.ClickException: Busy, not allowed, or no such address; one line that says so.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        with ExitStack() as stack:
            sock = stack.enter_context(socket.socket(*found[0][:3]))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(found[0][4])
            sock.listen(2048)
            stack.pop_all()  # it is the caller's now
    except OSError as exc:
        raise click.ClickException(_reason(exc, host, port, knob)) from exc
    return sock


def port_of(sock: socket.socket) -> int:
    """Tell the port that a bound socket has."""
    port: int = sock.getsockname()[1]
    return port


def origin(sock: socket.socket, host: str) -> str:
    """Give the URL to click: a wildcard address is reached over the loopback."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- not bound here
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port_of(sock)}"


def _reason(exc: OSError, host: str, port: int, knob: str) -> str:
    if exc.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: stop what listens there, or choose another {knob}"
    if exc.errno == errno.EACCES:
        return f"port {port} is not allowed to this user: choose a {knob} above 1023"
    return f"cannot listen on {host}: {exc.strerror or exc}"
