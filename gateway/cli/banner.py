"""What ``serve`` says in a few lines: what is served, from where, with which cache."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from gateway.cli.configuration import Configuration
from gateway.cli.embedded import MEMORY_MB
from gateway.cli.redaction import redacted
from gateway.settings import UpstreamSettings

if TYPE_CHECKING:
    from gateway.edge.identity.ready_made import ReadyMade


def banner(
    found: Configuration,
    url: str,
    sandbox: str | None,
    cache: str | None,
    *,
    workers: int,
    keys: Sequence[ReadyMade] = (),
) -> str:
    """Write the lines.

    Args:
        found: Settings as the operator gave them.
        url: Where the gateway listens.
        sandbox: Origin of the sandbox inside, where one runs.
        cache: Redis that the workers use, ``off``, or ``None`` when the embedded one cannot run.
        workers: Processes.
        keys: To try things out with, on the sandbox alone.
    """
    count = "1 worker" if workers == 1 else f"{workers} workers"
    lines = [f"Marquee {version('marquee-gateway')} at {url} ({count})"]
    lines += [f"  {name:<9}{_source(each)}" for name, each in found.upstreams.items()]
    lines.append(f"  {'cache':<9}{_cache(found, cache)}")
    if sandbox is not None:
        lines += _warning(found, sandbox)
    lines += map(_key, keys)
    lines.append(f"Open {url} to look around, {url}/graphql for ready queries. Ctrl-C stops it.")
    return "\n".join(lines)


def _key(ready: ReadyMade) -> str:
    who = f"{ready.viewer.role.value} {ready.viewer.display_name}"
    return f"  *** Key of the {who}: {ready.key}"


def _source(settings: UpstreamSettings) -> str:
    if settings.sandboxed:
        return "SANDBOX"
    if settings.enabled:
        return settings.base_url
    fields = settings.required if settings.default_base_url else ("base_url", *settings.required)
    instead = "its fields are null" if settings.played_unasked else "the book keeps the requests"
    return f"off: {instead} (set {', '.join(map(settings.variable, fields))})"


def _cache(found: Configuration, cache: str | None) -> str:
    if cache is None:
        return "WARNING: memory only, per worker: no embedded Valkey here; set GATEWAY_REDIS_URL"
    if cache == "off":
        return "memory only, per worker (GATEWAY_REDIS_URL=off)"
    if found.gateway.redis_url is None:
        return (
            f"EMBEDDED VALKEY beside, {MEMORY_MB} MB, empty after a restart (no GATEWAY_REDIS_URL)"
        )
    return redacted(cache)


def _warning(found: Configuration, sandbox: str) -> list[str]:
    names = ", ".join(found.sandboxed)
    needed = [each.variable(field) for each in found.sandboxed.values() for field in each.required]
    return [
        f"  *** SANDBOX DATA: {names} played inside at {sandbox}; nothing leaves this machine.",
        f"  *** For the real ones set {', '.join(needed)}; see `gateway serve --help`.",
    ]
