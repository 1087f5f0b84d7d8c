"""What people may do, as a ladder: each role may do what those below it may."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """The highest role of a person."""

    VIEWER = "viewer"
    REQUESTER = "requester"
    MANAGER = "manager"
    ADMIN = "admin"

    def reaches(self, other: Role) -> bool:
        """Whether this one may do what the other may."""
        return _RANKS[self] >= _RANKS[other]


_RANKS = {role: rank for rank, role in enumerate(Role)}
