"""Failures of TMDB that the HTTP status hides."""

from __future__ import annotations

from typing import Final

from gateway.errors import UpstreamContractError, UpstreamError, UpstreamRejectedError
from gateway.transport.lenient import Lenient
from gateway.transport.port import HttpAnswer
from gateway.upstreams.tmdb.wire import TmdbWire

_MAX_ENVELOPE_BYTES: Final = 2048
_NOT_FOUND_CODES: Final = (6, 34)  # "invalid id", "could not be found"
_OK: Final = 200
_NOT_FOUND: Final = 404


class TmdbEnvelope(TmdbWire):
    """``{success, status_code, status_message}``; old errors lack ``success``."""

    status_code: int
    success: Lenient[bool] = None


def classify(answer: HttpAnswer) -> UpstreamError | None:
    """Find a refusal inside a 200, and a 404 that is not TMDB's; anything else is ``None``.

    The operation named in the error is a placeholder: only the transport knows the real one.
    """
    if answer.status not in (_OK, _NOT_FOUND):
        return None
    envelope = _envelope(answer.body)
    if answer.status == _NOT_FOUND:
        if envelope is not None and envelope.status_code in _NOT_FOUND_CODES:
            return None
        return UpstreamContractError("tmdb", "answer", "a 404 that is not TMDB's own")
    if envelope is not None and envelope.success is False:
        return UpstreamRejectedError("tmdb", "answer", f"code {envelope.status_code}")
    return None


def _envelope(body: bytes) -> TmdbEnvelope | None:
    if len(body) > _MAX_ENVELOPE_BYTES or b'"status_code"' not in body:
        return None
    try:
        return TmdbEnvelope.model_validate_json(body)
    except ValueError:
        return None
