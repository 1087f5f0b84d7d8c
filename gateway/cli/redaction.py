"""URLs as they may be shown."""

from __future__ import annotations

import re


def redacted(url: str) -> str:
    """Show a URL without user, password and query; a word such as ``off`` stays as it is.

    Split by hand: urlsplit refuses several hosts with an IPv6 address among them, and shows the
    end of a password that has a slash in it.
    """
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    shown, *hidden = re.split(r"[?#]", rest, maxsplit=1)
    if "@" in "".join(hidden):  # of a query, or of a password that was not percent-encoded
        return f"{scheme}://***"
    _, at, host = shown.rpartition("@")
    return f"{scheme}://{'***@' if at else ''}{host}"
