"""TMDB's error bodies, by its own status codes."""

from typing import Final

import orjson
from starlette.responses import Response

_ERRORS: Final[dict[int, tuple[int, str]]] = {
    5: (422, "Invalid parameters: Your request parameters are incorrect."),
    6: (404, "Invalid id: The pre-requisite id is invalid or not found."),
    7: (401, "Invalid API key: You must be granted a valid key."),
    9: (503, "Service offline: This service is temporarily offline, try again later."),
    11: (500, "Internal error: Something went wrong, contact TMDb."),
    20: (422, "Invalid date range: Should be a range no longer than 14 days."),
    22: (
        400,
        "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.",
    ),
    24: (504, "Your request to the backend server timed out. Try again."),
    25: (429, "Your request count (#) is over the allowed limit of (40)."),
    27: (400, "Too many append to response objects: The maximum number of remote calls is 20."),
    34: (404, "The resource you requested could not be found."),
    43: (502, "Couldn't connect to the backend server."),
}
_BY_STATUS: Final = {400: 5, 401: 7, 404: 34, 422: 5, 429: 25, 500: 11, 502: 43, 503: 9, 504: 24}


class TmdbRefusalError(Exception):
    """An endpoint refuses; carries TMDB's own status code."""

    def __init__(self, code: int) -> None:
        super().__init__(_ERRORS[code][1])
        self.code = code


def refusal(code: int) -> Response:
    """The answer for one of TMDB's status codes."""
    status, message = _ERRORS[code]
    return _answer(status, code, message)


def by_status(status: int) -> Response:
    """The answer for an HTTP status."""
    code = _BY_STATUS.get(status, 11)
    return _answer(status, code, _ERRORS[code][1])


def _answer(status: int, code: int, message: str) -> Response:
    body = orjson.dumps({"success": False, "status_code": code, "status_message": message})
    return Response(body, status, media_type="application/json;charset=utf-8")
