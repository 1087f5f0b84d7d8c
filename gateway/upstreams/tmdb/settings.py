"""``TMDB_*`` variables."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import UpstreamSettings


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

    def headers(self) -> dict[str, str]:
        """The token goes into a header: in the URL it would end in logs."""
        return (
            {}
            if self.token is None
            else {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        )
