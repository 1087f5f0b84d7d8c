"""Signing in with a key, and out."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from gateway.edge.graphql.body import read_body
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.identity import sessions
from gateway.edge.identity.ready_made import ReadyMade
from gateway.edge.identity.sessions import Session
from gateway.web.offered import is_at_home
from gateway.web.rest.entrance import enter
from gateway.web.rest.visit import Visit
from gateway.web.site.forms import local, read_form
from gateway.web.site.own import answered
from gateway.web.site.tokens import SECURE_VISIT, VISIT, FormTokens, session_of, visit_of

if TYPE_CHECKING:
    from gateway.web.site.html import Writer

_MOST_BYTES: Final = 16_384
_VISIT_S: Final = 3600


class SignsIn(Protocol):
    """Knows keys."""

    @property
    def secret(self) -> Callable[[], bytes | None]:
        """The server's."""
        ...

    async def session(self, credential: str) -> Session:
        """What a cookie is to say of whoever bears a key.

        Raises:
            RefusedError: It is not good.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """``/sign-in``.

    Args:
        writer: Of its page.
        tokens: For its form.
        identity: Knows keys.
        offered: Keys that a visitor from this machine may pick.
        now: Seconds of the epoch.
    """

    writer: Writer
    tokens: FormTokens
    identity: SignsIn
    offered: Sequence[ReadyMade] = field(repr=False, default=())
    now: Callable[[], float] = time.time

    async def form(self, visit: Visit) -> Response:
        """The page."""
        await enter(visit, Request(visit.scope, visit.receive), takes_body=False)
        next_path = local(self.writer.page(visit).asked.get("next", ""))
        return self._page(visit, next_path)

    async def sent(self, visit: Visit) -> Response:
        """Let somebody in.

        Raises:
            RefusedError: It is none of our forms.
        """
        fields = read_form(await read_body(visit.fields, visit.receive, _MOST_BYTES))
        self.tokens.check(visit.fields, fields.get("csrf", ""), visit_of(visit.fields))
        next_path = local(fields.get("next", ""))
        try:
            session = await self.identity.session(fields.get("key", "").strip())
        except RefusedError as exc:
            return self._page(visit, next_path, refused=exc)
        secret = self.identity.secret()
        if secret is None:
            raise RefusedError(RefusalCode.IDENTITY_UNAVAILABLE, "Nobody can sign in here yet.")
        name = sessions.SECURE if is_secure(visit) else sessions.PLAIN
        value = sessions.written(secret, name, session, now_s=self.now())
        lasts_s = sessions.KEY_S if session.digest else sessions.PERSON_S
        response = self._to(visit, next_path)
        _set(response, name, value, lasts_s=lasts_s)
        return response

    async def out(self, visit: Visit) -> Response:
        """Let somebody go; their cookie is good for nobody who did not copy it.

        Raises:
            RefusedError: It is none of our forms.
        """
        fields = read_form(await read_body(visit.fields, visit.receive, _MOST_BYTES))
        bound_to = session_of(visit.fields)
        if bound_to:
            self.tokens.check(visit.fields, fields.get("csrf", ""), bound_to)
        response = self._to(visit, "/")
        for name in (sessions.SECURE, sessions.PLAIN):
            if f"{name}=" in visit.fields.get(b"cookie", b"").decode("latin-1"):
                _set(response, name, "", lasts_s=0)
        return response

    def _page(self, visit: Visit, next_path: str, refused: RefusedError | None = None) -> Response:
        known = visit_of(visit.fields)
        bound_to = known or secrets.token_urlsafe(16)
        is_home = visit.method == "GET" and is_at_home(Request(visit.scope))
        rendered = self.writer.write(
            "sign-in.html",
            self.writer.page(visit),
            {
                "token": self.tokens.new(bound_to),
                "next_path": next_path,
                "offered": self.offered if is_home else (),
                "complaint": "" if refused is None else _complaint(refused),
            },
            status=HTTPStatus.OK if refused is None else refused.status,
        )
        response = answered(rendered, cache_control="no-store")
        if not known:
            name = SECURE_VISIT if is_secure(visit) else VISIT
            _set(response, name, bound_to, lasts_s=_VISIT_S, is_strict=True)
        return response

    def _to(self, visit: Visit, path: str) -> Response:
        return answered(self.writer.redirect(self.writer.page(visit), path))


def is_secure(visit: Visit) -> bool:
    """Whether the browser came over TLS, ours or a proxy's; it hurts only itself with a lie."""
    get = visit.fields.get
    told = get(b"x-forwarded-proto", b"").split(b",")[0].strip().lower()
    origin = get(b"origin", b"").lower()
    return b"https" in {visit.scope["scheme"].encode(), told} or origin.startswith(b"https://")


def _complaint(refused: RefusedError) -> str:
    if refused.code is RefusalCode.UNAUTHENTICATED:
        return "This key is not good. It may be mistyped, cut or revoked."
    return refused.message


def _set(
    response: Response, name: str, value: str, *, lasts_s: int, is_strict: bool = False
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lasts_s,
        path="/",
        secure=name.startswith("__Host-"),
        httponly=True,
        samesite="strict" if is_strict else "lax",
    )
