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
from gateway.edge.identity.login import Login
from gateway.edge.identity.ready_made import ReadyMade
from gateway.edge.identity.refusals import unavailable
from gateway.edge.identity.sessions import Session
from gateway.web.offered import is_at_home
from gateway.web.rest.entrance import enter
from gateway.web.rest.visit import Visit
from gateway.web.site.cookies import VISIT, keep, let_go, let_in, named, visit_of
from gateway.web.site.forms import local, read_form
from gateway.web.site.own import answered
from gateway.web.site.tokens import FormTokens, session_of

if TYPE_CHECKING:
    from gateway.web.site.html import Writer

_MOST_BYTES: Final = 16_384
_VISIT_S: Final = 3600


class SignsIn(Protocol):
    """Knows keys, and perhaps an issuer."""

    @property
    def secret(self) -> Callable[[], bytes | None]:
        """The server's."""
        ...

    @property
    def login(self) -> Login | None:
        """Where people sign in by themselves; ``None``: nowhere."""
        ...

    async def session(self, credential: str) -> Session:
        """What a cookie is to say of whoever bears a key.

        Raises:
            RefusedError: It is not good.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """``/sign-in`` and ``/sign-out``.

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
            raise unavailable()
        response = self._to(visit, next_path)
        let_in(response, visit, session, secret=secret, now_s=self.now())
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
        let_go(response, visit)
        return response

    def _page(self, visit: Visit, next_path: str, refused: RefusedError | None = None) -> Response:
        known, login = visit_of(visit.fields), self.identity.login
        bound_to = known or secrets.token_urlsafe(16)
        is_home = visit.method == "GET" and is_at_home(Request(visit.scope))
        rendered = self.writer.write(
            "sign-in.html",
            self.writer.page(visit),
            {
                "token": self.tokens.new(bound_to),
                "next_path": next_path,
                "issuer": None if login is None else login.name,
                "offered": self.offered if is_home else (),
                "complaint": "" if refused is None else _complaint(refused),
            },
            status=HTTPStatus.OK if refused is None else refused.status,
        )
        response = answered(rendered, cache_control="no-store")
        if not known:
            keep(response, named(visit, VISIT), bound_to, lasts_s=_VISIT_S, is_strict=True)
        return response

    def _to(self, visit: Visit, path: str) -> Response:
        return answered(self.writer.redirect(self.writer.page(visit), path))


def _complaint(refused: RefusedError) -> str:
    if refused.code is RefusalCode.UNAUTHENTICATED:
        return "This key is not good. It may be mistyped, cut or revoked."
    return refused.message
