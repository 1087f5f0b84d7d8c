"""The shortest way: the same bytes a moment later, and nothing that could be somebody else's."""

from __future__ import annotations

import pytest

from gateway.edge.answers.flights import Flights
from gateway.edge.answers.hot import LONGEST_BYTES, MOST, MOST_BYTES, HotReplies, Key
from gateway.edge.answers.told import is_cut
from gateway.edge.graphql.reply import Reply

PLAIN = [(b"content-type", b"application/json"), (b"host", b"x"), (b"user-agent", b"y")]
REPLY = Reply(200, (), b"{}")


class Now:
    epoch = 0
    now_s = 1e9


@pytest.fixture
def hot() -> HotReplies:
    Now.epoch, Now.now_s = 0, 1e9
    return HotReplies(lambda: Now.epoch, lambda: Now.now_s, Flights(lambda: Now.epoch, is_cut))


def key_of(
    hot: HotReplies, headers: list[tuple[bytes, bytes]], message: dict[str, object]
) -> Key | None:
    head = hot.head_of({"type": "http", "method": "POST", "headers": headers})
    return None if head is None else hot.key_of(head, message)


def message(body: bytes = b"{}", **more: object) -> dict[str, object]:
    return {"type": "http.request", "body": body, **more}


def test_the_same_bytes_get_the_same_reply_for_a_moment(hot: HotReplies) -> None:
    key = key_of(hot, PLAIN, message())
    assert key is not None
    assert hot.find(key) is None
    hot.keep(key, REPLY)
    again = key_of(hot, [(b"user-agent", b"other"), *PLAIN[:2]], message(bytes(bytearray(b"{}"))))
    assert again is not None
    assert hot.find(again) is REPLY
    Now.now_s += 0.11
    assert hot.find(again) is None


def test_a_removal_is_the_end_at_once(hot: HotReplies) -> None:
    key = key_of(hot, PLAIN, message())
    assert key is not None
    hot.keep(key, REPLY)
    Now.epoch += 1
    assert hot.find(key) is None
    hot.keep(key, REPLY)
    assert hot.find(key) is REPLY


@pytest.mark.parametrize("name", [b"accept", b"accept-language", b"x-freshness"])
def test_what_changes_the_answer_is_told_apart(hot: HotReplies, name: bytes) -> None:
    plain = key_of(hot, PLAIN, message())
    found = {plain, *(key_of(hot, [*PLAIN, (name, each)], message()) for each in (b"a", b"b"))}
    assert len(found) == 3
    assert key_of(hot, PLAIN, message(b"{ }")) not in found


@pytest.mark.parametrize(
    "headers",
    [
        [*PLAIN, (b"authorization", b"Bearer x")],
        [*PLAIN, (b"cookie", b"a=b")],
        [*PLAIN, (b"x-cost", b"include")],
        [*PLAIN, (b"x-deadline-ms", b"100")],
        [*PLAIN, (b"content-encoding", b"gzip")],
        [*PLAIN, (b"expect", b"100-continue")],
        [*PLAIN, (b"accept", b"a"), (b"accept", b"b")],
        [(b"content-type", b"text/plain")],
        [],
    ],
)
def test_whoever_says_more_goes_the_usual_way(
    hot: HotReplies, headers: list[tuple[bytes, bytes]]
) -> None:
    assert key_of(hot, headers, message()) is None


def test_so_does_what_is_long_or_not_all_there(hot: HotReplies) -> None:
    assert key_of(hot, PLAIN, message(b"x" * (LONGEST_BYTES + 1))) is None
    assert key_of(hot, PLAIN, message(b"")) is None
    assert key_of(hot, PLAIN, message(more_body=True)) is None
    assert key_of(hot, PLAIN, {"type": "http.disconnect"}) is None


def test_only_posts_are_answered_so(hot: HotReplies) -> None:
    assert hot.head_of({"type": "http", "method": "GET", "headers": PLAIN}) is None


def named(at: int) -> Key:
    return b"%d" % at, (None, None, None)


def test_a_stream_of_requests_cannot_grow_it(hot: HotReplies) -> None:
    big = Reply(200, (), b"x" * (MOST_BYTES // 10))
    for at in range(3 * MOST):
        hot.keep(named(at), big if at % 7 == 0 else REPLY)
        hot.keep(named(at), REPLY)
        assert len(hot._known) <= MOST
        assert hot._size_bytes == sum(len(each.reply.body) for each in hot._known.values())
        assert hot._size_bytes <= MOST_BYTES
