"""How many movies a user may still ask for."""

from datetime import timedelta

from gateway.sandbox.seerr.entities import User
from gateway.sandbox.seerr.states import Permission, RequestStatus
from gateway.sandbox.seerr.world import World

Json = dict[str, object]


def movie_quota(world: World, user: User) -> Json:
    """The user's movie quota; without a limit only what is used and that nothing is restricted."""
    bypasses = user.may(Permission.MANAGE_USERS)
    limit = 0 if bypasses else user.movie_quota_limit
    used = _used(world, user) if limit else 0
    wire: Json = {}
    if user.movie_quota_days is not None:
        wire["days"] = user.movie_quota_days
    if limit is not None:
        wire["limit"] = limit
    wire["used"] = used
    if limit:
        wire["remaining"] = max(0, limit - used)
    wire["restricted"] = bool(limit) and used >= (limit or 0)
    return wire


def series_quota(user: User) -> Json:
    """The user's series quota: nobody here has a limit."""
    unlimited: Json = {"used": 0, "restricted": False}
    return {"limit": 0} | unlimited if user.may(Permission.MANAGE_USERS) else unlimited


def _used(world: World, user: User) -> int:
    """Movie requests in the window, declined ones left out."""
    days = user.movie_quota_days or 0
    since = world.clock() - timedelta(days=days)
    return sum(
        request.kind == "movie"
        and request.status is not RequestStatus.DECLINED
        and (not days or request.created_at > since)
        for request in world.store.requests_of_user(user)
    )
