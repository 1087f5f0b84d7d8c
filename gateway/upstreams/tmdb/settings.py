"""``TMDB_*`` variables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar, Final

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.quota.spec import BudgetSpec, RateSpec
from gateway.settings import UpstreamSettings

_HEDGED: Final = frozenset({"movie", "chart", "trending", "search", "discover"})
_RATE_PER_S: Final = 40.0
_CHANGES_INTERVAL_S: Final = 900.0


class TmdbSettings(UpstreamSettings):
    """The Movie Database, v3."""

    model_config = SettingsConfigDict(env_prefix="TMDB_", frozen=True)

    default_base_url: ClassVar[str | None] = "https://api.themoviedb.org/3"
    required: ClassVar[tuple[str, ...]] = ("token",)
    sandbox_path: ClassVar[str] = "/tmdb/3"
    sandbox_values: ClassVar[dict[str, str]] = {"token": "sandbox"}

    token: SecretStr | None = Field(
        default=None, description="API read access token, from themoviedb.org/settings/api."
    )
    rate_per_s: float | None = Field(
        default=None,
        ge=0,
        le=100_000,
        description="Calls per second, over all processes; 0: no limit. Not set: 40 toward TMDB "
        "itself, no limit toward any other address.",
        examples=["40"],
    )
    hedge: bool | None = Field(
        default=None,
        description="Send the slowest few reads a second time, at most one in twenty. Not set: "
        "toward TMDB itself, never toward any other address.",
        examples=["false"],
    )
    changes_interval_s: float | None = Field(
        default=None,
        ge=0,
        le=86_400,
        description="Seconds between two readings of the list of edited films; 0: never. Not set: "
        "900 from TMDB itself, never from any other address.",
        examples=["900"],
    )

    def headers(self) -> dict[str, str]:
        """The token goes into a header: in the URL it would end in logs."""
        return (
            {}
            if self.token is None
            else {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        )

    def hedged(self) -> Collection[str]:
        """Reads that a person waits for. A server at hand is late when we are, not by chance."""
        wanted = self.is_official if self.hedge is None else self.hedge
        return _HEDGED if wanted else ()

    @property
    def follow_every_s(self) -> float:
        """Seconds between two readings of the list of edited films; 0: never."""
        usual = _CHANGES_INTERVAL_S if self.is_official else 0.0
        return usual if self.changes_interval_s is None else self.changes_interval_s

    def budgets(self) -> Sequence[BudgetSpec]:
        """TMDB bears 40 to 50 calls a second, from whichever of our processes."""
        usual = _RATE_PER_S if self.is_official else 0.0
        per_s = usual if self.rate_per_s is None else self.rate_per_s
        return (RateSpec(name="calls", per_s=per_s),) if per_s else ()
