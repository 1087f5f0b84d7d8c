"""One log event per try; never a URL, a header or a body: keys travel in them."""

from __future__ import annotations

import logging

logger = logging.getLogger("gateway.upstream")

_LOUD_CLIENTS = ("httpx", "httpcore")


def silence_clients() -> None:
    """Keep HTTP clients from logging whole URLs, even when the root logger is at DEBUG."""
    for name in _LOUD_CLIENTS:
        loud = logging.getLogger(name)
        if loud.level < logging.WARNING:
            loud.setLevel(logging.WARNING)


def log_call(
    upstream: str, operation: str, outcome: str, *, attempt: int, duration_ms: float
) -> None:
    """Tell how one try ended; ``attempt`` 0 means that nothing was sent."""
    level = logging.INFO if outcome in ("ok", "absent", "cancelled") else logging.WARNING
    if not logger.isEnabledFor(level):
        return
    fields = {
        "upstream": upstream,
        "operation": operation,
        "outcome": outcome,
        "attempt": attempt,
        "duration_ms": round(duration_ms, 1),
    }
    # Not ``logger.log``: that walks the stack for a caller, who is always the driver.
    names = (upstream, operation, outcome)
    logger.handle(
        logger.makeRecord(logger.name, level, __file__, 0, "%s %s %s", names, None, extra=fields)
    )
