"""``OMDB_*`` variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.quota.spec import BudgetSpec, DailySpec
from gateway.settings import UpstreamSettings

_CALLS_PER_DAY: Final = 1000


class OmdbSettings(UpstreamSettings):
    """The Open Movie Database."""

    model_config = SettingsConfigDict(env_prefix="OMDB_", frozen=True)

    default_base_url: ClassVar[str | None] = "https://www.omdbapi.com"
    required: ClassVar[tuple[str, ...]] = ("api_key",)
    sandbox_path: ClassVar[str] = "/omdb"
    sandbox_values: ClassVar[dict[str, str]] = {"api_key": "sandbox"}

    api_key: SecretStr | None = Field(
        default=None, description="API key, from omdbapi.com; a thousand calls a day are free."
    )
    quota_per_day: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000_000,
        description="Calls per day, over all processes; 0: no limit but OMDb's own. Not set: 1000 "
        "toward OMDb itself, no limit toward any other address.",
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
        usual = _CALLS_PER_DAY if self.is_official else 0
        per_day = usual if self.quota_per_day is None else self.quota_per_day
        return (DailySpec(name="calls", per_day=per_day, block=10),) if per_day else ()
