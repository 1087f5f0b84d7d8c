"""Each fault as a client meets it, and how often."""

import asyncio
import gzip
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import orjson
import pytest
import uvicorn

from gateway.sandbox import Fault, FaultError, Faults, SandboxTmdb, SandboxYouTube
from gateway.sandbox.misbehave import CutConnectionError

Ask = Callable[..., Awaitable[httpx.Response]]
MOVIE = "/movie/{id}"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault(kind="rate_limited", retry_after_s=3), 429, 25),
        (Fault(kind="server_error"), 500, 11),
        (Fault(kind="status", status=503), 503, 9),
        (Fault(kind="status", status=504), 504, 24),
        (Fault(kind="status", status=401), 401, 7),
        (Fault(kind="quota_exceeded"), 429, 25),
    ],
)
async def test_refusals_in_the_apis_own_words(
    tmdb: SandboxTmdb, ask_tmdb: Ask, fault: Fault, status: int, code: int
) -> None:
    tmdb.faults.set([fault])
    answer = await ask_tmdb("/movie/603")
    assert (answer.status_code, answer.json()["status_code"]) == (status, code)
    assert answer.headers.get("retry-after") == ("3" if fault.retry_after_s else None)
    assert tmdb.calls[0].status == status


async def test_html_502(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    tmdb.faults.set([Fault(kind="html_502")])
    answer = await ask_tmdb("/movie/603")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")


async def test_malformed_json_has_an_honest_length(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    tmdb.faults.set([Fault(kind="malformed")])
    answer = await ask_tmdb("/movie/603")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(ValueError, match="unexpected end"):
        orjson.loads(answer.content)


async def test_wrong_types_keep_the_names(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    right = (await ask_tmdb("/movie/603?append_to_response=images")).json()
    tmdb.faults.set([Fault(kind="wrong_types")])
    wrong = (await ask_tmdb("/movie/603?append_to_response=images")).json()
    assert wrong.keys() == right.keys()
    assert (wrong["id"], wrong["title"], wrong["genres"]) == ({"value": "603"}, [7], {})
    assert wrong["images"]["posters"] == {}


async def test_gzip_without_a_label(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    tmdb.faults.set([Fault(kind="gzip_unlabelled")])
    answer = await ask_tmdb("/movie/603")
    assert answer.content[:2] == b"\x1f\x8b"
    assert "content-encoding" not in answer.headers
    assert orjson.loads(gzip.decompress(answer.content))["id"] == 603


async def test_gzip_bomb_is_small_and_inflates(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    tmdb.faults.set([Fault(kind="gzip_bomb", bomb_mib=4)])
    answer = await ask_tmdb("/movie/603")
    assert int(answer.headers["content-length"]) < 20_000
    assert len(answer.content) > 4 * 2**20


@pytest.mark.parametrize("parts", [(), ("videos",)])
async def test_dropped_parts(tmdb: SandboxTmdb, ask_tmdb: Ask, parts: tuple[str, ...]) -> None:
    tmdb.faults.set([Fault(kind="drop_parts", parts=parts)])
    answer = await ask_tmdb("/movie/603?append_to_response=videos,credits")
    assert answer.status_code == 200
    assert answer.json()["title"] == "The Matrix"
    assert "videos" not in answer.json()
    assert ("credits" in answer.json()) == bool(parts)


async def test_a_spent_quota_on_youtube(youtube: SandboxYouTube, ask_youtube: Ask) -> None:
    youtube.faults.set([Fault(kind="quota_exceeded", route="/videos")])
    answer = await ask_youtube("/videos?part=id&id=a")
    assert answer.status_code == 403
    assert answer.json()["error"]["errors"][0]["reason"] == "quotaExceeded"


async def test_latency_is_waited_on_the_injected_clock() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    tmdb = SandboxTmdb(sleep=sleep)
    tmdb.faults.set([Fault(kind="latency", latency_s=2.5, count=1)])
    transport = httpx.ASGITransport(app=tmdb.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as http:
        answers = [await http.get("/movie/603?api_key=k") for _ in range(2)]
    assert waited == [2.5]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_a_black_hole_ends_when_the_client_goes() -> None:
    swallowed = asyncio.Event()

    async def sleep(_: float) -> None:
        swallowed.set()

    tmdb = SandboxTmdb(sleep=sleep)
    tmdb.faults.set([Fault(kind="black_hole", latency_s=1)])
    transport = httpx.ASGITransport(app=tmdb.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as http:
        asking = asyncio.ensure_future(http.get("/movie/603?api_key=k"))
        await swallowed.wait()
        assert not asking.done()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert tmdb.calls[0].status == 0


async def test_a_cut_body_raises_out_of_the_app(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    tmdb.faults.set([Fault(kind="cut_body")])
    with pytest.raises(CutConnectionError):
        await ask_tmdb("/movie/603")


@asynccontextmanager
async def _served(tmdb: SandboxTmdb) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(tmdb.app(), log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def test_a_cut_body_on_the_wire_is_shorter_than_declared(
    tmdb: SandboxTmdb, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    tmdb.faults.set([Fault(kind="cut_body", route=MOVIE)])
    async with _served(tmdb) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /movie/603?api_key=k HTTP/1.1\r\nHost: t\r\n\r\n")
        raw = await asyncio.wait_for(reader.read(), 10)  # to the end: the server closes
        writer.close()
        await writer.wait_closed()
    head, _, body = raw.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    assert 0 < len(body) < int(lengths[0].split(b":")[1])


async def test_count_ends_and_the_route_is_matched(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    tmdb.faults.set([Fault(kind="server_error", route=MOVIE, count=2)])
    paths = ["/movie/603", "/movie/popular", "/movie/550", "/movie/603", "/movie/603/videos"]
    statuses = [(await ask_tmdb(path)).status_code for path in paths]
    assert statuses == [500, 200, 500, 200, 200]
    assert tmdb.faults.active == ()


def test_a_share_is_a_share_and_the_same_every_time() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults(seed=seed)
        faults.set([Fault(kind="server_error", share=0.3)])
        return [faults.draw(MOVIE) is not None for _ in range(2_000)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 0.25 < sum(drawn(1)) / 2_000 < 0.35


def test_the_first_matching_fault_plays() -> None:
    faults = Faults()
    first, second = Fault(kind="html_502", count=1), Fault(kind="server_error")
    faults.set([first, second])
    assert [faults.draw(MOVIE) for _ in range(3)] == [first, second, second]
    faults.clear()
    assert faults.draw(MOVIE) is None


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({}, "kind is missing"),
        ({"kind": "nonsense"}, "is none of"),
        ({"kind": "latency", "share": 2}, "share must be 0 to 1"),
        ({"kind": "latency", "share": True}, "share must be a number"),
        ({"kind": "latency", "count": 0}, "count must be at least 1"),
        ({"kind": "latency", "count": 1.5}, "count must be an integer"),
        ({"kind": "latency", "latency_s": "1"}, "latency_s must be a number"),
        ({"kind": "latency", "latency_s": float("nan")}, "latency_s must be 0 to 600"),
        ({"kind": "status", "status": 200}, "status must be 400 to 599"),
        ({"kind": "drop_parts", "parts": "videos"}, "parts must be a list"),
        ({"kind": "latency", "route": 7}, "route must be a string"),
        ({"kind": "latency", "colour": "red"}, "unknown field 'colour'"),
    ],
)
def test_nonsense_is_refused(order: dict[str, object], complaint: str) -> None:
    with pytest.raises(FaultError, match=complaint):
        Fault.of(order)


async def test_reset_forgets_calls_and_faults(tmdb: SandboxTmdb, ask_tmdb: Ask) -> None:
    tmdb.faults.set([Fault(kind="server_error")])
    await ask_tmdb("/movie/603")
    tmdb.reset()
    assert (tmdb.calls, tmdb.faults.active) == ([], ())
    assert (await ask_tmdb("/movie/603")).status_code == 200
