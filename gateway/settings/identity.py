"""``GATEWAY_*`` variables about who asks."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from gateway.settings.environment import EnvSettings
from gateway.settings.values import (
    check_issuer,
    check_roles,
    check_server_secret,
    split_commas,
)


class IdentitySettings(EnvSettings):
    """How the gateway knows its callers."""

    secret: Annotated[SecretStr, AfterValidator(check_server_secret)] | None = Field(
        default=None,
        description="Under which API keys are kept, 32 characters or more, the same for all "
        "replicas; not set: made once, in `GATEWAY_DATA_DIR`.",
    )
    oidc_issuer: Annotated[str, AfterValidator(check_issuer)] | None = Field(
        default=None,
        description="Issuer of people's tokens (OpenID Connect), exactly as their `iss` names it; "
        "not set: only API keys are taken.",
        examples=["https://login.example/realms/home"],
    )
    oidc_audience: str | None = Field(
        default=None,
        description="What tokens must name as their `aud`; needed with `GATEWAY_OIDC_ISSUER`.",
        examples=["marquee"],
    )
    oidc_client_id: str | None = Field(
        default=None,
        description="The pages' name at the issuer: with it people sign in there. Register "
        "`/sign-in/callback` of this gateway as where it may lead back to.",
        examples=["marquee"],
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The pages' secret at the issuer; not set: a public client."
    )
    oidc_scopes: str = Field(
        default="openid profile",
        description="What the pages ask the issuer for, with spaces between; names and roles are "
        "read out of its ID token.",
        examples=["openid profile groups"],
    )
    oidc_jwks_url: Annotated[str, AfterValidator(check_issuer)] | None = Field(
        default=None,
        description="Where the issuer's keys are; not set: as its discovery document tells.",
        examples=["https://login.example/realms/home/certs"],
    )
    oidc_roles_claim: str = Field(
        default="roles",
        description="Claim with the groups or roles of a person, dots between its levels.",
        examples=["realm_access.roles"],
    )
    oidc_roles: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(split_commas), AfterValidator(check_roles)
    ] = Field(
        default=(),
        description="Which of its values is which role (viewer, requester, manager, admin), with "
        "commas between; `*` is everybody. Not set: values that are called like a role. Who has "
        "none is a viewer.",
        examples=["*=requester,staff=manager"],
    )
    oidc_name_claim: str = Field(
        default="name", description="Claim with the name to show.", examples=["preferred_username"]
    )
    oidc_seerr_user_claim: str | None = Field(
        default=None,
        description="Claim with the number of the Seerr user that a person acts as.",
        examples=["seerr_user_id"],
    )
    ready_made_keys: bool = Field(
        default=False,
        description="Take the keys of a requester and a manager that `gateway serve` makes of the "
        "secret and shows on the sandbox, where it sets this itself.",
        examples=["true"],
    )
