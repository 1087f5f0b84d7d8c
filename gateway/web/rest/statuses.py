"""Which HTTP status belongs to which answer of the graph (RFC 9110, 15; RFC 6585, 4).

======================  ======  ================================================================
Member or code          Status  Why
======================  ======  ================================================================
RequestMovieSuccess     201     made; ``Location`` names it. 200 where the caller had asked
                                before. 202 where nobody knows its number yet
...Success              200     decided; the request as it is now, or as it was before it went
DuplicateRequest        409     somebody else's request stands; the caller may look at it
RequestQuotaExceeded    429     too many in a span of time: waiting helps, ``Retry-After`` says
                                how long
MovieBlocklisted        403     understood and refused, whoever asks
NotPermitted            401     with ``WWW-Authenticate`` while the caller is nobody, else 403:
                                other credentials may help, the same ones do not
MovieNotFound           404     there is no such film
RequestNotFound         404     there is no such request
RequestConflict         412     where ``If-Match`` names another version than there is, else 409:
                                its state does not allow it
IdempotencyKeyReused    422     the key came with another input before
InvalidInput            422     the body is well-formed and means nothing; 400 if the header
                                ``Idempotency-Key`` is at fault, 404 if an id is
RequestRejected         403     whoever keeps the requests refuses, for good
UpstreamUnavailable     503     with ``Retry-After``; 504 where time ran out, 502 where trying
                                again cannot help
BAD_USER_INPUT          400     a query parameter that means nothing; 404 where it is an id or a
                                cursor that was never given out: nothing has this address
limits of the graph     400     ask for less
======================  ======  ================================================================
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

OF_MEMBER: Final = {
    "DuplicateRequest": HTTPStatus.CONFLICT,
    "RequestQuotaExceeded": HTTPStatus.TOO_MANY_REQUESTS,
    "MovieBlocklisted": HTTPStatus.FORBIDDEN,
    "NotPermitted": HTTPStatus.FORBIDDEN,
    "MovieNotFound": HTTPStatus.NOT_FOUND,
    "RequestNotFound": HTTPStatus.NOT_FOUND,
    "RequestConflict": HTTPStatus.CONFLICT,
    "IdempotencyKeyReused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "InvalidInput": HTTPStatus.UNPROCESSABLE_ENTITY,
    "RequestRejected": HTTPStatus.FORBIDDEN,
    "UpstreamUnavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""By the name of the member; what is more exact is decided by its code."""

_OF_CODE: Final = {
    "UNAUTHENTICATED": HTTPStatus.UNAUTHORIZED,
    "BAD_USER_INPUT": HTTPStatus.BAD_REQUEST,
    "INTERNAL_SERVER_ERROR": HTTPStatus.INTERNAL_SERVER_ERROR,
    "UPSTREAM_TIMEOUT": HTTPStatus.GATEWAY_TIMEOUT,
    "DEADLINE_EXCEEDED": HTTPStatus.GATEWAY_TIMEOUT,
    "UPSTREAM_BAD_RESPONSE": HTTPStatus.BAD_GATEWAY,
}


def of_code(code: str, *, upstream: bool, retryable: bool) -> HTTPStatus:
    """The status of an error of the graph.

    Args:
        code: Its code.
        upstream: Whether it is an upstream's.
        retryable: Whether trying again may help.
    """
    known = _OF_CODE.get(code)
    if known is not None:
        return known
    if not upstream:
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.SERVICE_UNAVAILABLE if retryable else HTTPStatus.BAD_GATEWAY
