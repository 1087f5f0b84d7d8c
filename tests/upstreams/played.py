"""What the tests of all clients share."""

from __future__ import annotations

from collections.abc import Callable

from gateway.transport.http import UpstreamHttp
from gateway.transport.judge import Classify
from gateway.transport.limits import CallLimits
from tests.contract.replay import answering

Dial = Callable[..., UpstreamHttp]

QUICK = CallLimits(retries=0, unreadable_retries=0, gate_wait_s=0)
"""Nobody sleeps: no second tries, and a closed gate refuses at once."""


def given(name: str, classify: Classify, status: int, body: str) -> UpstreamHttp:
    """A way to an upstream that gives one answer to everything."""
    port = answering(status, body)
    return UpstreamHttp(name, port, base_url="http://api", limits=QUICK, classify=classify)
