"""``OMDB_*`` variables."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import UpstreamSettings


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

    def headers(self) -> dict[str, str]:
        """OMDb knows no header for its key: the client puts it into the query."""
        return {}

    @property
    def key(self) -> str:
        """The key in clear, for the client alone."""
        return "" if self.api_key is None else self.api_key.get_secret_value()
