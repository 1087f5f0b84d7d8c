"""What followers of the log are given."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gateway.domain.request import MediaRequest
from gateway.domain.request_log import RequestEvent
from gateway.errors import UpstreamError


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """An event, and the request that it is about; one object for all followers of a process.

    Attributes:
        event: What happened; without its actor and reason, which are not everybody's.
        request: As it was when this process heard of the event, which may be later than the
            event; ``None``: it is gone. A failure to read it stands in its place.
        memo: What was made of it, by whatever tells it apart: made once for all followers.
    """

    event: RequestEvent
    request: MediaRequest | UpstreamError | None
    memo: dict[Hashable, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missed:
    """A follower was too slow, and its queue was dropped.

    Attributes:
        count: Events that it did not get.
        after: The sequence number behind which they are.
    """

    count: int
    after: int


Item: TypeAlias = Seen | Missed
