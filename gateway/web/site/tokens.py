"""What forms carry so that only our own pages can send them."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.identity import sessions
from gateway.edge.identity.own_pages import is_own

_NONCE_BYTES: Final = 12
_LONGEST: Final = 128


@dataclass(frozen=True, slots=True)
class FormTokens:
    """Makes and checks them; each is good for the cookie that it was made beside.

    No two are equal, so that a page that is compressed on its way tells nothing of them.

    Args:
        secret: The server's; while there is none, nobody can sign in.
        spare: In its place until then, of this process alone.
    """

    secret: Callable[[], bytes | None]
    spare: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def new(self, bound_to: str) -> str:
        """A token beside a cookie."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._sum(nonce, bound_to)).decode()

    def check(self, fields: Fields, token: str, bound_to: str) -> None:
        """Let a form in.

        Raises:
            RefusedError: It may come from a foreign page.
        """
        if not (is_own(fields) and self._is_good(token, bound_to)):
            raise RefusedError(
                RefusalCode.CROSS_SITE_REQUEST,
                "This form is too old, or not from here. Load its page again.",
            )

    def _is_good(self, token: str, bound_to: str) -> bool:
        if not bound_to or len(token) > _LONGEST or not token.isascii():
            return False
        try:
            found = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return False
        nonce, told = found[:_NONCE_BYTES], found[_NONCE_BYTES:]
        return hmac.compare_digest(told, self._sum(nonce, bound_to))

    def _sum(self, nonce: bytes, bound_to: str) -> bytes:
        key = hmac.digest(self.secret() or self.spare, b"marquee form", "sha256")
        return hmac.digest(key, nonce + bound_to.encode("utf-8", "surrogatepass"), "sha256")


def session_of(fields: Fields) -> str:
    """The session that a browser sends, as forms are bound to it; empty: none."""
    found = sessions.cookie(fields.get(b"cookie", b""))
    return "" if found is None else "=".join(found)
