"""Paging over upstream lists that move, repeat themselves and overstate their length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.movie import Page
from gateway.errors import BadUserInputError
from gateway.graph.connection import Connection, Window, connect_list, connect_pages

PAGE = 5  # a short upstream page shows the same as one of twenty
HERE = "here"


class Upstream:
    """Numbered pages of one list, and which of them were asked for."""

    def __init__(self, pages: list[list[int]], *, total: int | None = None) -> None:
        self.pages = pages
        self.total = sum(map(len, pages)) if total is None else total
        self.asked: list[int] = []

    async def load(self, number: int) -> Page[int]:
        self.asked.append(number)
        items = self.pages[number - 1] if number <= len(self.pages) else []
        return Page(
            number=number,
            items=tuple(items),
            total_pages=len(self.pages),
            total_items=self.total,
        )

    async def page(self, first: int, after: str | None) -> Connection[int]:
        found = await connect_pages(
            self.load,
            Window.of(first, after, HERE),
            page_size=PAGE,
            identity=lambda item: item,
            node=lambda item: item,
        )
        assert found is not None
        return found

    async def walk(self, sizes: list[int]) -> list[int]:
        """Every item, page by page; ends in as many pages as it must at the most."""
        seen: list[int] = []
        after: str | None = None
        for turn in range(200):
            page = await self.page(sizes[turn % len(sizes)], after)
            assert len(page.nodes) <= sizes[turn % len(sizes)]
            seen += page.nodes
            if not page.page_info().has_next_page:
                return seen
            assert page.nodes, "a page that promises more must give a cursor to go on from"
            after = page.page_info().end_cursor
        raise AssertionError("the list does not end")


SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=5)
WHOLE = st.integers(0, 40).map(lambda n: [list(range(n))[i : i + PAGE] for i in range(0, n, PAGE)])


@given(WHOLE, SIZES)
async def test_a_walk_meets_each_item_once_in_order(
    pages: list[list[int]], sizes: list[int]
) -> None:
    items = [item for page in pages for item in page]
    assert await Upstream(pages).walk(sizes) == items


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=PAGE), max_size=6), SIZES)
async def test_nothing_comes_twice_from_neighbouring_pages(
    pages: list[list[int]], sizes: list[int]
) -> None:
    """Upstream lists move while they are read, so that pages overlap and are not full."""
    seen = await Upstream([list(dict.fromkeys(page)) for page in pages]).walk(sizes)
    for at, item in enumerate(seen):
        assert item not in seen[max(0, at - PAGE + 1) : at]


@given(SIZES)
async def test_an_overlap_hides_nothing(sizes: list[int]) -> None:
    """The items that moved over to the next page are left out, those behind them are not."""
    pages = [[0, 1, 2, 3, 4], [3, 4, 5, 6, 7], [7, 8, 9, 10, 11], [10, 11, 12]]
    assert await Upstream(pages).walk(sizes) == list(range(13))


async def test_a_window_of_nothing_but_repeats_moves_on() -> None:
    upstream = Upstream([[0, 1, 2, 3, 4], [4, 5, 6, 7, 8]])
    head = await upstream.page(5, None)
    following = await upstream.page(1, head.page_info().end_cursor)
    assert following.nodes == [5]


async def test_an_upstream_that_repeats_one_page_for_ever_ends() -> None:
    seen = await Upstream([[0, 1, 2, 3, 4]] * 60).walk([5])
    assert seen == [0, 1, 2, 3, 4]


@given(st.integers(1, 30))
async def test_only_pages_that_overlap_are_asked_for(first: int) -> None:
    upstream = Upstream([list(range(at, at + PAGE)) for at in range(0, 100, PAGE)])
    await upstream.page(first, None)
    assert upstream.asked == list(range(1, -(-first // PAGE) + 1))


async def test_a_total_never_counts_what_paging_cannot_reach() -> None:
    """TMDB counts millions and serves 500 pages."""
    page = await Upstream([[0, 1, 2, 3, 4], [5]], total=1_000_000).page(3, None)
    assert page.total_count == 2 * PAGE
    assert (await Upstream([[0, 1]], total=2).page(3, None)).total_count == 2


async def test_a_list_that_the_upstream_does_not_know_is_null() -> None:
    async def load(_: int) -> Page[int] | None:
        return None

    found = await connect_pages(
        load, Window.of(5, None, HERE), page_size=PAGE, identity=int, node=int
    )
    assert found is None


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1, -(2**31)])
def test_first_is_1_to_100(first: int) -> None:
    with pytest.raises(BadUserInputError) as caught:
        Window.of(first, None, HERE)
    assert caught.value.argument == "first"


def in_hand(items: list[int], first: int, after: str | None) -> Connection[int]:
    return connect_list(
        items, Window.of(first, after, HERE), identity=lambda item: item, node=lambda item: item
    )


def following(items: list[int], page: Connection[int]) -> list[int]:
    """The items behind a page, all of them."""
    return in_hand(items, 100, page.page_info().end_cursor).nodes


@given(st.lists(st.integers(1, 2**31), unique=True, max_size=60), SIZES)
def test_a_whole_list_is_walked_too(items: list[int], sizes: list[int]) -> None:
    seen: list[int] = []
    page = in_hand(items, sizes[0], None)
    while True:
        seen += page.nodes
        assert page.total_count == len(items)
        assert page.page_info().has_next_page is (len(seen) < len(items))
        if not page.page_info().has_next_page:
            break
        page = in_hand(items, sizes[len(seen) % len(sizes)], page.page_info().end_cursor)
    assert seen == items


def test_an_item_put_on_top_between_pages_repeats_nothing() -> None:
    page = in_hand([5, 4, 3, 2, 1], 2, None)
    assert following([6, 5, 4, 3, 2, 1], page) == [3, 2, 1]


@pytest.mark.parametrize("left", [[5, 3, 2, 1], [3, 2, 1], [6, 5, 3, 2, 1], [6, 3, 2, 1]])
def test_items_that_vanish_between_pages_skip_nothing(left: list[int]) -> None:
    """The cursor's own item among them."""
    page = in_hand([5, 4, 3, 2, 1], 2, None)
    expected = [3, 2, 1] if 5 in left or left[0] == 3 else [6, 3, 2, 1]
    assert following(left, page)[-3:] == [3, 2, 1]
    assert set(following(left, page)) <= set(expected)
