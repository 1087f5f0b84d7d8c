"""Seerr's payloads, trimmed hard: no e-mail, permission list or internal address is ever kept."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from gateway.transport.lenient import Id, Int32, Items, Lenient, UtcDatetime, Wire


def _camel(name: str) -> str:
    """Spell ``status_4k`` as ``status4k``; pydantic's own generator makes ``status4K`` of it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class SeerrWire(Wire):
    """Base of Seerr's payloads; keys are the names here in camel case."""

    model_config = ConfigDict(alias_generator=_camel)


class SeerrUser(SeerrWire):
    """A person, who without a user name is called by their e-mail address.

    The address is read to compare the name with it, and forgotten before the model exists.
    """

    id: Id
    display_name: Lenient[str] = None
    email: Lenient[str] = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _forget_email(self) -> Self:
        if self.email is None:
            return self
        name = self.display_name
        if name is not None and name.strip().casefold() == self.email.strip().casefold():
            name = None
        return self.model_copy(update={"display_name": name, "email": None})


class SeerrMe(SeerrUser):
    """``GET /auth/me``: whom we act as."""


class SeerrMedia(SeerrWire):
    """A film or series as the library knows it; HD and 4K are tracks of their own."""

    tmdb_id: Id
    media_type: Lenient[str] = None
    status: Lenient[Int32] = None
    status_4k: Lenient[Int32] = None


class SeerrRequest(SeerrWire):
    """``GET /request/{id}``; ``updatedAt`` never changes after creation."""

    id: Id
    status: Lenient[Int32] = None
    type: Lenient[str] = None
    is_4k: Lenient[bool] = None
    created_at: Lenient[UtcDatetime] = None
    updated_at: Lenient[UtcDatetime] = None
    media: Lenient[SeerrMedia] = None
    requested_by: Lenient[SeerrUser] = None
    modified_by: Lenient[SeerrUser] = None


class SeerrMediaInfo(SeerrMedia):
    """A film's first library row, with everybody's requests that hang on it."""

    requests: Items[SeerrRequest] = ()


class SeerrMovie(SeerrWire):
    """``GET /movie/{id}``; without ``mediaInfo`` nobody has asked for it, and nobody has it."""

    id: Id
    media_info: SeerrMediaInfo | None = None


class SeerrPageInfo(SeerrWire):
    """How much there is in all; ``results`` counts rows, not pages."""

    results: Lenient[Int32] = None


class SeerrRequestPage(SeerrWire):
    """``GET /request``."""

    results: Items[SeerrRequest]
    page_info: Lenient[SeerrPageInfo] = None


class SeerrCounts(SeerrWire):
    """``GET /request/count``: everybody's, films and series, for anyone who asks."""

    total: Int32
    movie: Lenient[Int32] = None
    pending: Lenient[Int32] = None
    approved: Lenient[Int32] = None
    declined: Lenient[Int32] = None
    processing: Lenient[Int32] = None
    available: Lenient[Int32] = None
    completed: Lenient[Int32] = None


class SeerrMediaPage(SeerrWire):
    """``GET /media``: every row, also several of one film."""

    results: Items[SeerrMedia]
    page_info: Lenient[SeerrPageInfo] = None


class SeerrAllowance(SeerrWire):
    """What a person may still ask for; without a limit only ``used`` and ``restricted`` come."""

    days: Lenient[Int32] = None
    limit: Lenient[Int32] = None
    used: Lenient[Int32] = None
    remaining: Lenient[Int32] = None
    restricted: Lenient[bool] = None


class SeerrQuota(SeerrWire):
    """``GET /user/{id}/quota``, films only."""

    movie: SeerrAllowance


class SeerrPublicSettings(SeerrWire):
    """``GET /settings/public``, open to anyone."""

    initialized: bool
    application_title: Lenient[str] = None
    movie_4k_enabled: Lenient[bool] = None


class SeerrStatus(SeerrWire):
    """``GET /status``, open to anyone."""

    version: str
