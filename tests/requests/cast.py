"""Who asks and who decides: five people with real keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gateway.app import Gateway
from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.edge.identity import keys

SECRET: Final = b"s" * 32


def _viewer(name: str, role: Role, seerr_user_id: int | None) -> Viewer:
    return Viewer(
        id=f"key:{name.lower()}",
        display_name=name,
        role=role,
        seerr_user_id=seerr_user_id,
    )


PEOPLE: Final[Mapping[str, Viewer]] = {
    "vic": _viewer("Vic", Role.VIEWER, 101),
    "ann": _viewer("Ann", Role.REQUESTER, 102),
    "bob": _viewer("Bob", Role.REQUESTER, 103),
    "max": _viewer("Max", Role.MANAGER, 104),
    "ada": _viewer("Ada", Role.ADMIN, 105),
    "nob": _viewer("Nob", Role.MANAGER, None),
}
"""By the names that tests call them; Nob is nobody at Seerr."""

KEYS: Final = {name: keys.written(name.encode().rjust(32)) for name in PEOPLE}


def as_(name: str | None) -> dict[str, str]:
    """Headers by which somebody is known."""
    return {} if name is None else {"Authorization": f"Bearer {KEYS[name]}"}


def introduce(gateway: Gateway) -> None:
    """Let a gateway know them all."""
    known = {keys.digest(SECRET, KEYS[name]): viewer for name, viewer in PEOPLE.items()}
    gateway.identity = replace(gateway.identity, secret=lambda: SECRET, ready_made=known)
