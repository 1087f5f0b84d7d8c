"""The settings of calls to one upstream; the defaults suit a healthy public API."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.transport.breaker import BreakerLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How calls to one upstream are bounded.

    Attributes:
        timeout_s: For one try as a whole, from connecting to the last byte; less when the
            operation's deadline is nearer.
        fair_timeout_s: A try that got less than this and timed out proves nothing against
            the upstream: a client's short deadline must not open the breaker.
        max_concurrency: Calls in flight; the limiter moves below it.
        min_concurrency: Where the limiter stops shrinking.
        start_concurrency: Where the limiter starts.
        queue: Calls that may wait for their turn; one more is refused. More than the operations
            of a worker ask for at once, so that a burst is answered in order, not in part.
        max_body_bytes: Of one decoded answer.
        retries: Further tries of one read that got no answer. Two: one leaves a fault in 400
            unhidden at 5 % of them, and three open the breaker with a single read.
        unreadable_retries: Further tries of one read whose answer was unreadable.
        retry_share: Retries per successful call that the budget allows in the long run.
        retry_reserve: Retries that may be saved up.
        backoff_s: Upper bound of the first wait; it doubles with each further try.
        backoff_max_s: Where it stops doubling.
        gate_wait_s: Reads wait for a gate (429) that opens within this; others are refused.
        gate_default_s: How long a 429 without ``Retry-After`` closes the gate.
        hedge_share: Second tries per hedged read in the long run; see ``UpstreamHttp``.
        hedge_after_s: No second try before this, however fast the upstream usually is: what
            is late by milliseconds waits for our own processor, not for the upstream.
        breaker: When it opens and for how long.
    """

    timeout_s: float = 5.0
    fair_timeout_s: float = 1.0
    max_concurrency: int = 64
    min_concurrency: int = 4
    start_concurrency: int = 32
    queue: int = 10_000
    max_body_bytes: int = 8 * 1024 * 1024
    retries: int = 2
    unreadable_retries: int = 1
    retry_share: float = 0.1
    retry_reserve: float = 10.0
    backoff_s: float = 0.1
    backoff_max_s: float = 1.0
    gate_wait_s: float = 1.0
    gate_default_s: float = 1.0
    hedge_share: float = 0.05
    hedge_after_s: float = 0.08
    breaker: BreakerLimits = field(default_factory=BreakerLimits)


DEFAULT_LIMITS = CallLimits()
