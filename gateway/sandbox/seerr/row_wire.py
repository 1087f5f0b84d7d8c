"""Users, media and requests in Seerr's spelling, in the variants that its answers have."""

from datetime import UTC, datetime
from functools import lru_cache

import orjson

from gateway.sandbox.seerr.entities import Media, MediaRequest, SeasonRequest, Service, User
from gateway.sandbox.seerr.radarr import Radarr
from gateway.sandbox.seerr.store import Store

Json = dict[str, object]


@lru_cache(maxsize=8192)
def iso(moment: datetime) -> str:
    """A date as JavaScript writes it; the database keeps whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Wire:
    """Writes rows; one for each answer, so that a user's count is read once."""

    def __init__(self, store: Store, radarr: Radarr) -> None:
        self._store = store
        self._radarr = radarr
        self._users: dict[int, Json] = {}
        self._joined: dict[int, orjson.Fragment] = {}

    def user(self, user: User) -> Json:
        """A user as a list's join reads it, e-mail address and all."""
        known = self._users.get(user.id)
        if known is None:
            known = self._users[user.id] = self._user(user)
        return known

    def full_user(self, user: User) -> Json:
        """A user read alone: with ``settings``."""
        wire: Json = {}
        for name, value in self.user(user).items():
            if name == "requestCount":
                wire["settings"] = None
            wire[name] = value
        return wire

    def public_user(self, user: User) -> Json:
        """A user without e-mail address, though ``displayName`` may be just that."""
        hidden = ("email", "plexId")
        return {name: value for name, value in self.user(user).items() if name not in hidden}

    def _user(self, user: User) -> Json:
        made = iso(user.created_at)
        return {
            "permissions": int(user.permissions),
            "warnings": [],
            "id": user.id,
            "email": user.email,
            "plexUsername": None,
            "jellyfinUsername": None,
            "username": user.username,
            "recoveryLinkExpirationDate": None,
            "userType": 2,
            "plexId": None,
            "jellyfinUserId": None,
            "avatar": f"/avatarproxy/{user.id}",
            "avatarETag": None,
            "avatarVersion": None,
            "movieQuotaLimit": user.movie_quota_limit,
            "movieQuotaDays": user.movie_quota_days,
            "tvQuotaLimit": None,
            "tvQuotaDays": None,
            "createdAt": made,
            "updatedAt": made,
            "requestCount": self._store.request_count(user),
            "displayName": user.display_name,
        }

    def media(self, media: Media, **extra: object) -> Json:
        """A media row; ``extra`` are the relations that the answer at hand loads with it."""
        made = iso(media.created_at)
        wire: Json = {
            "downloadStatus": self._radarr.downloads(media.radarr),
            "downloadStatus4k": self._radarr.downloads(media.radarr4k),
            "id": media.id,
            "mediaType": media.kind,
            "tmdbId": media.tmdb_id,
            "tvdbId": media.tvdb_id,
            "imdbId": None,
            "status": int(media.status),
            "status4k": int(media.status4k),
            "createdAt": made,
            "updatedAt": made,
            "lastSeasonChange": made,
            "mediaAddedAt": made,
            **_service_ids(media),
            "ratingKey": None,
            "ratingKey4k": None,
            "jellyfinMediaId": f"{media.id:032x}" if media.in_library else None,
            "jellyfinMediaId4k": None,
        }
        wire.update(extra)
        if self._radarr.servers:
            self._add_service_url(wire, "serviceUrl", media.radarr)
            self._add_service_url(wire, "serviceUrl4k", media.radarr4k)
        return wire

    def _add_service_url(self, wire: Json, name: str, service: Service) -> None:
        url = self._radarr.page_url(service)
        if url is not None:
            wire[name] = url

    def listed(self, request: MediaRequest) -> Json:
        """A request in a list."""
        return {
            **_head(request),
            "media": self.media(request.media),
            "seasons": _seasons(request),
            "modifiedBy": self._maybe(request.modified_by),
            "requestedBy": self._join(request.requested_by),
            "seasonCount": len(request.seasons),
        }

    def nested(self, request: MediaRequest) -> Json:
        """A request inside its media."""
        return {
            **_head(request),
            "media": self.media(request.media),
            "requestedBy": self._join(request.requested_by),
            "modifiedBy": self._maybe(request.modified_by),
            "seasons": _seasons(request),
            "seasonCount": len(request.seasons),
        }

    def single(self, request: MediaRequest) -> Json:
        """A request read alone."""
        changer = request.modified_by
        return {
            **_head(request),
            "requestedBy": self.full_user(request.requested_by),
            "modifiedBy": None if changer is None else self.full_user(changer),
            "media": self.media(request.media, seasons=[]),
            "seasons": _seasons(request),
            "seasonCount": len(request.seasons),
        }

    def _maybe(self, user: User | None) -> orjson.Fragment | None:
        return None if user is None else self._join(user)

    def _join(self, user: User) -> orjson.Fragment:
        """A user among a request's members: written once for all rows of an answer."""
        known = self._joined.get(user.id)
        if known is None:
            known = self._joined[user.id] = orjson.Fragment(orjson.dumps(self.user(user)))
        return known


def _service_ids(media: Media) -> Json:
    return {
        "serviceId": media.radarr.server_id,
        "serviceId4k": media.radarr4k.server_id,
        "externalServiceId": media.radarr.external_id,
        "externalServiceId4k": media.radarr4k.external_id,
        "externalServiceSlug": media.radarr.slug,
        "externalServiceSlug4k": media.radarr4k.slug,
    }


def _head(request: MediaRequest) -> Json:
    made = iso(request.created_at)
    return {
        "id": request.id,
        "status": int(request.status),
        "createdAt": made,
        "updatedAt": made,
        "type": request.kind,
        "is4k": request.is4k,
        "serverId": request.server_id,
        "profileId": request.profile_id,
        "rootFolder": request.root_folder,
        "languageProfileId": None,
        "tags": request.tags,
        "isAutoRequest": False,
    }


def _seasons(request: MediaRequest) -> list[Json]:
    return [season(one) for one in request.seasons]


def season(one: SeasonRequest) -> Json:
    """One requested season."""
    made = iso(one.created_at)
    return {
        "id": one.id,
        "seasonNumber": one.number,
        "status": int(one.status),
        "createdAt": made,
        "updatedAt": made,
    }
