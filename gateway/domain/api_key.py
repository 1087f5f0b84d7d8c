"""An API key, as it is known without the key itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.domain.role import Role
from gateway.domain.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key.

    Attributes:
        key_id: Names it; no secret.
        name: What its operator calls it.
        role: What it may do.
        digest: HMAC of the key under the server's secret.
        display_name: To show where it asked for something.
        seerr_user_id: Whom it acts as at Seerr.
        last_used_on: The last day on which it was used, UTC.
    """

    key_id: str
    name: str
    role: Role
    digest: bytes = field(repr=False)
    created_at: datetime
    display_name: str
    seerr_user_id: int | None = None
    revoked_at: datetime | None = None
    last_used_on: date | None = None

    @property
    def viewer(self) -> Viewer:
        """Whoever bears it."""
        return Viewer(
            id=f"key:{self.key_id}",
            display_name=self.display_name,
            role=self.role,
            seerr_user_id=self.seerr_user_id,
        )
