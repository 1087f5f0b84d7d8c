"""How many connections the system lets a process have."""

from __future__ import annotations

from contextlib import suppress


def allow_many() -> None:
    """Take as many open files as the system gives: many a shell begins with 1,024.

    A gateway that has run out of them reaches neither its database nor Redis.
    """
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):  # not ours to change
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
