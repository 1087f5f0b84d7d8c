"""What browsers may do with a page, and for how long anybody may keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

PLAYER: Final = "https://www.youtube-nocookie.com"
PIECES: Final = ("HX-Request",)
"""All that a JSON answer may differ by, too: htmx takes anything and means a piece of HTML."""
_VARY: Final = ("Cookie", *PIECES, "HX-Request-Type")


def headers(pictures: Sequence[str], carried: Mapping[str, str]) -> Mapping[str, str]:
    """Of every page.

    Args:
        pictures: Origins that pictures come from.
        carried: What the data's own headers are; they speak of the data alone.
    """
    vary = (*_VARY, *(each.strip() for each in carried.get("vary", "").split(",") if each.strip()))
    kept = {
        # A page names its reader; whoever comes back gets 304 where nothing has changed.
        "cache-control": "private, no-cache",
        "content-security-policy": security(pictures),
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "same-origin",
        "vary": ", ".join(dict.fromkeys(vary)),
    }
    return kept | ({"cdn-cache-control": "no-store"} if "cdn-cache-control" in carried else {})


def security(pictures: Sequence[str]) -> str:
    """Our own files, pictures, and a player for trailers: nothing else is loaded."""
    images = " ".join(("'self'", *pictures))
    return (
        "default-src 'none'; "
        "script-src 'self'; "
        "style-src 'self'; "
        f"img-src {images}; "
        "connect-src 'self'; "
        f"frame-src {PLAYER}; "
        "base-uri 'none'; "
        "form-action 'self'; "
        "frame-ancestors 'none'"
    )
