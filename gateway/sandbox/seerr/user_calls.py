"""Calls about users: lists, quotas, their requests, sign-in."""

from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.entities import User
from gateway.sandbox.seerr.paging import window
from gateway.sandbox.seerr.quota import movie_quota, series_quota
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.request_reads import sees_all
from gateway.sandbox.seerr.sessions import COOKIE
from gateway.sandbox.seerr.states import Permission
from gateway.sandbox.seerr.world import Exchange, World

USERS_TAKE = 10
REQUESTS_TAKE = 20


async def me(world: World, exchange: Exchange) -> Response:
    """``GET /auth/me``: the only call that tells a good key from a bad one."""
    return answers.answer(world.wire().full_user(exchange.user))


async def list_users(world: World, exchange: Exchange) -> Response:
    """``GET /user``: for anyone, though only managers see e-mail addresses."""
    ids = {part for part in exchange.text("includeIds").split(",") if part}
    page = window(exchange, max(USERS_TAKE, len(ids)))
    wanted = exchange.text("q").casefold()
    rows = [
        user
        for user in world.store.users.values()
        if wanted in (user.username or "").casefold() + "\n" + user.email.casefold()
        and (not ids or str(user.id) in ids)
    ]
    if exchange.text("sort") == "displayname":
        rows.sort(key=lambda user: user.display_name.lower())
    elif exchange.text("sort") == "requests":
        rows.sort(key=world.store.request_count, reverse=True)
    wire = world.wire()
    show = wire.user if exchange.user.may(Permission.MANAGE_USERS) else wire.public_user
    results = [show(user) for user in page.cut(rows)]
    return answers.answer({"pageInfo": page.info(len(rows)), "results": results})


async def get_user(world: World, exchange: Exchange) -> Response:
    """``GET /user/{id}``."""
    user, wire = _found(world, exchange), world.wire()
    show = wire.full_user if exchange.user.may(Permission.MANAGE_USERS) else wire.public_user
    return answers.answer(show(user))


async def get_quota(world: World, exchange: Exchange) -> Response:
    """``GET /user/{id}/quota``: a manager of requests alone may not see other people's."""
    user = _found(world, exchange)
    manager = exchange.user.may(Permission.MANAGE_USERS, Permission.MANAGE_REQUESTS)
    if user is not exchange.user and not manager:
        raise refusal(403, "You do not have permission to view this user's request limits.")
    return answers.answer({"movie": movie_quota(world, user), "tv": series_quota(user)})


async def list_user_requests(world: World, exchange: Exchange) -> Response:
    """``GET /user/{id}/requests``: also what blocklisting hides; no Radarr is asked."""
    user, page = _found(world, exchange), window(exchange, REQUESTS_TAKE)
    if user is not exchange.user and not sees_all(exchange.user):
        raise refusal(403, "You do not have permission to view this user's requests.")
    rows = world.store.requests_of_user(user)[::-1]
    wire = world.wire()
    results = [wire.listed(request) for request in page.cut(rows)]
    return answers.answer({"pageInfo": page.info(len(rows)), "results": results})


def _found(world: World, exchange: Exchange) -> User:
    user_id = exchange.row_id("userId")
    user = None if user_id is None else world.store.users.get(user_id)
    if user is None:
        raise refusal(404, "User not found.")
    return user


async def sign_in(world: World, exchange: Exchange) -> Response:
    """``POST /auth/local``: opens a session."""
    email, password = exchange.body.get("email"), exchange.body.get("password")
    if not email or not password:
        body = {"error": "You must provide both an email address and a password."}
        return answers.answer(body, status=500)
    for user in world.store.users.values():
        if user.email == email and user.password == password:
            return _signed_in(world, user)
    raise refusal(403, "Access denied.")


def _signed_in(world: World, user: User) -> Response:
    """The few columns that sign-in reads: permissions look like none, the name is the address."""
    body = {
        "permissions": 0,
        "warnings": [],
        "id": user.id,
        "requestCount": 0,
        "displayName": user.email,
    }
    response = answers.answer(body)
    session_id = world.sessions.open(user)
    response.headers["Set-Cookie"] = f"{COOKIE}={session_id}; Path=/; HttpOnly; SameSite=Lax"
    return response


async def sign_out(world: World, exchange: Exchange) -> Response:
    """``POST /auth/logout``: ends the session."""
    held = exchange.cookies.get(COOKIE)
    world.sessions.close(None if held is None else held.value)
    return answers.answer({"status": "ok"})
