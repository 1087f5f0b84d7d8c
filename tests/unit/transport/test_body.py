"""Bodies are decoded within a bound, or not at all."""

from __future__ import annotations

import contextlib
import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transport.body import decode
from gateway.transport.port import BodyTooLargeError, EncodingError, ExchangeError

MAX = 8 * 1024 * 1024


def raw_deflate(plain: bytes) -> bytes:
    press = zlib.compressobj(wbits=-15)
    return press.compress(plain) + press.flush()


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_every_encoding_we_ask_for_is_undone(plain: bytes, more: bytes) -> None:
    assert decode(gzip.compress(plain), " GZIP ", MAX) == plain
    assert decode(gzip.compress(plain) + gzip.compress(more), "x-gzip", MAX) == plain + more
    assert decode(zlib.compress(plain), "deflate", MAX) == plain
    assert decode(raw_deflate(plain), "deflate", MAX) == plain


def test_plain_bytes_pass_and_hidden_gzip_is_refused() -> None:
    assert decode(b"{}", "", MAX) == b"{}"
    assert decode(b"{}", "identity", MAX) == b"{}"
    assert decode(b"", "gzip", MAX) == b""
    with pytest.raises(EncodingError, match="without Content-Encoding"):
        decode(gzip.compress(b"{}"), "", MAX)
    with pytest.raises(EncodingError, match="not asked for"):
        decode(b"{}", "br", MAX)


@given(
    st.binary(min_size=1, max_size=200), st.integers(1, 20), st.sampled_from(["gzip", "deflate"])
)
def test_a_cut_or_garbled_body_is_refused(plain: bytes, cut: int, encoding: str) -> None:
    whole = gzip.compress(plain) if encoding == "gzip" else zlib.compress(plain)
    with pytest.raises(EncodingError):
        decode(whole[:-cut][: len(whole) - 1] or b"\x00", encoding, MAX)


@given(st.binary(max_size=200), st.sampled_from(["", "gzip", "deflate", "identity", "br"]))
def test_no_bytes_raise_anything_else(raw: bytes, encoding: str) -> None:
    with contextlib.suppress(ExchangeError):
        assert len(decode(raw, encoding, 150)) <= 200


@pytest.mark.parametrize("members", [1, 8])
def test_a_bomb_stops_at_the_bound(members: int) -> None:
    """80 MB of zeros, in one piece or in eight."""
    press = zlib.compressobj(9, wbits=31)
    part = bytes(80_000_000 // members // 100)
    bomb = b"".join(press.compress(part) for _ in range(100)) + press.flush()
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLargeError):
            decode(bomb * members, "gzip", MAX)
        assert tracemalloc.get_traced_memory()[1] < 32 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_endless_members_are_refused() -> None:
    with pytest.raises(EncodingError, match="too many"):
        decode(gzip.compress(b"") * 100_000, "gzip", MAX)


@given(st.integers(0, 2000))
def test_the_bound_itself_is_allowed(size: int) -> None:
    assert len(decode(gzip.compress(bytes(size)), "gzip", size)) == size
    with pytest.raises(BodyTooLargeError):
        decode(gzip.compress(bytes(size + 1)), "gzip", size)
