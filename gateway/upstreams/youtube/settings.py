"""``YOUTUBE_*`` variables."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import UpstreamSettings


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

    def headers(self) -> dict[str, str]:
        """The key goes into a header: in the URL it would end in logs."""
        return {} if self.api_key is None else {"X-Goog-Api-Key": self.api_key.get_secret_value()}
