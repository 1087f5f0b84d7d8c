"""Who somebody is by the claims of their token; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.edge.identity.tokens import Claims

EVERYBODY: Final = "*"
_LONGEST_NAME: Final = 100
_MOST_ROLES: Final = 1000
_LARGEST_USER: Final = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """Which claims say what.

    Attributes:
        issuer: Whose subjects they are.
        roles_claim: Where roles stand, dots between levels.
        roles: Which of its values is which role.
        name_claim: Where the name stands.
        seerr_user_claim: Where the number of the Seerr user stands.
    """

    issuer: str
    roles_claim: str
    roles: Mapping[str, Role]
    name_claim: str
    seerr_user_claim: str | None = None

    def viewer(self, claims: Claims) -> Viewer:
        """Whoever the token is about."""
        subject = hashlib.sha256(f"{self.issuer}\0{claims.subject}".encode()).hexdigest()[:32]
        return Viewer(
            id=f"oidc:{subject}",
            display_name=_name(_at(claims.everything, self.name_claim)) or f"Person {subject[:6]}",
            role=self._role(_at(claims.everything, self.roles_claim)),
            seerr_user_id=self._seerr_user(claims),
        )

    def _role(self, value: object) -> Role:
        """The highest that they have."""
        held: Sequence[object] = value.split() if isinstance(value, str) else ()
        if isinstance(value, list):
            held = value
        names = {EVERYBODY, *(each for each in held[:_MOST_ROLES] if isinstance(each, str))}
        found = [role for name, role in self.roles.items() if name in names]
        return max(found, key=list(Role).index, default=Role.VIEWER)

    def _seerr_user(self, claims: Claims) -> int | None:
        if self.seerr_user_claim is None:
            return None
        value = _at(claims.everything, self.seerr_user_claim)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:  # noqa: PLR2004 - digits
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value if 0 < value < _LARGEST_USER else None


def roles_of(pairs: Sequence[str]) -> Mapping[str, Role]:
    """Read ``value=role``; none at all: values are called like roles."""
    if not pairs:
        return {role.value: role for role in Role}
    found: dict[str, Role] = {}
    for each in pairs:
        value, _, role = each.rpartition("=")
        found[value.strip()] = Role(role.strip())
    return found


def _at(claims: Mapping[str, object], path: str) -> object:
    """A claim by its whole name, which may have dots in it, else level by level."""
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _name(value: object) -> str:
    """A name that can be shown; of an e-mail address only what stands before the sign."""
    if not isinstance(value, str):
        return ""
    shown = "".join(letter if letter.isprintable() else " " for letter in value.partition("@")[0])
    return " ".join(shown.split())[:_LONGEST_NAME]
