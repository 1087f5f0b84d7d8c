"""A port that gives a recorded answer to whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.transport.port import HttpAnswer
from tests.contract.recordings import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One call, as it left."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout_s: float


@dataclass(slots=True)
class ReplayPort:
    """Plays one answer, and remembers what was asked."""

    answer: HttpAnswer
    calls: list[Sent] = field(default_factory=list)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        self.calls.append(
            Sent(method=method, url=url, headers=headers, body=body, timeout_s=timeout_s)
        )
        return self.answer

    async def aclose(self) -> None:
        """Nothing is open."""


def replay(exchange: Exchange) -> ReplayPort:
    """Play a recording."""
    return answering(exchange.status, exchange.body)


def answering(status: int, body: bytes | str) -> ReplayPort:
    """Play an answer of JSON."""
    raw = body.encode() if isinstance(body, str) else body
    headers = {"content-type": "application/json"}
    return ReplayPort(HttpAnswer(status=status, headers=headers, body=raw))
