"""``TMDB_*`` variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.quota.spec import BudgetSpec, RateSpec
from gateway.settings import UpstreamSettings


class TmdbSettings(UpstreamSettings):
    """The Movie Database, v3."""

    model_config = SettingsConfigDict(env_prefix="TMDB_", frozen=True)

    default_base_url: ClassVar[str | None] = "https://api.themoviedb.org/3"
    required: ClassVar[tuple[str, ...]] = ("token",)
    sandbox_path: ClassVar[str] = "/tmdb/3"
    sandbox_values: ClassVar[dict[str, str]] = {
        "token": "sandbox",
        "rate_per_s": "10000",  # nobody's server is spared by waiting
    }

    token: SecretStr | None = Field(
        default=None, description="API read access token, from themoviedb.org/settings/api."
    )
    rate_per_s: float = Field(
        default=40.0,
        ge=0,
        le=100_000,
        description="Calls per second, over all processes; 0: no limit.",
        examples=["40"],
    )

    changes_interval_s: float = Field(
        default=900.0,
        ge=0,
        le=86_400,
        description="Seconds between two readings of the list of edited films; 0: never.",
        examples=["900"],
    )

    def headers(self) -> dict[str, str]:
        """The token goes into a header: in the URL it would end in logs."""
        return (
            {}
            if self.token is None
            else {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        )

    def budgets(self) -> Sequence[BudgetSpec]:
        """TMDB bears 40 to 50 calls a second, from whichever of our processes."""
        return (RateSpec(name="calls", per_s=self.rate_per_s),) if self.rate_per_s else ()
