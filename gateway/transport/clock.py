"""What the machines of this package take instead of reading a clock or rolling a die."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Monotonic seconds; ``time.monotonic``, or a virtual one in tests."""

Dice: TypeAlias = Callable[[], float]
"""A number in [0, 1); ``random.random``, or a scripted one in tests."""
