"""The database of the sandbox's Seerr: rows and the few indexes that its answers need."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from gateway.sandbox.seerr.entities import Kind, Media, MediaRequest, SeasonRequest, User
from gateway.sandbox.seerr.states import MediaStatus, RequestStatus


class Store:
    """Rows by id in creation order; one title may own several media rows, as after a race."""

    def __init__(self, users: Iterable[User]) -> None:
        self.users: dict[int, User] = {user.id: user for user in users}
        self.media: dict[int, Media] = {}
        self.requests: dict[int, MediaRequest] = {}
        self.blocklist: set[tuple[Kind, int]] = set()
        self._rows_of_title: defaultdict[tuple[Kind, int], list[Media]] = defaultdict(list)
        self._requests_of_media: defaultdict[int, dict[int, MediaRequest]] = defaultdict(dict)
        self._requests_of_user: defaultdict[int, dict[int, MediaRequest]] = defaultdict(dict)
        self._last_media_id = 0
        self._last_request_id = 0
        self._last_season_id = 0

    def media_of_title(self, kind: Kind, tmdb_id: int) -> Media | None:
        """The oldest media row of a title; later duplicates stay invisible."""
        rows = self._rows_of_title.get((kind, tmdb_id))
        return rows[0] if rows else None

    def requests_of_title(self, kind: Kind, tmdb_id: int) -> list[MediaRequest]:
        """Requests of all media rows of a title, oldest first."""
        rows = self._rows_of_title.get((kind, tmdb_id), [])
        found = [request for row in rows for request in self.requests_of_media(row)]
        return sorted(found, key=lambda request: request.id)

    def requests_of_media(self, media: Media) -> list[MediaRequest]:
        """Requests of one media row, oldest first."""
        return list(self._requests_of_media.get(media.id, {}).values())

    def requests_of_user(self, user: User) -> list[MediaRequest]:
        """Requests made for one user, oldest first."""
        return list(self._requests_of_user.get(user.id, {}).values())

    def request_count(self, user: User) -> int:
        """How many requests are the user's."""
        return len(self._requests_of_user.get(user.id, {}))

    def add_media(
        self, kind: Kind, tmdb_id: int, at: datetime, *, tvdb_id: int | None = None
    ) -> Media:
        """Insert a media row in state UNKNOWN, even when the title has one already."""
        self._last_media_id += 1
        media = Media(
            id=self._last_media_id, kind=kind, tmdb_id=tmdb_id, created_at=at, tvdb_id=tvdb_id
        )
        self.media[media.id] = media
        self._rows_of_title[kind, tmdb_id].append(media)
        return media

    def remove_media(self, media: Media) -> None:
        """Delete a media row and its requests."""
        for request in self.requests_of_media(media):
            self.remove_request(request)
        self.media.pop(media.id, None)
        rows = self._rows_of_title[media.kind, media.tmdb_id]
        if media in rows:
            rows.remove(media)

    def add_request(
        self, media: Media, user: User, status: RequestStatus, at: datetime, *, is4k: bool = False
    ) -> MediaRequest:
        """Insert a request; nothing follows from it here."""
        self._last_request_id += 1
        request = MediaRequest(
            id=self._last_request_id,
            media=media,
            requested_by=user,
            status=status,
            created_at=at,
            is4k=is4k,
        )
        self.requests[request.id] = request
        self._requests_of_media[media.id][request.id] = request
        self._requests_of_user[user.id][request.id] = request
        return request

    def add_season(
        self, request: MediaRequest, number: int, status: RequestStatus
    ) -> SeasonRequest:
        """Add a season to a request for a series."""
        self._last_season_id += 1
        season = SeasonRequest(
            id=self._last_season_id, number=number, status=status, created_at=request.created_at
        )
        request.seasons.append(season)
        return season

    def remove_request(self, request: MediaRequest) -> None:
        """Delete a request; a media row that nobody asks for any more is UNKNOWN again."""
        self.requests.pop(request.id, None)
        self._requests_of_media[request.media.id].pop(request.id, None)
        self._requests_of_user[request.requested_by.id].pop(request.id, None)
        left = self.requests_of_media(request.media)
        for is4k in (False, True):
            wanted = any(other.is4k is is4k for other in left)
            if not wanted and request.media.track(is4k=is4k) is not MediaStatus.AVAILABLE:
                request.media.set_track(MediaStatus.UNKNOWN, is4k=is4k)

    def hand_over(self, request: MediaRequest, user: User) -> None:
        """Make the request another user's."""
        self._requests_of_user[request.requested_by.id].pop(request.id, None)
        request.requested_by = user
        self._requests_of_user[user.id][request.id] = request
