"""What a bounded memory keeps when it is flooded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.engine.kept import Kept


def test_strangers_push_out_one_another() -> None:
    kept: Kept[int, str] = Kept(10)
    for known in range(5):
        kept.put(known, "known")
    for stranger in range(100, 300):
        kept.put(stranger, "stranger")
        kept.get(stranger % 5)
    assert [known for known in range(5) if known in kept] == [0, 1, 2, 3, 4]
    assert len(kept) == 10


def test_who_is_used_more_outlives_a_flood_of_strangers_that_come_twice() -> None:
    kept: Kept[int, str] = Kept(10)
    kept.put(0, "known")
    for stranger in range(1, 1000):
        kept.put(stranger, "stranger")
        kept.get(stranger)
        if stranger % 3 == 0:
            assert kept.get(0) == "known"


def test_who_is_used_no_more_goes_in_the_end() -> None:
    kept: Kept[int, str] = Kept(10)
    kept.put(0, "known")
    for _ in range(1000):
        kept.get(0)
    for stranger in range(1, 9_000):
        kept.put(stranger, "stranger")
    assert kept.get(0) is None


def test_no_number_of_strangers_pushes_out_who_is_used_now_and_then() -> None:
    kept: Kept[int, str] = Kept(10)
    kept.put(0, "known")
    kept.get(0)
    for stranger in range(1, 9_000):
        kept.put(stranger, "stranger")
        if stranger % 400 == 0:
            assert kept.get(0) == "known"


def test_what_weighs_more_than_all_may_is_not_kept() -> None:
    kept: Kept[str, int] = Kept(10)
    kept.put("small", 1, weight=4)
    kept.put("huge", 2, weight=11)
    assert kept.get("huge") is None
    assert kept.get("small") == 1


def test_an_entry_that_is_put_again_is_replaced() -> None:
    kept: Kept[str, int] = Kept(10)
    kept.put("a", 1, weight=9)
    kept.put("a", 2, weight=3)
    kept.put("b", 3, weight=7)
    assert (kept.get("a"), kept.get("b")) == (2, 3)


def test_weighing_anew_keeps_the_credit() -> None:
    kept: Kept[int, str] = Kept(10)
    kept.put(0, "known")
    for _ in range(5):
        kept.get(0)
    kept.put(0, "known", weight=3)
    for stranger in range(1, 20):
        kept.put(stranger, "stranger")
    assert kept.get(0) == "known"


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 12), st.booleans()), max_size=200))
def test_the_weight_is_never_more_than_it_may_be(steps: list[tuple[int, int, bool]]) -> None:
    kept: Kept[int, int] = Kept(10)
    weights: dict[int, int] = {}
    for key, weight, is_put in steps:
        if is_put:
            kept.put(key, weight, weight=weight)
            weights[key] = weight
        else:
            found = kept.get(key)
            assert found is None or found == weights[key]
        assert sum(weights[key] for key in weights if key in kept) <= 10
