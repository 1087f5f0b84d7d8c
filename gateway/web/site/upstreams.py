"""How upstreams are, as the graph tells it and as people read it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from gateway.web.rest.models.base import Model
from gateway.web.site.standing import BAD, CALM, GOOD, WAIT, Said

_STATES: Final[dict[str, Said]] = {
    "CLOSED": ("Healthy", GOOD),
    "HALF_OPEN": ("Being tried", WAIT),
    "OPEN": ("Failing", BAD),
    "OFF": ("Off", CALM),
}


class Upstream(Model):
    """One of them."""

    name: str
    state: str
    in_flight: int
    queued: int
    quota_left: int | None
    resets_at: datetime | None
    last_success_at: datetime | None
    last_error: str | None

    @property
    def said(self) -> Said:
        """Its breaker, in words."""
        return _STATES.get(self.state, (self.state.capitalize(), CALM))
