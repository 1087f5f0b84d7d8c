"""When to look at what Seerr's webhook hints at: soon, but never often. Pure."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, TypeAlias

Subject: TypeAlias = int | None
"""A request's id; ``None`` is everything."""

AGAIN_S: Final = 1.0
"""Between two looks at one request."""
WHOLE_AGAIN_S: Final = 5.0
"""Between two looks at everything, which cost more."""
APART_S: Final = 0.2
"""Between any two looks: five a second, whatever comes in."""
MOST: Final = 16
"""Requests that wait to be looked at; with more, one look at everything is cheaper."""


class Agenda:
    """What this process is to look at; the caller tells the monotonic time in seconds."""

    def __init__(self) -> None:
        self._wanted: dict[Subject, float] = {}
        self._looked: OrderedDict[Subject, float] = OrderedDict()
        self._free_s = 0.0

    def hear(self, subject: Subject, now_s: float, *, in_s: float = 0.0) -> None:
        """Something may have happened; hearing it again before the look costs nothing.

        Nor does a request while everything is to be looked at anyway.

        Args:
            subject: What to look at.
            now_s: The time.
            in_s: Not sooner than this.
        """
        if subject is not None and None in self._wanted:
            return
        due_s = max(now_s + in_s, self._allowed_s(subject))
        self._wanted[subject] = min(due_s, self._wanted.get(subject, due_s))
        if len(self._wanted) > MOST:
            self._wanted = {None: max(now_s, self._allowed_s(None))}

    def next(self, now_s: float) -> tuple[Subject] | None:
        """What is due, taken off; ``None``: nothing is."""
        if self.wait_s(now_s) != 0:
            return None
        subject = min(self._wanted, key=self._wanted.__getitem__)
        del self._wanted[subject]
        self._looked[subject] = now_s
        self._looked.move_to_end(subject)
        while len(self._looked) > MOST / APART_S:  # all that can be of the last seconds
            self._looked.popitem(last=False)
        self._free_s = now_s + APART_S
        return (subject,)

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until something is due; ``None``: nothing is wanted."""
        if not self._wanted:
            return None
        return max(0.0, min(self._wanted.values()) - now_s, self._free_s - now_s)

    def _allowed_s(self, subject: Subject) -> float:
        again_s = WHOLE_AGAIN_S if subject is None else AGAIN_S
        return self._looked.get(subject, -again_s) + again_s
