"""Requests that never reach the graph: their codes, statuses and the body that says so."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Final


class RefusalCode(StrEnum):
    """Closed list; clients switch on it, so a member is never renamed."""

    BAD_REQUEST = "BAD_REQUEST"
    INVALID_JSON = "INVALID_JSON"
    BATCHING_NOT_SUPPORTED = "BATCHING_NOT_SUPPORTED"
    BATCH_TOO_LARGE = "BATCH_TOO_LARGE"
    CROSS_SITE_REQUEST = "CROSS_SITE_REQUEST"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    TRUSTED_DOCUMENT_REQUIRED = "TRUSTED_DOCUMENT_REQUIRED"
    TRUSTED_DOCUMENT_NOT_FOUND = "TRUSTED_DOCUMENT_NOT_FOUND"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    IDENTITY_UNAVAILABLE = "IDENTITY_UNAVAILABLE"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    URI_TOO_LONG = "URI_TOO_LONG"
    HEADERS_TOO_LARGE = "HEADERS_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    UNSUPPORTED_CONTENT_ENCODING = "UNSUPPORTED_CONTENT_ENCODING"
    CLIENT_RATE_LIMITED = "CLIENT_RATE_LIMITED"
    TOO_MANY_CONNECTIONS = "TOO_MANY_CONNECTIONS"
    TOO_MANY_SUBSCRIPTIONS = "TOO_MANY_SUBSCRIPTIONS"
    OVERLOADED = "OVERLOADED"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


STATUS_BY_CODE: Final = {
    RefusalCode.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    RefusalCode.INVALID_JSON: HTTPStatus.BAD_REQUEST,
    RefusalCode.BATCHING_NOT_SUPPORTED: HTTPStatus.BAD_REQUEST,
    RefusalCode.BATCH_TOO_LARGE: HTTPStatus.BAD_REQUEST,
    RefusalCode.CROSS_SITE_REQUEST: HTTPStatus.FORBIDDEN,
    # As Apollo has it: with any other status some clients never see the code.
    RefusalCode.PERSISTED_QUERY_NOT_FOUND: HTTPStatus.OK,
    RefusalCode.PERSISTED_QUERY_NOT_SUPPORTED: HTTPStatus.OK,
    RefusalCode.TRUSTED_DOCUMENT_REQUIRED: HTTPStatus.FORBIDDEN,
    RefusalCode.TRUSTED_DOCUMENT_NOT_FOUND: HTTPStatus.BAD_REQUEST,
    RefusalCode.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    RefusalCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    RefusalCode.IDENTITY_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    RefusalCode.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    RefusalCode.NOT_ACCEPTABLE: HTTPStatus.NOT_ACCEPTABLE,
    RefusalCode.REQUEST_TIMEOUT: HTTPStatus.REQUEST_TIMEOUT,
    RefusalCode.PAYLOAD_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RefusalCode.URI_TOO_LONG: HTTPStatus.REQUEST_URI_TOO_LONG,
    RefusalCode.HEADERS_TOO_LARGE: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    RefusalCode.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    RefusalCode.UNSUPPORTED_CONTENT_ENCODING: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    RefusalCode.CLIENT_RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalCode.TOO_MANY_CONNECTIONS: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalCode.TOO_MANY_SUBSCRIPTIONS: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalCode.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
    RefusalCode.INTERNAL_SERVER_ERROR: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class RefusedError(Exception):
    """A request that cannot be read as an operation, or not now; its message is safe to show.

    Args:
        code: What clients switch on.
        message: For people.
        extensions: Beside the code.
        headers: Of the answer, with ``_`` for ``-``.
    """

    def __init__(
        self,
        code: RefusalCode,
        message: str,
        *,
        extensions: dict[str, object] | None = None,
        **headers: str,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions = {"code": code.value, **(extensions or {})}
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status that belongs to the code."""
        return STATUS_BY_CODE[self.code]

    @property
    def body(self) -> dict[str, object]:
        """The error in the only shape a GraphQL client has to know."""
        return {"errors": [{"message": self.message, "extensions": self.extensions}]}
