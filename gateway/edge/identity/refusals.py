"""How somebody who is not who they say is told; never by which of the checks."""

from __future__ import annotations

from typing import Final

from gateway.edge.graphql.refusal import RefusalCode, RefusedError

_REALM: Final = 'Bearer realm="marquee"'


def unauthenticated(message: str = "This credential is not good.") -> RefusedError:
    """What was sent is no credential of ours (RFC 6750, 3.1)."""
    return RefusedError(
        RefusalCode.UNAUTHENTICATED,
        f"{message} Send `Authorization: Bearer` with a good one, or none at all.",
        WWW_Authenticate=f'{_REALM}, error="invalid_token"',
    )


def unavailable(retry_after_s: int = 1) -> RefusedError:
    """It may well be good; nobody can tell right now."""
    return RefusedError(
        RefusalCode.IDENTITY_UNAVAILABLE,
        "Credentials cannot be checked at the moment.",
        extensions={"retryable": True, "retryAfterMs": retry_after_s * 1000},
        Retry_After=str(retry_after_s),
    )
