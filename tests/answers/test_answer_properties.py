"""Nothing private is shared, no error is kept, no purge is outlived: under any interleaving."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cache.readthrough import ReadThrough
from gateway.edge.graphql.reply import Reply
from tests.answers.house import TAG, House, data, header, turns
from tests.cache.stage import Clock

FIELDS = ("a", "b", "c", "d")
HINTS = st.sampled_from(
    ["", "(maxAge: 900)", "(maxAge: 60)", "(scope: PRIVATE)", "(maxAge: 60, scope: PRIVATE)"]
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: which fields, of whom, in which language, by which variables."""

    selected: frozenset[str]
    nested: frozenset[str]
    scope: str
    language: str
    name: str
    value: int | None

    def text(self) -> str:
        inner = f"deep {{ {' '.join(sorted(self.nested))} }}" if self.nested else ""
        body = f"{{ {' '.join(sorted(self.selected))} {inner} }}"
        return f"query A($x: Int) {body} query B($x: Int) {body}"

    def how(self) -> dict[str, Any]:
        variables = {} if self.value is None else {"x": self.value}
        return {
            "scope": self.scope,
            "name": self.name,
            "variables": variables,
            "accept_language": self.language,
        }


SELECTIONS = st.frozensets(st.sampled_from(FIELDS), min_size=1)
ASKS = st.builds(
    Ask,
    selected=SELECTIONS,
    nested=st.frozensets(st.sampled_from(FIELDS)),
    scope=st.sampled_from(["", "ann", "bob"]),
    language=st.sampled_from(["en", "de"]),
    name=st.sampled_from("AB"),
    value=st.sampled_from([None, 1, 2]),
)
STEPS = st.lists(
    st.one_of(ASKS, st.sampled_from(["open", "shut", "purge", "fail", "heal", "wait", "turn"])),
    min_size=4,
    max_size=40,
)


def schema(roots: dict[str, str], deep: dict[str, str], edge: str) -> str:
    def fields(hints: dict[str, str]) -> str:
        return " ".join(f"{name}: Int {_hint(hint)}" for name, hint in hints.items())

    return (
        f"type Query {{ {fields(roots)} deep: Deep {_hint(edge)} }} type Deep {{ {fields(deep)} }}"
    )


def _hint(hint: str) -> str:
    return f"@cacheControl{hint}" if hint else ""


@settings(max_examples=60, deadline=None)
@given(
    roots=st.fixed_dictionaries(dict.fromkeys(FIELDS, HINTS)),
    deep=st.fixed_dictionaries(dict.fromkeys(FIELDS, HINTS)),
    edge=HINTS,
    steps=STEPS,
)
def test_no_interleaving_gives_anybody_what_is_not_theirs(
    roots: dict[str, str], deep: dict[str, str], edge: str, steps: list[Any]
) -> None:
    def is_private(ask: Ask) -> bool:
        hints = [roots[each] for each in ask.selected] + [deep[each] for each in ask.nested]
        return any("PRIVATE" in hint for hint in [*hints, edge if ask.nested else ""])

    asyncio.run(_Play(schema(roots, deep, edge), is_private).run(steps))


class _Play:
    """Requests, purges, failures and time, in any order; each reply is judged as it comes."""

    def __init__(self, sdl: str, is_private: Any) -> None:  # noqa: ANN401 - of an ask
        self.clock = Clock()
        self.house = House(ReadThrough(now=self.clock, dice=lambda: 0.5), sdl=sdl)
        self.is_private = is_private
        self.asks: list[asyncio.Task[None]] = []
        self.seen_failing: set[int] = set()

    async def run(self, steps: list[Any]) -> None:
        for step in steps:
            if isinstance(step, Ask):
                self.asks.append(asyncio.create_task(self._ask(step)))
            else:
                await getattr(self, f"_{step}")()
        await self._open()
        await asyncio.gather(*self.asks)
        await self.house.cache.settled()
        await self.house.cache.aclose()

    async def _ask(self, ask: Ask) -> None:
        """Whoever asks now must see at least what was so before."""
        version = self.house.world.version
        reply = await self.house.ask(ask.text(), **ask.how())
        found = data(reply)
        assert found["version"] >= version
        assert (found["language"], found["name"]) == (ask.language, ask.name)
        assert json.loads(found["variables"]) == ask.how()["variables"]
        control = header(reply, "cache-control") or ""
        if self.is_private(ask):
            assert found["scope"] == ask.scope
            assert "public" not in control
            assert header(reply, "cdn-cache-control") is None
            assert ask.scope or control == "no-store"
        self._judge_errors(reply, control)

    def _judge_errors(self, reply: Reply, control: str) -> None:
        if "errors" in json.loads(reply.body):
            assert control == "no-store"
            assert header(reply, "age") is None

    async def _open(self) -> None:
        self.house.world.door.set()
        await turns()

    async def _shut(self) -> None:
        self.house.world.door.clear()
        await turns()

    async def _purge(self) -> None:
        self.house.world.version += 1
        await self.house.cache.purge(TAG)

    async def _fail(self) -> None:
        self.house.world.failing = True

    async def _heal(self) -> None:
        self.house.world.failing = False

    async def _wait(self) -> None:
        self.clock.now_s += 40

    async def _turn(self) -> None:
        await turns(1)
