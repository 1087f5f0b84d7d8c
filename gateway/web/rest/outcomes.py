"""What a mutation says, as HTTP says it; the table stands in ``statuses``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from gateway.web.rest.models.problem import WrongPart
from gateway.web.rest.problems import ProblemError, of_error, problem
from gateway.web.rest.statuses import OF_MEMBER, of_code

if TYPE_CHECKING:
    from gateway.web.rest.operations import Ran
    from gateway.web.rest.resource import Resource
    from gateway.web.rest.visit import Visit

_INPUT: Final = "input"
_KEY: Final = "idempotencyKey"
_MEMBERS: Final = (
    "upstream",
    "retryable",
    "retryAfterMs",
    "uncertain",
    "request",
    "quota",
    "tmdbId",
)


def succeeded(ran: Ran, visit: Visit, *, version: int | None = None) -> Mapping[str, Any]:
    """The success of a mutation.

    Args:
        ran: It; its only field is named ``done``.
        visit: Who asked for it.
        version: What ``If-Match`` asked for.

    Raises:
        ProblemError: It is none.
    """
    told = None if ran.data is None else ran.data.get("done")
    if told is None:
        raise ProblemError(of_error(ran.errors[0], ran.headers))
    if told["__typename"].endswith("Success"):
        return dict(told)
    raise ProblemError(_refused(told, ran, visit, version))


def _refused(told: Mapping[str, Any], ran: Ran, visit: Visit, version: int | None) -> Resource:
    more = {name: told[name] for name in _MEMBERS if told.get(name) is not None}
    kept = {name: value for name, value in ran.headers.items() if name.startswith("ratelimit")}
    if "quota" in more:
        more |= _wait(more["quota"], visit.desk.now())
    return problem(
        _status(told, version),
        told["code"],
        told["message"],
        headers=kept,
        errors=_wrong_parts(told),
        more=more,
    )


def _status(told: Mapping[str, Any], version: int | None) -> HTTPStatus:
    match told["__typename"]:
        case "NotPermitted" if told["code"] == "UNAUTHENTICATED":
            return HTTPStatus.UNAUTHORIZED
        case "RequestConflict" if version not in {None, told["request"]["version"]}:
            return HTTPStatus.PRECONDITION_FAILED
        case "InvalidInput" if _place(told)[-1:] == ["id"]:
            return HTTPStatus.NOT_FOUND  # one that was never given out names nothing
        case "InvalidInput" if _place(told)[:1] == [_KEY]:
            return HTTPStatus.BAD_REQUEST
        case "UpstreamUnavailable":
            return of_code(told["code"], upstream=True, retryable=told["retryable"])
    # A member that is younger than this table is still a refusal.
    return OF_MEMBER.get(told["__typename"], HTTPStatus.FORBIDDEN)


def _place(told: Mapping[str, Any]) -> list[str]:
    path: list[str] = told.get("path") or []
    return path[1:] if path[:1] == [_INPUT] else path


def _wrong_parts(told: Mapping[str, Any]) -> list[WrongPart]:
    place, detail = _place(told), told["message"]
    if not place:
        return []
    if place == [_KEY]:
        return [WrongPart(detail=detail, header="Idempotency-Key")]
    if place == ["id"]:
        return [WrongPart(detail=detail, parameter="id")]
    return [WrongPart(detail=detail, pointer="#" + "".join(f"/{each}" for each in place))]


def _wait(quota: Mapping[str, Any], now_s: float) -> dict[str, int]:
    """How long until a place comes free."""
    if quota["resetsAt"] is None:
        return {}
    free_s = datetime.fromisoformat(quota["resetsAt"]).timestamp()
    return {"retryAfterMs": max(0, round((free_s - now_s) * 1000))}
