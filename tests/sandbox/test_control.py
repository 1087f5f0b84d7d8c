"""The whole sandbox on one origin: mounts, counts, log, faults, pictures."""

import struct
import zlib
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from gateway.sandbox import Sandbox

KEYS = {"authorization": "Bearer secret-token", "x-goog-api-key": "secret-key"}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=sandbox.app())
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox:9000", headers=KEYS
    ) as client:
        yield client


async def test_every_api_is_mounted(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    for path in (
        "/tmdb/3/movie/603",
        "/youtube/v3/videos?part=id&id=vKQi3bBA1y8",
        "/seerr/api/v1/status",
        "/omdb/?i=tt0133093&apikey=k",
        "/omdb?i=tt0133093&apikey=k",
    ):
        assert (await http.get(path)).status_code == 200, path
    assert [call.path for call in sandbox.tmdb.calls] == ["/movie/603"]
    assert [call.path for call in sandbox.omdb.calls] == ["/", "/"]
    assert (await http.get("/tmdb/33/movie/603")).status_code == 404


async def test_raw_queries_are_kept_as_sent(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    await http.get("/tmdb/3/search/movie?query=the%20matrix&language=de-DE")
    call = sandbox.tmdb.calls[0]
    assert sandbox.tmdb.queries == ["query=the%20matrix&language=de-DE"]
    assert (call.method, call.route, call.status) == ("GET", "/search/movie", 200)
    assert call.headers["authorization"] == "Bearer secret-token"


async def test_counts_by_route(http: httpx.AsyncClient) -> None:
    for path in ("movie/603", "movie/550", "movie/popular", "no/such"):
        await http.get(f"/tmdb/3/{path}")
    counts = (await http.get("/_control/calls")).json()
    assert counts["tmdb"] == {
        "total": 4,
        "routes": {"(unknown)": 1, "/movie/popular": 1, "/movie/{id}": 2},
    }
    assert {name: counts[name]["total"] for name in counts} == {
        "tmdb": 4,
        "youtube": 0,
        "seerr": 0,
        "omdb": 0,
    }


async def test_the_log_is_in_order_and_holds_no_secret(http: httpx.AsyncClient) -> None:
    await http.get("/omdb/?i=tt0133093&apikey=secret-omdb")
    await http.get("/tmdb/3/movie/603?api_key=secret-old")
    await http.get("/youtube/v3/videos?key=secret-query&part=id&id=a")
    answer = await http.get("/_control/log")
    assert "secret" not in answer.text
    log = answer.json()
    assert [call["upstream"] for call in log] == ["omdb", "tmdb", "youtube"]
    assert log[1]["query"] == "api_key=REDACTED"
    assert log[2]["query"] == "key=REDACTED&part=id&id=a"


async def test_reset(http: httpx.AsyncClient) -> None:
    await http.post("/_control/faults", json=[{"upstream": "*", "kind": "server_error"}])
    await http.get("/tmdb/3/movie/603")
    assert (await http.post("/_control/reset")).status_code == 200
    assert (await http.get("/_control/calls")).json()["tmdb"]["total"] == 0
    assert (await http.get("/_control/faults")).json() == []


async def test_faults_are_replaced_and_shown(http: httpx.AsyncClient) -> None:
    order = {"upstream": "tmdb", "kind": "rate_limited", "retry_after_s": 1, "count": 1}
    shown = (await http.post("/_control/faults", json=[order])).json()
    assert shown == (await http.get("/_control/faults")).json()
    assert order.items() <= shown[0].items()
    statuses = [(await http.get("/tmdb/3/movie/603")).status_code for _ in range(2)]
    assert statuses == [429, 200]
    await http.post("/_control/faults", json=[{"upstream": "seerr", "kind": "server_error"}])
    assert (await http.get("/seerr/api/v1/status")).status_code == 500
    await http.post("/_control/faults", json=[])
    assert (await http.get("/seerr/api/v1/status")).status_code == 200


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{", "not JSON"),
        (b"{}", "must be a list"),
        (b"[1]", "fault 0: must be an object"),
        (b"[{}]", "fault 0: upstream must be one of"),
        (b'[{"upstream": [1], "kind": "latency"}]', "fault 0: upstream must be one of"),
        (b'[{"upstream": "tmdb"}]', "fault 0: kind is missing"),
        (b'[{"upstream": "tmdb", "kind": "latency", "share": "x"}]', "share must be a number"),
        (b'[{"upstream": "tmdb", "kind": "latency", "route": "/movie/603"}]', "has no route"),
        (b" " * 1_000_001, "larger than 1 MB"),
    ],
)
async def test_bad_orders_are_400_and_change_nothing(
    http: httpx.AsyncClient, body: bytes, complaint: str
) -> None:
    await http.post("/_control/faults", json=[{"upstream": "tmdb", "kind": "html_502"}])
    answer = await http.post("/_control/faults", content=body)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]
    assert len((await http.get("/_control/faults")).json()) == 1


async def test_wrong_paths_and_methods(http: httpx.AsyncClient) -> None:
    assert (await http.get("/_control/nothing")).status_code == 404
    assert (await http.post("/_control/calls")).status_code == 405
    assert (await http.get("/_control/reset")).status_code == 405


@pytest.mark.parametrize(
    ("field", "size", "shape"),
    [
        ("poster_path", "w92", (92, 138)),
        ("poster_path", "w500", (500, 750)),
        ("poster_path", "original", (1000, 1500)),
        ("backdrop_path", "w780", (780, 438)),
    ],
)
async def test_pictures_are_whole_pngs(
    http: httpx.AsyncClient, field: str, size: str, shape: tuple[int, int]
) -> None:
    configuration = (await http.get("/tmdb/3/configuration")).json()["images"]
    path = (await http.get("/tmdb/3/movie/120")).json()[field]
    assert path.endswith(".jpg")
    answer = await http.get(f"{configuration['secure_base_url']}{size}{path}")
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) < 30_000
    assert struct.unpack(">II", answer.content[16:24]) == shape
    start = answer.content.index(b"IDAT")
    length = struct.unpack(">I", answer.content[start - 4 : start])[0]
    pixels = zlib.decompress(answer.content[start + 4 : start + 4 + length])
    assert len(pixels) == shape[1] * (shape[0] + 1)
    again = await http.get(f"/images/{size}{path}")
    assert again.content == answer.content


async def test_odd_pictures(http: httpx.AsyncClient) -> None:
    for path in ("w501/p.jpg", "huge/p.jpg", "w500/" + "x" * 65):
        assert (await http.get(f"/images/{path}")).status_code == 404
    assert (await http.get("/images/w500/logo.jpg")).status_code == 200


async def test_the_lifespan_is_answered(sandbox: Sandbox) -> None:
    asked = iter(["lifespan.startup", "lifespan.shutdown"])
    told = []

    async def receive() -> dict[str, object]:
        return {"type": next(asked)}

    async def send(message: object) -> None:
        told.append(orjson.dumps(message))

    await sandbox.app()({"type": "lifespan"}, receive, send)
    assert told == [
        b'{"type":"lifespan.startup.complete"}',
        b'{"type":"lifespan.shutdown.complete"}',
    ]
