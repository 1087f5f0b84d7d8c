"""What is sealed comes back; anything else is found out."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cache.entry import Lifetime
from gateway.cache.envelope import COMPRESS_ABOVE_BYTES, MAX_PAYLOAD_BYTES, seal, unseal

LIFE = Lifetime(stored_at=1e9, fresh_until=2e9, unasked_until=3e9, stale_until=4e9)
KEY = "mq:tmdb.movie:1:603"
MARK = b"8 bytes!"
TOKENS = st.lists(st.binary(min_size=16, max_size=16), max_size=5).map(tuple)
PAYLOADS = st.none() | st.binary(max_size=3000)


@given(PAYLOADS, TOKENS)
def test_an_entry_comes_back(payload: bytes | None, tokens: tuple[bytes, ...]) -> None:
    sealed = unseal(KEY, seal(KEY, payload, life=LIFE, mark=MARK, tokens=tokens))
    assert (sealed.payload, sealed.tokens, sealed.mark) == (payload, tokens, MARK)
    assert sealed.life == LIFE


@given(
    st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), max_size=5)
)
def test_told_tags_come_back(told: list[str]) -> None:
    tokens = (b"16 bytes or less",) * len(told)
    raw = seal(KEY, b"x", life=LIFE, mark=MARK, tokens=tokens, told=tuple(told))
    sealed = unseal(KEY, raw)
    assert (sealed.told, sealed.tokens, sealed.payload) == (tuple(told), tokens, b"x")


@given(PAYLOADS, TOKENS, st.data())
def test_any_changed_byte_or_cut_is_found_out(
    payload: bytes | None, tokens: tuple[bytes, ...], data: st.DataObject
) -> None:
    raw = seal(KEY, payload, life=LIFE, mark=MARK, tokens=tokens)
    at = data.draw(st.integers(0, len(raw) - 1))
    flip = data.draw(st.integers(1, 255))
    for broken in (raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :], raw[:at], raw + b"x"):
        with pytest.raises(ValueError, match=r".+"):
            unseal(KEY, broken)


@given(st.binary(max_size=200))
def test_foreign_bytes_are_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unseal(KEY, raw)


def test_an_entry_of_another_key_is_not_ours() -> None:
    raw = seal(KEY, b"secret", life=LIFE, mark=MARK, tokens=())
    with pytest.raises(ValueError, match="this key"):
        unseal(KEY + "4", raw)


def test_payloads_above_a_kilobyte_are_compressed() -> None:
    small, large = b"x" * COMPRESS_ABOVE_BYTES, b"x" * (COMPRESS_ABOVE_BYTES + 1)
    sizes = [len(seal(KEY, one, life=LIFE, mark=MARK, tokens=())) for one in (small, large)]
    assert sizes[0] > COMPRESS_ABOVE_BYTES
    assert sizes[1] < COMPRESS_ABOVE_BYTES / 5


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    raw = seal(KEY, b"\0" * (MAX_PAYLOAD_BYTES + 1), life=LIFE, mark=MARK, tokens=())
    assert len(raw) < 100_000
    with pytest.raises(ValueError, match="larger"):
        unseal(KEY, raw)


def test_a_head_that_promises_more_tags_than_there_are_bytes() -> None:
    raw = bytearray(seal(KEY, b"", life=LIFE, mark=MARK, tokens=()))
    raw[58] = 200  # the number of tags
    raw[4:8] = struct.pack(">I", zlib.crc32(raw[8:]))
    with pytest.raises(ValueError, match="cut"):
        unseal(KEY, bytes(raw))
