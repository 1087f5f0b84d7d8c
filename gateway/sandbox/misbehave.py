"""How a fault looks on the wire: each takes the right answer and spoils it."""

import gzip
import zlib
from collections.abc import Iterator
from typing import Final

import orjson
from starlette.responses import Response
from starlette.types import Receive, Send

from gateway.sandbox.faults import Fault

_PAGE_502: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>openresty</center>\r\n"
    b"</body>\r\n</html>\r\n"
)


class CutConnectionError(ConnectionResetError):
    """Raised out of the app in mid-body: a server then closes the connection."""


def html_502() -> Response:
    """The page of a proxy whose backend is gone."""
    return Response(_PAGE_502, 502, media_type="text/html")


def malformed(answer: Response) -> Response:
    """JSON that breaks off half way, its length honestly declared."""
    whole = bytes(answer.body)
    return _with_body(answer, whole[: len(whole) // 2] + b'{"')


def wrong_types(answer: Response) -> Response:
    """Valid JSON with the right names and the wrong shapes."""
    return _with_body(answer, orjson.dumps(_twisted(orjson.loads(answer.body))))


def gzip_unlabelled(answer: Response) -> Response:
    """Compressed, and nothing says so (it happened at TMDB)."""
    return _with_body(answer, gzip.compress(bytes(answer.body), 1))


def drop_parts(answer: Response, fault: Fault, appended: tuple[str, ...]) -> Response:
    """A 200 without the named parts."""
    body = orjson.loads(answer.body)
    if not isinstance(body, dict):
        return answer
    for part in fault.parts or appended:
        body.pop(part, None)
    return _with_body(answer, orjson.dumps(body))


def gzip_bomb(fault: Fault) -> Response:
    """Labelled gzip, a thousandth of what it inflates to."""
    packed = b"".join(_packed_blanks(fault.bomb_mib))
    return Response(packed, 200, {"content-encoding": "gzip"}, media_type="application/json")


async def cut_body(answer: Response, send: Send) -> None:
    """Declare all, send half, break off."""
    body = bytes(answer.body)
    await send(
        {
            "type": "http.response.start",
            "status": answer.status_code,
            "headers": answer.raw_headers,
        }
    )
    half = body[: len(body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    raise CutConnectionError("cut as ordered")


async def black_hole(receive: Receive) -> None:
    """Say nothing until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _with_body(answer: Response, body: bytes) -> Response:
    spoilt = Response(body, answer.status_code)
    for name, value in answer.headers.items():
        if name != "content-length":
            spoilt.headers[name] = value
    return spoilt


def _twisted(value: object) -> object:
    if isinstance(value, dict):
        return {name: _twisted(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return {}
    if isinstance(value, bool):
        return "maybe"
    if isinstance(value, int | float):
        return {"value": str(value)}
    return [7] if isinstance(value, str) else value


def _packed_blanks(size_mib: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield packer.compress(b'{"id": 1')
    blank = b" " * 2**20
    for _ in range(size_mib):
        yield packer.compress(blank)
    yield packer.compress(b"}") + packer.flush()
