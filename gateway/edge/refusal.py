"""What an operation is told that was sent away."""

from __future__ import annotations

import math
from typing import Final

from gateway.edge.gate import ShedError
from gateway.edge.graphql.refusal import RefusalCode, RefusedError

LEAST_S: Final = 1.0
MOST_S: Final = 30.0


def overloaded(shed: ShedError) -> RefusedError:
    """When to come again, for machines."""
    wait_s = min(MOST_S, max(LEAST_S, shed.retry_after_s))
    return RefusedError(
        RefusalCode.OVERLOADED,
        str(shed),
        extensions={"retryable": True, "retryAfterMs": round(wait_s * 1000)},
        Retry_After=str(math.ceil(wait_s)),
    )
