"""``SEERR_*`` variables."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import UpstreamSettings
from gateway.settings.values import check_token


class SeerrSettings(UpstreamSettings):
    """Seerr, or an Overseerr or Jellyseerr not yet migrated."""

    model_config = SettingsConfigDict(env_prefix="SEERR_", frozen=True)

    required: ClassVar[tuple[str, ...]] = ("api_key",)
    played_unasked: ClassVar[bool] = False  # the book keeps the requests then
    sandbox_path: ClassVar[str] = "/seerr/api/v1"
    sandbox_values: ClassVar[dict[str, str]] = {"api_key": "sandbox-seerr-key"}

    api_key: SecretStr | None = Field(
        default=None, description="API key, from Seerr's settings, General."
    )
    user_id: int = Field(
        default=1,
        ge=1,
        le=2**31 - 1,
        description="Seerr user whose view of the requests the graph shows to everybody.",
        examples=["1"],
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(check_token)] | None = Field(
        default=None,
        description="What Seerr's webhook sends as `Authorization`, with or without `Bearer `, 16 "
        "characters or more; not set: there is no `/webhooks/seerr`.",
    )
    watch_every_s: float = Field(
        default=15,
        ge=0,
        le=3600,
        description="Seconds between two looks for changes that are made at Seerr itself; 0: only "
        "at the start.",
        examples=["15"],
    )

    def headers(self) -> dict[str, str]:
        """The key; who acts is said call by call."""
        return {} if self.api_key is None else {"X-Api-Key": self.api_key.get_secret_value()}
