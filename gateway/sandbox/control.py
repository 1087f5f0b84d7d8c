"""``/_control``: look at what came in, and order what shall go wrong."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.faults import Fault, FaultError
from gateway.sandbox.upstream import SandboxUpstream

_LOGGED_CALLS: Final = 1000
_BODY_MAX_BYTES: Final = 1_000_000


class Control:
    """The sandbox's own small API; its calls are not counted."""

    def __init__(self, upstreams: Mapping[str, SandboxUpstream]) -> None:
        self._upstreams = upstreams

    async def answer(self, request: Request, path: str) -> Response:
        """Route below ``/_control``."""
        reads: dict[str, Callable[[], object]] = {
            "/calls": self._calls,
            "/log": self._log,
            "/faults": self._faults,
        }
        if request.method == "GET" and path in reads:
            return _json(reads[path]())
        if request.method == "POST" and path == "/reset":
            for upstream in self._upstreams.values():
                upstream.reset()
            return _json({"reset": True})
        if request.method == "POST" and path == "/faults":
            return await self._set_faults(request)
        known = path in reads or path == "/reset"
        return _json({"error": "wrong method" if known else "not found"}, 405 if known else 404)

    def _calls(self) -> object:
        return {name: upstream.log.counts() for name, upstream in self._upstreams.items()}

    def _log(self) -> object:
        calls = [
            {"upstream": name, **call.redacted()}
            for name, upstream in self._upstreams.items()
            for call in upstream.calls[-_LOGGED_CALLS:]
        ]
        calls.sort(key=lambda call: int(str(call["number"])))
        return calls[-_LOGGED_CALLS:]

    def _faults(self) -> object:
        return [
            {"upstream": name, **fault.to_json()}
            for name, upstream in self._upstreams.items()
            for fault in upstream.faults.active
        ]

    async def _set_faults(self, request: Request) -> Response:
        try:
            orders = self._read(await request.body())
        except FaultError as error:
            return _json({"error": str(error)}, 400)
        for name, upstream in self._upstreams.items():
            upstream.faults.set([fault for who, fault in orders if who in {name, "*"}])
        return _json(self._faults())

    def _read(self, body: bytes) -> list[tuple[str, Fault]]:
        if len(body) > _BODY_MAX_BYTES:
            raise FaultError("the body is larger than 1 MB")
        try:
            listed = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise FaultError("the body is not JSON") from None
        if not isinstance(listed, list):
            raise FaultError("the body must be a list of faults")
        return [self._one(number, order) for number, order in enumerate(listed)]

    def _one(self, number: int, order: object) -> tuple[str, Fault]:
        if not isinstance(order, dict):
            raise FaultError(f"fault {number}: must be an object")
        fields = dict(order)
        who = fields.pop("upstream", None)
        if not isinstance(who, str) or who not in {*self._upstreams, "*"}:
            known = ", ".join([*self._upstreams, "*"])
            raise FaultError(f"fault {number}: upstream must be one of {known}")
        try:
            fault = Fault.of(fields)
        except FaultError as error:
            raise FaultError(f"fault {number}: {error}") from None
        played = [self._upstreams[who]] if who != "*" else self._upstreams.values()
        if fault.route is not None and not any(fault.route in one.templates for one in played):
            raise FaultError(f"fault {number}: {who} has no route {fault.route!r}")
        return who, fault


def _json(body: object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
