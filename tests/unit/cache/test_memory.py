"""The in-process level against a plain list of what was used last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.cache.entry import Entry, Lifetime
from gateway.cache.memory import OVERHEAD_BYTES, PARSED_PER_PAYLOAD, MemoryStore

LIFE = Lifetime(stored_at=0, fresh_until=1, unasked_until=1, stale_until=1)
KEYS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.tuples(st.just("put"), KEYS, st.integers(0, 300), st.sets(st.sampled_from("xyz")))
    | st.tuples(st.just("get"), KEYS)
    | st.tuples(st.just("drop"), KEYS)
    | st.tuples(st.just("purge"), st.sampled_from("xyz")),
    max_size=60,
)


def entry(size_bytes: int) -> Entry:
    return Entry(value=object(), life=LIFE, mark=b"", size_bytes=size_bytes)


def weight(found: Entry) -> int:
    return OVERHEAD_BYTES + PARSED_PER_PAYLOAD * found.size_bytes


@given(STEPS)
def test_it_forgets_what_was_used_longest_ago(steps: list[tuple[object, ...]]) -> None:
    memory = MemoryStore(max_entries=4, max_bytes=3000)
    model: dict[str, tuple[Entry, frozenset[str]]] = {}  # in the order of use
    for step in steps:
        match step:
            case ("put", str(key), int(size), set(tags)):
                model.pop(key, None)
                model[key] = entry(size), frozenset(tags)
                memory.put(key, model[key][0], tags=tuple(tags))
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
