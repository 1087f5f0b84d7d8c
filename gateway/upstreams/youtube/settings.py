"""``YOUTUBE_*`` variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.quota.spec import BudgetSpec, DailySpec
from gateway.settings import UpstreamSettings
from gateway.upstreams.youtube.client_quota import ZONE

_UNITS_PER_DAY: Final = 10_000
_SEARCHES_PER_DAY: Final = 100


class YouTubeSettings(UpstreamSettings):
    """YouTube Data API, v3."""

    model_config = SettingsConfigDict(env_prefix="YOUTUBE_", frozen=True)

    default_base_url: ClassVar[str | None] = "https://youtube.googleapis.com/youtube/v3"
    required: ClassVar[tuple[str, ...]] = ("api_key",)
    sandbox_path: ClassVar[str] = "/youtube/v3"
    sandbox_values: ClassVar[dict[str, str]] = {"api_key": "sandbox"}

    api_key: SecretStr | None = Field(
        default=None, description="Data API key, from console.cloud.google.com."
    )
    quota_per_day: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000_000,
        description="Units per day, over all processes; 0: no limit but YouTube's own. Not set: "
        "10000 toward YouTube itself, no limit toward any other address.",
        examples=["10000"],
    )

    def headers(self) -> dict[str, str]:
        """The key goes into a header: in the URL it would end in logs."""
        return {} if self.api_key is None else {"X-Goog-Api-Key": self.api_key.get_secret_value()}

    def budgets(self) -> Sequence[BudgetSpec]:
        """The two buckets that Google keeps: searches, and units for everything else."""
        searches = DailySpec(
            name="searches", per_day=_SEARCHES_PER_DAY, zone=ZONE, block=2, only={"search"}
        )
        usual = _UNITS_PER_DAY if self.is_official else 0
        per_day = usual if self.quota_per_day is None else self.quota_per_day
        if not per_day:
            return (searches,) if self.is_official else ()
        return DailySpec(name="units", per_day=per_day, zone=ZONE, but={"search"}), searches
