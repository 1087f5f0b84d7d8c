"""What to do with an entry in hand. Pure."""

from __future__ import annotations

from enum import Enum

from gateway.cache.entry import Lifetime

HOT_SHARE = 0.1  # the last part of a fresh life in which a hit may bring a refresh forward
HOT_ODDS = 0.05  # by how many of those hits; a key asked for rarely just expires


class Verdict(Enum):
    """How far an entry still serves."""

    FRESH = "fresh"
    HOT = "fresh, and worth a refresh before it expires"
    STALE = "served while a refresh runs"
    ASK_FIRST = "served only when the upstream fails"
    DEAD = "no use"


def judged(life: Lifetime, *, now: float, dice: float) -> Verdict:
    """Judge a lifetime at ``now``; ``dice`` (0 to 1) decides whether a hit counts as hot."""
    if now < life.fresh_until:
        is_late = life.fresh_until - now < HOT_SHARE * (life.fresh_until - life.stored_at)
        is_hot = is_late and dice < HOT_ODDS and life.unasked_until > life.fresh_until
        return Verdict.HOT if is_hot else Verdict.FRESH
    if now < life.unasked_until:
        return Verdict.STALE
    return Verdict.ASK_FIRST if now < life.stale_until else Verdict.DEAD
