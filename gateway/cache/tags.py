"""What a purge may name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_TAGS = 1000  # in one purge
_TAG = re.compile(r"[a-z][a-z0-9_-]{0,39}(:[!-~]{1,150})?")


def checked(tags: Sequence[str]) -> list[str]:
    """The tags without repetitions.

    Raises:
        ValueError: None, too many, or one that no payload can carry; the message says which.
    """
    if not 1 <= len(tags) <= MAX_TAGS:
        raise ValueError(f"1 to {MAX_TAGS} tags, not {len(tags)}")
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise ValueError(f"not a tag, such as movie:603 or requests: {tag[:60]!a}")
    return list(dict.fromkeys(tags))
