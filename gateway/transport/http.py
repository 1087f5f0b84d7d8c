"""``UpstreamHttp``: what the clients of all upstreams call."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from gateway.errors import UpstreamContractError, UpstreamError, UpstreamRejectedError
from gateway.transport import urls
from gateway.transport.body import ACCEPT_ENCODING
from gateway.transport.budget import Budget, BudgetState
from gateway.transport.clock import Clock, Dice
from gateway.transport.driver import Call, Driver
from gateway.transport.guard import Guard
from gateway.transport.health import UpstreamHealth
from gateway.transport.judge import Classify, judge_answer
from gateway.transport.limits import DEFAULT_LIMITS, CallLimits
from gateway.transport.port import HttpAnswer, HttpPort
from gateway.transport.urls import Param

M = TypeVar("M", bound=BaseModel)

_ALWAYS = MappingProxyType(
    {
        "Accept": "application/json",
        "Accept-Encoding": ACCEPT_ENCODING,
        "User-Agent": "marquee-gateway",
    }
)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class UpstreamHttp:
    """Calls to one upstream.

    Args:
        name: Its name in the registry.
        port: The HTTP client.
        base_url: Scheme, host and path prefix.
        headers: Sent with every call; keys belong here and never into a URL.
        limits: How calls are bounded.
        classify: The upstream's own reading of its answers, asked before the status is. A
            ``ValueError`` (a body it cannot read) counts as ``None``.
        hedged: Reads that may be sent a second time when the first is late; within
            ``limits.hedge_share``, and only while the upstream is well.
        budget: What all processes together may send; asked before every try.
        clock: Monotonic seconds.
        dice: Jitter.
        now: Aware wall time, for dates in ``Retry-After`` and in the health.
    """

    def __init__(
        self,
        name: str,
        port: HttpPort,
        *,
        base_url: str,
        headers: Mapping[str, str] = _NOTHING,
        limits: CallLimits = DEFAULT_LIMITS,
        classify: Classify | None = None,
        hedged: Container[str] = (),
        budget: Budget | None = None,
        clock: Clock = time.monotonic,
        dice: Dice = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._headers = {**_ALWAYS, **headers}
        self._limits = limits
        self._classify = classify
        self._hedged = hedged
        self._now = now
        self._guard = Guard(name, limits, clock, dice)
        self._budget = budget
        self._driver = Driver(
            name, port, self._guard, limits=limits, clock=clock, dice=dice, budget=budget
        )

    async def get(  # noqa: D417 - the parameters are the upstream's own
        self,
        operation: str,
        path: str,
        model: type[M],
        /,
        *,
        headers: Mapping[str, str] | None = None,
        absent: Container[int] = (404,),
        query: Mapping[str, Param] | Param = None,
        **params: Param,
    ) -> M | None:
        """Read one resource; ``None`` if it does not exist.

        Args:
            operation: The client's method, for logs and errors.
            path: Below the base URL; values in it went through ``urls.segment``.
            model: What the body must be.
            headers: Beside the upstream's own.
            absent: Statuses that mean "no such thing".
            query: Parameters whose names Python cannot spell
                (``primary_release_date.gte``), or the parameter that is itself called
                ``query``. They go out first, in the order given, then the others.

        Raises:
            UpstreamError: There was no usable answer.
        """

        def read(answer: HttpAnswer) -> M | None:
            return self._parse(answer, operation, model, absent)

        if query is not None:
            params = {**(query if isinstance(query, Mapping) else {"query": query}), **params}
        found = await self._driver.run(
            Call(
                operation=operation,
                method="GET",
                url=self._url(operation, path, params),
                headers=self._all(headers),
                body=None,
                read=read,
                repeatable=True,
                hedged=operation in self._hedged,
            )
        )
        return found  # noqa: RET504 - mypy needs the name

    async def send(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        json: object | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Container[int] = (),
    ) -> HttpAnswer:
        """Write: one try, whatever happens.

        Args:
            operation: The client's method, for logs and errors.
            method: The HTTP method, in capitals.
            path: Below the base URL; values in it went through ``urls.segment``.
            json: The body, if any.
            headers: Beside the upstream's own.
            accept: Statuses beyond 2xx that are answers to the caller, not errors.

        Raises:
            UpstreamError: It failed; ``judge.may_have_acted`` tells whether for certain.
        """

        def read(answer: HttpAnswer) -> HttpAnswer:
            if answer.status not in accept:
                self._check(answer, operation)
            return answer

        body = None if json is None else orjson.dumps(json)
        sent = {} if body is None else {"Content-Type": "application/json"}
        return await self._driver.run(
            Call(
                operation=operation,
                method=method,
                url=self._url(operation, path, {}),
                headers={**self._all(headers), **sent},
                body=body,
                read=read,
                repeatable=False,
            )
        )

    def status(self) -> UpstreamHealth:
        """Tell how the upstream looks from here."""
        return self._guard.status(self._now())

    def quota(self) -> BudgetState | None:
        """Tell what is left of its budget, as last heard of; ``None`` where none is counted."""
        return None if self._budget is None else self._budget.state()

    def _url(self, operation: str, path: str, params: Mapping[str, Param]) -> str:
        try:
            return urls.join(self._base_url, path, params)
        except ValueError as exc:
            raise UpstreamRejectedError(self._name, operation, "not a path") from exc

    def _all(self, headers: Mapping[str, str] | None) -> Mapping[str, str]:
        return self._headers if headers is None else {**self._headers, **headers}

    def _parse(
        self, answer: HttpAnswer, operation: str, model: type[M], absent: Container[int]
    ) -> M | None:
        if answer.status in absent and self._classified(answer) is None:
            return None
        self._check(answer, operation)
        if "html" in answer.headers.get("content-type", "").lower():
            raise UpstreamContractError(self._name, operation, "answered with a web page")
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as exc:
            raise UpstreamContractError(
                self._name, operation, "answered something else than expected"
            ) from exc

    def _check(self, answer: HttpAnswer, operation: str) -> None:
        """Raise what the answer means, if it is a failure."""
        error = self._classified(answer) or judge_answer(answer, self._name, operation, self._now)
        if error is None and len(answer.body) > self._limits.max_body_bytes:
            error = UpstreamContractError(self._name, operation, "answered too much")
        if error is not None:
            raise error

    def _classified(self, answer: HttpAnswer) -> UpstreamError | None:
        if self._classify is None:
            return None
        try:
            return self._classify(answer)
        except ValueError:
            return None
