"""Google's error envelope, with the reasons that the YouTube Data API uses."""

from typing import Final

import orjson
from starlette.responses import Response

_UNREGISTERED: Final = (
    "Method doesn't allow unregistered callers (callers without established identity). "
    "Please use API Key or other form of API consumer identity to call this API."
)
_QUOTA: Final = (
    "The request cannot be completed because you have exceeded your "
    '<a href="/youtube/v3/getting-started#quota">quota</a>.'
)
_ERRORS: Final[dict[str, tuple[int, str, str, str | None]]] = {
    "keyInvalid": (400, "usageLimits", "Bad Request", "INVALID_ARGUMENT"),
    "forbidden": (403, "global", _UNREGISTERED, "PERMISSION_DENIED"),
    "quotaExceeded": (403, "youtube.quota", _QUOTA, None),
    "rateLimitExceeded": (429, "usageLimits", "Resource has been exhausted.", "RESOURCE_EXHAUSTED"),
    "backendError": (500, "global", "Internal error encountered.", "INTERNAL"),
    "backendUnavailable": (503, "global", "The service is currently unavailable.", "UNAVAILABLE"),
    "notFound": (404, "global", "Requested entity was not found.", "NOT_FOUND"),
    "invalidFilters": (
        400,
        "youtube.parameter",
        "The request specifies an invalid filter parameter.",
        None,
    ),
    "missingRequiredParameter": (
        400,
        "youtube.parameter",
        "No filter selected. Expected one of: chart, id, myRating",
        None,
    ),
    "required": (400, "global", "Required parameter: part", None),
    "invalidParameter": (400, "global", "Invalid field selection", "INVALID_ARGUMENT"),
    "unknownPart": (400, "youtube.part", "Unknown part", None),
    "badRequest": (400, "global", "Request contains an invalid argument.", "INVALID_ARGUMENT"),
}
_BY_STATUS: Final = {
    400: "badRequest",
    403: "forbidden",
    404: "notFound",
    429: "rateLimitExceeded",
    500: "backendError",
    503: "backendUnavailable",
}


def refusal(reason: str, *, location: str | None = None) -> Response:
    """The answer for one of YouTube's reasons."""
    status, domain, message, google_status = _ERRORS[reason]
    detail: dict[str, object] = {"message": message, "domain": domain, "reason": reason}
    if location is not None:
        detail |= {"location": location, "locationType": "parameter"}
    error: dict[str, object] = {"code": status, "message": message, "errors": [detail]}
    if google_status is not None:
        error["status"] = google_status
    body = orjson.dumps({"error": error}, option=orjson.OPT_INDENT_2)
    return Response(body, status, media_type="application/json; charset=UTF-8")


def by_status(status: int) -> Response:
    """The answer for an HTTP status; its envelope's code always agrees."""
    answer = refusal(_BY_STATUS.get(status, "backendError"))
    if answer.status_code == status:
        return answer
    body = orjson.loads(answer.body)
    body["error"]["code"] = status
    return Response(orjson.dumps(body), status, media_type="application/json; charset=UTF-8")
