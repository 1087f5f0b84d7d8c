"""Keys for trying the gateway out: made of the server's secret, kept nowhere.

They are good only where they are asked for by a setting, so that a folder which served the sandbox
once lets nobody in when it serves the real thing.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.edge.identity.keys import digest, written


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A key, and whoever bears it."""

    viewer: Viewer
    key: str = field(repr=False)


# As the sandbox's Seerr knows them.
_PEOPLE: Final = (("Ruth", Role.REQUESTER, 3), ("Mina Manager", Role.MANAGER, 2))


def ready_made(secret: bytes) -> tuple[ReadyMade, ...]:
    """A requester's and a manager's; the same as long as the secret is."""
    return tuple(_made(secret, *each) for each in _PEOPLE)


def by_digest(secret: bytes) -> Mapping[bytes, Viewer]:
    """As a request is looked up."""
    return {digest(secret, each.key): each.viewer for each in ready_made(secret)}


def _made(secret: bytes, name: str, role: Role, seerr_user_id: int) -> ReadyMade:
    entropy = hmac.digest(secret, f"marquee ready-made key {role.value}".encode(), "sha256")
    viewer = Viewer(
        id=f"key:sandbox-{role.value}",
        display_name=name,
        role=role,
        seerr_user_id=seerr_user_id,
    )
    return ReadyMade(viewer, written(entropy))
