"""The error bodies of Seerr, one shape for each layer that refuses."""

from collections.abc import Sequence

API_ROOT = "/api/v1"


class SeerrError(Exception):
    """An answer other than the one asked for."""

    def __init__(self, status: int, body: dict[str, object]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def refusal(status: int, message: str) -> SeerrError:
    """A handler's own refusal: ``{message}``."""
    return SeerrError(status, {"message": message})


def forbidden() -> SeerrError:
    """The permission gate's refusal, also given to bad keys and unknown users."""
    text = "You do not have permission to access this endpoint"
    return SeerrError(403, {"status": 403, "error": text})


def rejected(status: int, path: str, message: str) -> SeerrError:
    """The API description's refusal of a whole call: unknown path, wrong method, no key."""
    return SeerrError(
        status, {"message": message, "errors": [{"path": API_ROOT + path, "message": message}]}
    )


def bad_query(name: str, message: str) -> SeerrError:
    """The refusal of one query parameter before its type is looked at."""
    error = {"path": f".query.{name}", "message": message}
    return SeerrError(400, {"message": message, "errors": [error]})


Violation = tuple[str, str, str]
"""Place (``.query.take``), message, and rule of a breach of the API description."""


def invalid(violations: Sequence[Violation]) -> SeerrError:
    """The refusal of values that break the API description, all of them at once."""
    messages = [_sentence(place, message, rule) for place, message, rule in violations]
    errors = [
        {"path": place, "message": message, "errorCode": f"{rule}.openapi.validation"}
        for place, message, rule in violations
    ]
    return SeerrError(400, {"message": ", ".join(messages), "errors": errors})


def _sentence(place: str, message: str, rule: str) -> str:
    """The message with its place; a missing property is said of its owner."""
    owner = place.rpartition(".")[0] if rule == "required" else place
    return f"request{owner} {message}"
