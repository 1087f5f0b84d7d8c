"""The Radarr servers behind Seerr: where approved movies go, and what can go wrong there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from gateway.sandbox.seerr.entities import MediaRequest, Service
from gateway.sandbox.seerr.states import RequestStatus

RADARR_TIMEOUT_S = 10.0

Health = Literal["up", "refusing", "failing", "silent"]


@dataclass(slots=True, kw_only=True)
class RadarrServer:
    """One configured server; ``health`` may be changed while the sandbox runs."""

    id: int
    name: str
    url: str
    is4k: bool = False
    is_default: bool = True
    health: Health = "up"
    profiles: dict[int, str] = field(default_factory=lambda: {1: "Any", 2: "HD - 1080p"})


class Radarr:
    """All configured servers and what they download; without any, approval just approves."""

    def __init__(self, servers: Iterable[RadarrServer] = ()) -> None:
        self.servers = {server.id: server for server in servers}
        self._last_id = 0
        self._downloading: set[tuple[int, int]] = set()

    def unreachable(self) -> list[RadarrServer]:
        """Servers that do not tell their profiles."""
        return [server for server in self.servers.values() if server.health != "up"]

    def waits(self) -> bool:
        """Whether some server accepts connections and says nothing."""
        return any(server.health == "silent" for server in self.servers.values())

    def page_url(self, service: Service) -> str | None:
        """The movie's page in Radarr: an internal address."""
        server = self.servers.get(-1 if service.server_id is None else service.server_id)
        return None if server is None else f"{server.url}/movie/{service.slug}"

    def profile_name(self, request: MediaRequest) -> str | None:
        """The quality profile that a request names, if its server is reached and has it."""
        if request.server_id is None or request.profile_id is None:
            return None
        server = self.servers.get(request.server_id)
        if server is None or server.health != "up":
            return None
        return server.profiles.get(request.profile_id)

    def send(self, request: MediaRequest) -> bool:
        """Hand an approved movie over; ``False`` when Radarr refused it at once.

        A silent server is found out only after ``RADARR_TIMEOUT_S``: until then all looks well.
        """
        server = self._server_for(request)
        if server is None or server.health == "silent":
            return True
        if server.health != "up":
            return False
        service = request.media.radarr4k if request.is4k else request.media.radarr
        self._last_id += 1
        service.server_id = server.id
        service.external_id = self._last_id
        service.slug = str(request.media.tmdb_id)
        return True

    def hangs_on(self, request: MediaRequest) -> bool:
        """Whether an approved movie went to a server that says nothing."""
        server = self._server_for(request) if request.status is RequestStatus.APPROVED else None
        return server is not None and server.health == "silent"

    def _server_for(self, request: MediaRequest) -> RadarrServer | None:
        if request.kind != "movie":
            return None
        if request.server_id is not None and request.server_id in self.servers:
            return self.servers[request.server_id]
        for server in self.servers.values():
            if server.is_default and server.is4k is request.is4k:
                return server
        return None

    def start_download(self, service: Service) -> None:
        """Let the server of a movie that it holds begin to download it."""
        if service.server_id is not None and service.external_id is not None:
            self._downloading.add((service.server_id, service.external_id))

    def downloads(self, service: Service) -> list[dict[str, object]]:
        """What Seerr shows as the progress of a download."""
        if not self._downloading or service.server_id is None or service.external_id is None:
            return []
        if (service.server_id, service.external_id) not in self._downloading:
            return []
        return [_progress(service.external_id)]


def _progress(external_id: int) -> dict[str, object]:
    return {
        "externalId": external_id,
        "estimatedCompletionTime": "2030-01-01T00:10:00.000Z",
        "mediaType": "movie",
        "size": 4_000_000_000,
        "sizeLeft": 1_000_000_000,
        "status": "downloading",
        "timeLeft": "00:10:00",
        "title": "Generated.Release.1080p",
        "downloadId": "ABC",
    }
