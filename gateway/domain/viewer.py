"""Whoever asks, once they have shown who they are."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.request import User
from gateway.domain.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A known caller: an app with a key, or a person with a token. Nobody known is ``None``.

    Attributes:
        id: Stays the same for ever and tells nothing: ``key:...`` or ``oidc:...``.
        display_name: To show to others.
        role: The highest that they have.
        seerr_user_id: Whom they act as at Seerr; ``None``: nobody, so nothing there is done for
            them.
        user: Theirs in the store of requests, once they are enrolled there.
    """

    id: str
    display_name: str
    role: Role
    seerr_user_id: int | None = None
    user: User | None = None

    @property
    def scope(self) -> str:
        """What their private answers are bound to: with another role they see other things."""
        return f"{self.id}|{self.role.value}|{self.seerr_user_id or ''}"
