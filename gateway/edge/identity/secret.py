"""The server's own secret: from the environment, or made once and kept in a file."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError
from gateway.settings import GatewaySettings

FILE: Final = "secret"
_SHORTEST: Final = 32


def known_secret(settings: GatewaySettings) -> bytes | None:
    """The secret; ``None`` if none was ever made, so that no key can be good.

    Raises:
        ConfigError: The file is there and of no use.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    return _read(settings.data_dir.expanduser() / FILE)


def made_secret(settings: GatewaySettings) -> bytes:
    """The secret, made where there was none; all processes that start at once get the same one.

    Raises:
        ConfigError: The folder cannot hold it.
    """
    known = known_secret(settings)
    if known is not None:
        return known
    path = settings.data_dir.expanduser() / FILE
    try:
        _make(path)
    except OSError as exc:
        raise ConfigError(
            f"GATEWAY_DATA_DIR: {path.parent} cannot hold a secret ({exc.strerror}); "
            "set GATEWAY_SECRET"
        ) from exc
    made = _read(path)
    if made is None:
        raise ConfigError(f"GATEWAY_DATA_DIR: {path} went away")
    return made


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            _close_to_others(file.fileno())
            found = file.read(1024).strip()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise ConfigError(f"GATEWAY_DATA_DIR: {path}: {exc.strerror}; set GATEWAY_SECRET") from exc
    if len(found) < _SHORTEST:
        raise ConfigError(f"GATEWAY_DATA_DIR: {path} holds no secret: it was cut or edited")
    return found


def _close_to_others(handle: int) -> None:
    """Copied or restored, it may have become readable for everybody."""
    if os.name == "posix" and os.fstat(handle).st_mode & 0o077:
        with suppress(OSError):  # not ours to change
            os.fchmod(handle, 0o600)


def _make(path: Path) -> None:
    """Write it beside, then give it its name: whoever is first wins, nobody sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{FILE}-{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_urlsafe(48).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Keys made from now on must not outlive a secret that a power cut takes away."""
    if os.name != "posix":  # no handles of folders there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
