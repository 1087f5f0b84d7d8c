"""``GATEWAY_*`` variables about who asks."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from gateway.settings.environment import EnvSettings
from gateway.settings.values import check_server_secret


class IdentitySettings(EnvSettings):
    """How the gateway knows its callers."""

    secret: Annotated[SecretStr, AfterValidator(check_server_secret)] | None = Field(
        default=None,
        description="Under which API keys are kept, 32 characters or more, the same for all "
        "replicas; not set: made once, in `GATEWAY_DATA_DIR`.",
    )
