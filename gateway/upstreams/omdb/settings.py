"""``OMDB_*`` variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.quota.spec import BudgetSpec, DailySpec
from gateway.settings import UpstreamSettings


class OmdbSettings(UpstreamSettings):
    """The Open Movie Database."""

    model_config = SettingsConfigDict(env_prefix="OMDB_", frozen=True)

    default_base_url: ClassVar[str | None] = "https://www.omdbapi.com"
    required: ClassVar[tuple[str, ...]] = ("api_key",)
    sandbox_path: ClassVar[str] = "/omdb"
    sandbox_values: ClassVar[dict[str, str]] = {
        "api_key": "sandbox",
        "quota_per_day": "1000000",  # nobody's server is spared by stopping
    }

    api_key: SecretStr | None = Field(
        default=None, description="API key, from omdbapi.com; a thousand calls a day are free."
    )
    quota_per_day: int = Field(
        default=1000,
        ge=0,
        le=1_000_000_000,
        description="Calls per day, over all processes; 0: no limit but OMDb's own.",
        examples=["1000"],
    )

    def headers(self) -> dict[str, str]:
        """OMDb knows no header for its key: the client puts it into the query."""
        return {}

    @property
    def key(self) -> str:
        """The key in clear, for the client alone."""
        return "" if self.api_key is None else self.api_key.get_secret_value()

    def budgets(self) -> Sequence[BudgetSpec]:
        """A day from midnight UTC: OMDb does not say which it means.

        A wrong guess costs refused calls only, which are free, and the first refusal stops the
        others for an hour.
        """
        if not self.quota_per_day:
            return ()
        return (DailySpec(name="calls", per_day=self.quota_per_day, block=10),)
