"""URLs as they may be shown."""

from __future__ import annotations

from urllib.parse import urlsplit


def redacted(url: str) -> str:
    """Show a URL without user, password and query; a word such as ``off`` stays as it is."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{'***@' if user or at else ''}{host}{parts.path}"
