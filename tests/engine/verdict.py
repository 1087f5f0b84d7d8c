"""Whether an executor did what the specification asks, with graphql-core as the oracle.

The rules:

1. ``data`` is the same to the last byte, the order of keys included.
2. An error counts by path, message, locations and extensions, in any order.
   Its target is the position that it makes null: its own, or the nearest
   nullable one above. Where one target is null by an error, there is exactly
   one error of that target; the same targets that can be seen in ``data``
   have one in the oracle.
3. If several fields below one target fail, the specification lets either be
   told: it has to be one of those that ``everything`` finds, a run without
   error propagation in which all fields go on. The same holds for targets
   below a position that is null: there an error may be told or not.
4. A resolver is called exactly as often as by the oracle. Below a position
   that an error made null, graphql-core calls what it comes to before the
   error does, which is chance: there a resolver may be called once for each
   place where it stands, or not.
5. Every coroutine that the executor came to see was awaited or closed.
6. When the answer is given no task is left, no shared future was cancelled,
   and what lands later changes nothing.
"""

from __future__ import annotations

from collections import Counter

from tests.engine.everything import Everything
from tests.engine.runs import Run
from tests.engine.world import Path


def undisputed(seen: Run) -> bool:
    """Whether every error stands where its field is null, so that nothing was a race."""
    return all(_null_at(seen, each.path) == len(each.path) for each in seen.errors)


def differences(expected: Run, found: Run, possible: Everything | None) -> list[str]:
    """In which ways a run is wrong.

    Args:
        expected: The oracle's.
        found: The one in question.
        possible: What may be found and called where the oracle raced.
    """
    wrong = list(found.untidy)
    if found.forgotten:
        wrong.append(f"{found.forgotten} coroutines were never awaited")
    if found.text != expected.text:
        return [*wrong, f"data\n  expected {expected.text}\n  found    {found.text}"]
    if possible is None:
        return wrong + _same(expected, found)
    return wrong + _targets(expected, found, possible) + _calls(expected, found, possible)


def _same(expected: Run, found: Run) -> list[str]:
    wrong = []
    if Counter(expected.errors) != Counter(found.errors):
        missing = Counter(expected.errors) - Counter(found.errors)
        added = Counter(found.errors) - Counter(expected.errors)
        wrong.append(f"errors\n  missing {list(missing)}\n  added   {list(added)}")
    return wrong + _counted(expected.calls, found.calls, expected.calls)


def _targets(expected: Run, found: Run, possible: Everything) -> list[str]:
    wrong = [
        f"an error that cannot be: {each}, only {possible.errors.get(each.path)}"
        for each in found.errors
        if possible.errors.get(each.path) != each
    ]
    if wrong:
        return wrong
    counts = Counter(possible.target(each.path) for each in found.errors)
    wrong += [f"{count} errors of one target {at}" for at, count in counts.items() if count > 1]
    told = {at for at in counts if _visible(expected, at)}
    due = {possible.target(each.path) for each in expected.errors}
    due = {at for at in due if _visible(expected, at)}
    wrong += [f"no error tells why this is null: {at}" for at in due - told]
    wrong += [f"an error where the oracle has none: {at}" for at in told - due]
    return wrong


def _calls(expected: Run, found: Run, possible: Everything) -> list[str]:
    least: Counter[tuple[object, ...]] = Counter()
    most: Counter[tuple[object, ...]] = Counter()
    for path, calls in possible.calls.items():
        most.update(calls)
        if _visible(expected, path):
            least.update(calls)
    return _counted(least, found.calls, most)


def _counted(
    least: Counter[tuple[object, ...]],
    found: Counter[tuple[object, ...]],
    most: Counter[tuple[object, ...]],
) -> list[str]:
    wrong = [f"not called: {call} x{count}" for call, count in (least - found).items()]
    return wrong + [f"called too often: {call} x{count}" for call, count in (found - most).items()]


def _visible(seen: Run, path: Path) -> bool:
    """Whether nothing above is null."""
    return _null_at(seen, path) >= len(path)


def _null_at(seen: Run, path: Path) -> int:
    """How far down a path the first null stands; beyond its end if there is none."""
    value = seen.data
    for depth, key in enumerate(path):
        if value is None:
            return depth
        if isinstance(value, dict) and key not in value:
            return len(path)  # an error of another operation, handed on as it is
        value = value[key]
    return len(path) if value is None else len(path) + 1
