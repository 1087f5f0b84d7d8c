"""Signing in at an issuer: there, and back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.edge.identity.login import Login, Pending
from gateway.edge.identity.refusals import unauthenticated, unavailable
from gateway.edge.identity.sessions import Session
from gateway.web.rest.entrance import enter
from gateway.web.rest.visit import Visit
from gateway.web.site.cookies import PENDING, cookie_of, is_secure, keep, let_in, named
from gateway.web.site.forms import local
from gateway.web.site.own import answered

if TYPE_CHECKING:
    from gateway.web.site.html import Writer

BACK: Final = "/sign-in/callback"
_PENDING_S: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class AtIssuer:
    """``/sign-in/issuer`` and where it leads back to.

    Args:
        writer: Of pages.
        login: Knows the issuer.
        secret: The server's.
        now: Seconds of the epoch.
    """

    writer: Writer
    login: Login
    secret: Callable[[], bytes | None]
    now: Callable[[], float] = time.time

    async def away(self, visit: Visit) -> Response:
        """Send somebody there.

        Raises:
            RefusedError: It does not answer.
        """
        await enter(visit, Request(visit.scope, visit.receive), takes_body=False)
        next_path = local(self.writer.page(visit).asked.get("next", ""))
        pending = Pending(redirect_uri=_base(visit) + BACK, next_path=next_path)
        response = RedirectResponse(await self.login.begin(pending), HTTPStatus.SEE_OTHER)
        response.headers["cache-control"] = "no-store"
        value = pending.written(self._secret())
        keep(response, named(visit, PENDING), value, lasts_s=_PENDING_S)
        return response

    async def back(self, visit: Visit) -> Response:
        """Let somebody in who comes from there.

        Raises:
            RefusedError: It is nobody, or somebody whom we did not send.
        """
        await enter(visit, Request(visit.scope, visit.receive), takes_body=False)
        name, secret = named(visit, PENDING), self._secret()
        sent = cookie_of(visit.fields, name)
        pending = Pending.read(secret, sent) if sent else None
        if pending is None:
            raise unauthenticated("This sign-in took too long, or was begun elsewhere.")
        page = self.writer.page(visit)
        viewer = await self.login.finish(pending, page.asked)
        response = answered(self.writer.redirect(page, pending.next_path))
        let_in(response, visit, Session(person=viewer), secret=secret, now_s=self.now())
        keep(response, name, "", lasts_s=0)
        return response

    def _secret(self) -> bytes:
        found = self.secret()
        if found is None:
            raise unavailable()
        return found


def _base(visit: Visit) -> str:
    """This gateway as the browser knows it."""
    host = visit.fields.get(b"host", b"").decode("latin-1")
    return f"{'https' if is_secure(visit) else 'http'}://{host}{visit.prefix}"
