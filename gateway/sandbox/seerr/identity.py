"""Who calls: API key, X-API-User, session cookie, and the CSRF check."""

import hashlib
from http.cookies import SimpleCookie

from starlette.datastructures import Headers

from gateway.sandbox.seerr.entities import User
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.schema import is_number
from gateway.sandbox.seerr.sessions import COOKIE
from gateway.sandbox.seerr.world import World

OWNER_ID = 1
_SAFE = ("GET", "HEAD", "OPTIONS")


class NeverAnsweredError(Exception):
    """The server fails before it answers: the connection stays open and silent."""


def cookies(headers: Headers) -> SimpleCookie:
    """The call's cookies."""
    jar = SimpleCookie()
    jar.load(headers.get("cookie", ""))
    return jar


def credentials_given(headers: Headers, jar: SimpleCookie) -> bool:
    """Whether the call carries a key or a session cookie, right or wrong."""
    return bool(headers.get("x-api-key", "").strip()) or COOKIE in jar


def caller(world: World, headers: Headers, jar: SimpleCookie) -> User | None:
    """The user as whom the call acts; ``None`` for a bad key or an unknown user.

    A key beats a cookie. With the key alone, and with an empty or blank X-API-User, that is
    user 1, the administrator.

    Raises:
        NeverAnsweredError: X-API-User is not a number.
    """
    if _is_good(headers.get("x-api-key", "").strip(), world):
        named = ", ".join(headers.getlist("x-api-user")).strip()
        if not named:
            return world.store.users.get(OWNER_ID)
        return world.store.users.get(_user_id(named))
    if COOKIE in jar:
        return world.sessions.user(jar[COOKIE].value)
    return None


def _is_good(key: str, world: World) -> bool:
    """The world's key, or in an open world any but the word that plays a wrong one."""
    return key == world.api_key or (world.any_key and key not in ("", "invalid"))


def _user_id(text: str) -> int:
    if not is_number(text):
        raise NeverAnsweredError
    number = float(text)
    return int(number) if number.is_integer() else -1


def check_csrf(world: World, method: str, headers: Headers, jar: SimpleCookie) -> None:
    """Refuse a write without the token of an earlier answer, when that protection is on."""
    if not world.csrf_protection or method in _SAFE:
        return
    secret = jar["_csrf"].value if "_csrf" in jar else ""
    if not secret or headers.get("x-xsrf-token", "") != csrf_token(secret):
        raise refusal(403, "invalid csrf token")


def csrf_token(secret: str) -> str:
    """The token that goes with a ``_csrf`` cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()[:36]
