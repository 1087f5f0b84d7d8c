"""What settings come to: how much memory there is, and which Redis."""

from __future__ import annotations

from gateway.cache.redis_line import RedisLine
from gateway.settings import GatewaySettings


def memory_bytes(settings: GatewaySettings) -> int:
    """Of this process, for what upstreams answer and for whole answers."""
    answers = settings.answer_cache_mb if settings.answer_cache else 0
    return (settings.cache_mb + answers) * 1024 * 1024


def line_of(settings: GatewaySettings) -> RedisLine | None:
    """The way to Redis; ``None``: it is off."""
    url = settings.redis_url
    return None if url is None or url == "off" else RedisLine(url)
