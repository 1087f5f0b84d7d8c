"""Problems as RFC 9457 has them, with members of ours."""

from __future__ import annotations

from pydantic import Field

from gateway.web.rest.models.base import Model
from gateway.web.rest.models.requests import RequestQuota, RequestState


class WrongPart(Model):
    """One part of a request that is not as it should be."""

    detail: str = Field(description="What is wrong with it.")
    pointer: str | None = Field(
        default=None, description='In the body, as a JSON pointer such as "#/movie/tmdbId".'
    )
    parameter: str | None = Field(default=None, description="In the query string or the path.")
    header: str | None = Field(default=None, description="Among the header fields.")


class Problem(Model):
    """Why a request was not answered; members without a value are left out."""

    type: str = Field(description="Names the kind of problem; relative to this address.")
    title: str = Field(description="The kind in words, always the same.")
    status: int = Field(description="The HTTP status once more.")
    detail: str = Field(description="What happened this time.")
    code: str = Field(description="As the graph's errors have it; for programs, never renamed.")
    errors: list[WrongPart] | None = Field(default=None, description="The parts that are wrong.")
    upstream: str | None = Field(default=None, description='Who failed, such as "tmdb".')
    retryable: bool | None = Field(default=None, description="Whether trying again may help.")
    retry_after_ms: int | None = Field(default=None, description="As `Retry-After`, more exactly.")
    uncertain: bool | None = Field(
        default=None,
        description="It may have been done all the same: look, or send it again with the same "
        "`Idempotency-Key`.",
    )
    request: RequestState | None = Field(default=None, description="The request in the way.")
    quota: RequestQuota | None = Field(default=None, description="What is left of the allowance.")
    tmdb_id: int | None = Field(default=None, description="The film that it is about.")
