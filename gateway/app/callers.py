"""Joins settings and database to whoever knows the callers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from gateway.app.records import Records
from gateway.domain.api_key import ApiKey
from gateway.domain.viewer import Viewer
from gateway.edge.identity.identity import Identity
from gateway.edge.identity.login import Login
from gateway.edge.identity.people import Mapped, roles_of
from gateway.edge.identity.ready_made import ReadyMade, by_digest, ready_made
from gateway.edge.identity.ring import KeyRing
from gateway.edge.identity.secret import known_secret, made_secret
from gateway.errors import ConfigError
from gateway.settings import GatewaySettings
from gateway.transport.pool import PoolLimits
from gateway.transport.ports import make_port

if TYPE_CHECKING:
    from gateway.edge.identity.bearers import Bearers
    from gateway.upstreams.book.keys import KeyStore


class RecordedKeys:
    """API keys there; where nothing was ever kept there are none."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def good(self) -> Sequence[ApiKey]:
        """Those that are not revoked."""
        if not self._records.is_there:
            return ()
        return await (await self._kept()).good()

    async def note_used(self, key_ids: Collection[str], day: date) -> None:
        """Note the last day on which some were used."""
        await (await self._kept()).note_used(key_ids, day)

    async def _kept(self) -> KeyStore:
        from gateway.upstreams.book.keys import KeyStore  # noqa: PLC0415 -- see Records

        return KeyStore(await self._records.ready())


def identity_of(settings: GatewaySettings, records: Records) -> Identity:
    """Whoever knows this gateway's callers.

    Raises:
        ConfigError: An issuer is named, but not whom its tokens must be for.
    """
    return Identity(
        ring=KeyRing(RecordedKeys(records)),
        secret=_remembered(settings),
        tokens=_bearers(settings, settings.oidc_audience),
        ready_made=_ready_made(settings),
        login=_login(settings),
    )


def offered(settings: GatewaySettings) -> Sequence[ReadyMade]:
    """Keys that a visitor may pick; none but where the settings say so."""
    secret = known_secret(settings) if settings.ready_made_keys else None
    return () if secret is None else ready_made(secret)


def _ready_made(settings: GatewaySettings) -> Mapping[bytes, Viewer]:
    secret = known_secret(settings) if settings.ready_made_keys else None
    return {} if secret is None else by_digest(secret)


def _login(settings: GatewaySettings) -> Login | None:
    """Where people sign in; their sessions need a secret, which is made if there is none."""
    name, client_id = settings.oidc_issuer, settings.oidc_client_id
    if client_id is None:
        return None
    tokens = _bearers(settings, client_id)
    if name is None or tokens is None:
        raise ConfigError("GATEWAY_OIDC_ISSUER: needed because GATEWAY_OIDC_CLIENT_ID is set")
    made_secret(settings)
    secret = settings.oidc_client_secret
    return Login(
        port=make_port(settings.http_client, PoolLimits(max_connections=2)),
        name=name,
        client_id=client_id,
        client_secret=None if secret is None else secret.get_secret_value(),
        scopes=settings.oidc_scopes,
        tokens=tokens,
    )


def _bearers(settings: GatewaySettings, audience: str | None) -> Bearers | None:
    name = settings.oidc_issuer
    if name is None:
        return None
    if audience is None:
        raise ConfigError("GATEWAY_OIDC_AUDIENCE: needed because GATEWAY_OIDC_ISSUER is set")
    # Twelve megabytes of cryptography that most gateways never need.
    from gateway.edge.identity.bearers import Bearers  # noqa: PLC0415
    from gateway.edge.identity.discovery import MOST_BYTES  # noqa: PLC0415
    from gateway.edge.identity.issuer import Issuer  # noqa: PLC0415

    pool = PoolLimits(max_connections=2, max_body_bytes=MOST_BYTES)
    port = make_port(settings.http_client, pool)
    mapped = Mapped(
        issuer=name,
        roles_claim=settings.oidc_roles_claim,
        roles=roles_of(settings.oidc_roles),
        name_claim=settings.oidc_name_claim,
        seerr_user_claim=settings.oidc_seerr_user_claim,
    )
    issuer = Issuer(port, name=name, jwks_url=settings.oidc_jwks_url)
    return Bearers(issuer, audience=audience, mapped=mapped)


def _remembered(settings: GatewaySettings) -> Callable[[], bytes | None]:
    """The server's secret, which never changes once there is one."""
    known: list[bytes] = []

    def secret() -> bytes | None:
        if not known:
            found = known_secret(settings)
            if found is None:
                return None
            known.append(found)
        return known[0]

    return secret
