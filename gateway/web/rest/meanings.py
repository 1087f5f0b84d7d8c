"""What each code of a problem means, for whoever follows its ``type``."""

from __future__ import annotations

from typing import Final

DOCS: Final = "/api/docs"

MEANINGS: Final = {
    "BAD_REQUEST": "The request cannot be read.",
    "BAD_USER_INPUT": "A part of the request means nothing; `errors` says which.",
    "BLOCKLISTED": "Whoever runs the library does not want this film, whoever asks.",
    "CIRCUIT_OPEN": "An upstream failed too often a moment ago; it is left in peace for a while.",
    "CLIENT_RATE_LIMITED": "This client has asked for as much as it may in a minute; wait as long "
    "as `Retry-After` says.",
    "CROSS_SITE_REQUEST": "A page of another site made a browser send this; such pages may ask by "
    "scripts only, where the gateway's operators allow them to.",
    "DEADLINE_EXCEEDED": "Time ran out before an upstream could be asked.",
    "DUPLICATE_REQUEST": "Somebody else has asked for this film; `request` is theirs.",
    "FORBIDDEN": "The caller's role does not allow this.",
    "HEADERS_TOO_LARGE": "More header fields than any client has reason to send.",
    "IDEMPOTENCY_KEY_REUSED": "The `Idempotency-Key` came with another body before: take a new "
    "one. Nothing was done.",
    "IDENTITY_UNAVAILABLE": "The credential may be good; nobody can tell right now.",
    "INTERNAL_SERVER_ERROR": "Something went wrong on the gateway's side; it was logged.",
    "INVALID_JSON": "The body is not JSON, or could be read in two ways.",
    "METHOD_NOT_ALLOWED": "This address has other methods; `Allow` names them.",
    "MOVIE_NOT_FOUND": "There is no such film.",
    "NOT_ACCEPTABLE": "The gateway has none of the media types that `Accept` names.",
    "NOT_FOUND": "There is nothing at this address.",
    "NO_STORE_USER": "The caller acts as nobody where requests are kept.",
    "OVERLOADED": "More is asked for than can be answered in time; come again later.",
    "PAYLOAD_TOO_LARGE": "The body is longer than the gateway reads.",
    "PRECONDITION_FAILED": "What is here is not what `If-Match` or `If-None-Match` asks for.",
    "QUERY_TOO_EXPENSIVE": "It would cost more than one operation may: ask for fewer.",
    "QUOTA_EXCEEDED": "The caller has made as many requests as they may, for now; `quota` tells "
    "how many, `Retry-After` when a place comes free.",
    "QUOTA_EXHAUSTED": "The gateway's own allowance at an upstream is spent until it resets.",
    "REQUESTS_ARE_OFF": "This gateway keeps no requests.",
    "REQUEST_CONFLICT": "The request is not in a state for this (409), or is not the one that "
    "`If-Match` names (412); `request` is how it stands.",
    "REQUEST_NOT_FOUND": "There is no such request, or no longer.",
    "REQUEST_REJECTED": "Whoever keeps the requests refused, for a reason of its own; trying "
    "again does not help.",
    "REQUEST_TIMEOUT": "The body did not come in time.",
    "UNAUTHENTICATED": "Nobody is known by this credential, or none was sent where one is needed.",
    "UNSUPPORTED_CONTENT_ENCODING": "The body is compressed.",
    "UNSUPPORTED_MEDIA_TYPE": "The body is of a type that is not read here.",
    "UPSTREAM_BAD_RESPONSE": "An upstream's answer could not be read.",
    "UPSTREAM_RATE_LIMITED": "An upstream asked the gateway to slow down.",
    "UPSTREAM_TIMEOUT": "An upstream did not answer in time.",
    "UPSTREAM_UNAVAILABLE": "An upstream gave no usable answer.",
    "URI_TOO_LONG": "The query string is longer than the gateway reads.",
}
"""Limits that the gateway's own operations never reach are not among them."""


def type_of(code: str) -> str:
    """The address that names a kind of problem, the same on all gateways."""
    return f"{DOCS}#{code.lower().replace('_', '-')}"
