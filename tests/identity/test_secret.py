"""The server's secret is made once, whoever is first, and read by nobody else."""

from __future__ import annotations

import asyncio
import stat
import sys
from asyncio.subprocess import PIPE
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway.edge.identity.secret import FILE, known_secret, made_secret
from gateway.errors import ConfigError
from gateway.settings import GatewaySettings

MAKER = """
import sys
from pathlib import Path
from gateway.edge.identity.secret import made_secret
from gateway.settings import GatewaySettings
print(made_secret(GatewaySettings(data_dir=Path(sys.argv[1]))).decode())
"""


def test_the_environment_s_secret_needs_no_folder(tmp_path: Path) -> None:
    settings = GatewaySettings(secret=SecretStr("s" * 32), data_dir=tmp_path / "none")
    assert made_secret(settings) == known_secret(settings) == b"s" * 32
    assert not (tmp_path / "none").exists()


def test_a_short_one_is_refused() -> None:
    with pytest.raises(ConfigError, match="GATEWAY_SECRET: should be 32") as caught:
        GatewaySettings.from_environ({"GATEWAY_SECRET": "canary-too-short"})
    assert "canary" not in str(caught.value)


def test_it_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    settings = GatewaySettings(data_dir=tmp_path / "new")
    assert known_secret(settings) is None
    made = made_secret(settings)
    assert made == made_secret(settings) == known_secret(settings)
    path = tmp_path / "new" / FILE
    assert [each.name for each in path.parent.iterdir()] == [FILE]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)  # as a careless restore leaves it
    assert known_secret(settings) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_of_many_makers_one_wins(tmp_path: Path) -> None:
    settings = GatewaySettings(data_dir=tmp_path)
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: made_secret(settings), range(64)))
    assert len(set(made)) == 1
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


@pytest.mark.slow
async def test_eight_processes_may_start_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKER, str(tmp_path)]
    made = [await asyncio.create_subprocess_exec(*command, stdout=PIPE) for _ in range(8)]
    said = [(await each.communicate())[0] for each in made]
    assert len(set(said)) == 1
    assert said[0].strip() == (tmp_path / FILE).read_bytes().strip()


@pytest.mark.parametrize("content", [b"", b"short\n"])
def test_one_that_was_cut_is_no_secret(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    settings = GatewaySettings(data_dir=tmp_path)
    for read in (known_secret, made_secret):
        with pytest.raises(ConfigError, match="holds no secret"):
            read(settings)


def test_a_folder_of_no_use_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="set GATEWAY_SECRET"):
        made_secret(GatewaySettings(data_dir=tmp_path / "file" / "folder"))
