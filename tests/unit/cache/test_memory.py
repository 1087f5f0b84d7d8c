"""The in-process level against a plain list of what was used last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.cache.entry import Entry, Lifetime
from gateway.cache.memory import OVERHEAD_BYTES, MemoryStore

LIFE = Lifetime(stored_at=0, fresh_until=1, unasked_until=1, stale_until=1)
KEYS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.tuples(st.just("put"), KEYS, st.integers(0, 300), st.sets(st.sampled_from("xyz")))
    | st.tuples(st.just("get"), KEYS)
    | st.tuples(st.just("drop"), KEYS)
    | st.tuples(st.just("purge"), st.sampled_from("xyz")),
    max_size=60,
)


def entry(size_bytes: int, tags: tuple[str, ...]) -> Entry:
    return Entry(value=object(), life=LIFE, mark=b"", size_bytes=size_bytes, tags=tags)


def weight(found: Entry) -> int:
    return OVERHEAD_BYTES + found.size_bytes


@given(STEPS)
def test_it_forgets_what_was_used_longest_ago(steps: list[tuple[object, ...]]) -> None:
    memory = MemoryStore(max_entries=4, max_bytes=3000)
    model: dict[str, tuple[Entry, frozenset[str]]] = {}  # in the order of use
    for step in steps:
        match step:
            case ("put", str(key), int(size), set(tags)):
                model.pop(key, None)
                model[key] = entry(6 * size, tuple(tags)), frozenset(tags)
                memory.put(key, model[key][0])
                while len(model) > 4 or sum(weight(e) for e, _ in model.values()) > 3000:
                    del model[next(iter(model))]
            case ("get", str(key)):
                held = model.get(key)
                assert memory.get(key) is (held and held[0])
                if held:
                    model[key] = model.pop(key)
            case ("drop", str(key)):
                model.pop(key, None)
                memory.drop([key])
            case ("purge", str(tag)):
                model = {key: held for key, held in model.items() if tag not in held[1]}
                memory.purge([tag])
        assert len(memory) == len(model)
        assert memory.size_bytes == sum(weight(e) for e, _ in model.values())
    memory.clear()
    assert (len(memory), memory.size_bytes, memory._keys_by_tag) == (0, 0, {})


def test_what_is_outdated_serves_in_an_outage_only() -> None:
    memory = MemoryStore()
    served, unserved = (
        Entry(value=1, life=Lifetime(0, 10, 20, until), mark=b"", tags=("x",)) for until in (30, 10)
    )
    memory.put("a", served)
    memory.put("b", unserved)
    memory.put("c", entry(1, ("y",)))
    memory.outdate(("x",))
    assert served.life == Lifetime(0, 0, 0, 30)
    assert (memory.get("a"), memory.get("b")) == (served, None)
    assert memory.get("c") is not None
