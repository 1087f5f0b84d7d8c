"""The pages' own cookies: how they are set, read and named."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.edge.graphql.fields import Fields
from gateway.edge.identity import sessions
from gateway.edge.identity.sessions import Session
from gateway.web.rest.visit import Visit

_HOST: Final = "__Host-"
VISIT: Final = f"{sessions.PLAIN}-visit"
"""Whoever is about to sign in: what the form is bound to."""
PENDING: Final = f"{sessions.PLAIN}-sign-in"
"""A sign-in at an issuer that is under way."""


def is_secure(visit: Visit) -> bool:
    """Whether the browser came over TLS, ours or a proxy's; it hurts only itself with a lie."""
    get = visit.fields.get
    told = get(b"x-forwarded-proto", b"").split(b",")[0].strip().lower()
    origin = get(b"origin", b"").lower()
    return b"https" in {visit.scope["scheme"].encode(), told} or origin.startswith(b"https://")


def named(visit: Visit, name: str) -> str:
    """As a cookie is called here: over TLS no other host can set it."""
    return _HOST + name if is_secure(visit) else name


def cookie_of(fields: Fields, *names: str) -> str:
    """The value of the first of these that a browser sends; empty: none."""
    found: dict[str, str] = {}
    for each in fields.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = each.strip().partition("=")
        found.setdefault(name, value)
    return next((found[name] for name in names if name in found), "")


def visit_of(fields: Fields) -> str:
    """What forms of whoever is about to sign in are bound to."""
    return cookie_of(fields, _HOST + VISIT, VISIT)


def keep(
    response: Response, name: str, value: str, *, lasts_s: int, is_strict: bool = False
) -> None:
    """Let a browser keep one."""
    response.set_cookie(
        name,
        value,
        max_age=lasts_s,
        path="/",
        secure=name.startswith(_HOST),
        httponly=True,
        samesite="strict" if is_strict else "lax",
    )


def let_in(
    response: Response, visit: Visit, session: Session, *, secret: bytes, now_s: float
) -> None:
    """Let a browser keep a session."""
    name = named(visit, sessions.PLAIN)
    lasts_s = sessions.KEY_S if session.digest else sessions.PERSON_S
    value = sessions.written(secret, name, session, now_s=now_s)
    keep(response, name, value, lasts_s=lasts_s)


def let_go(response: Response, visit: Visit) -> None:
    """Let a browser forget its session, under whichever name."""
    for name in (sessions.SECURE, sessions.PLAIN):
        if cookie_of(visit.fields, name):
            keep(response, name, "", lasts_s=0)
