"""What FastAPI finds wrong with a request, as a problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError

from gateway.web.rest.models.problem import WrongPart
from gateway.web.rest.problems import not_found, problem
from gateway.web.rest.resource import Resource

MOST_TOLD: Final = 20
_OURS: Final = "Value error, "


def of_validation(exc: RequestValidationError) -> Resource:
    """404 where the path names nothing, 400 for the query string and headers, 422 for the body."""
    found: Sequence[Mapping[str, Any]] = exc.errors()
    places = {each["loc"][0] for each in found}
    if "path" in places:
        return not_found("Nothing can have this address.")
    errors = [_wrong(each) for each in found[:MOST_TOLD]]
    if places == {"body"}:
        status, detail = HTTPStatus.UNPROCESSABLE_ENTITY, "The body is not what is taken here."
    else:
        status, detail = HTTPStatus.BAD_REQUEST, "The request is not what is taken here."
    return problem(status, "BAD_USER_INPUT", detail, errors=errors)


def _wrong(error: Mapping[str, Any]) -> WrongPart:
    place, *rest = error["loc"]
    detail = str(error["msg"]).removeprefix(_OURS)
    match place:
        case "query":
            return WrongPart(detail=detail, parameter=str(rest[0]))
        case "header":
            return WrongPart(detail=detail, header=str(rest[0]))
    return WrongPart(detail=detail, pointer="#" + "".join(f"/{each}" for each in rest))
