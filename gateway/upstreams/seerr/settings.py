"""``SEERR_*`` variables."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import UpstreamSettings


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

    def headers(self) -> dict[str, str]:
        """The key; who acts is said call by call."""
        return {} if self.api_key is None else {"X-Api-Key": self.api_key.get_secret_value()}
