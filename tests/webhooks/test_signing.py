"""Signatures that receivers accept, by the rules written out."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.webhooks.signing import key_of, shown, signed
from tests.webhooks.receiver import Told, verify

NOW_S = 1_795_000_000


def sent(key: bytes, body: bytes, *, message_id: str = "msg_1", at_s: int = NOW_S) -> Told:
    return Told("/", dict(signed(key, message_id, at_s=at_s, body=body)), body)


@settings(max_examples=15)
@given(
    st.binary(min_size=32, max_size=64),
    st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True),
    st.from_regex(r"[a-f0-9]{32}", fullmatch=True),
    st.binary(max_size=300),
)
def test_what_is_signed_is_accepted(secret: bytes, whose: str, name: str, body: bytes) -> None:
    key = key_of(secret, whose)
    verify(shown(key), sent(key, body, message_id=name), now_s=NOW_S)


def test_the_example_of_the_specification() -> None:
    """Its secret, message and signature, as the reference libraries test themselves."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed(
        key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at_s=1_614_265_330, body=b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@settings(max_examples=20)
@given(st.integers(0, 3), st.data())
def test_whatever_is_changed_is_refused(part: int, data: st.DataObject) -> None:
    key = key_of(b"s" * 32, "e1")
    told = sent(key, b'{"type":"request.created"}')
    if part == 0:
        place = data.draw(st.integers(0, len(told.body) - 1))
        body = bytearray(told.body)
        body[place] ^= data.draw(st.integers(1, 255))
        told = replace(told, body=bytes(body))
    else:
        name = ("webhook-id", "webhook-timestamp", "webhook-signature")[part - 1]
        changed = {"webhook-id": "msg_2", "webhook-timestamp": str(NOW_S + 1)}
        headers = told.headers | {name: changed.get(name, "v1,AAAA")}
        told = replace(told, headers=headers)
    with pytest.raises(ValueError, match="forged"):
        verify(shown(key), told, now_s=NOW_S)


def test_an_old_one_is_refused() -> None:
    key = key_of(b"s" * 32, "e1")
    with pytest.raises(ValueError, match="old"):
        verify(shown(key), sent(key, b"{}"), now_s=NOW_S + 301)


def test_each_endpoint_has_a_key_of_its_own_that_stays() -> None:
    keys = {key_of(secret, whose) for secret in (b"a" * 32, b"b" * 32) for whose in ("e1", "e2")}
    assert len(keys) == 4
    assert key_of(b"a" * 32, "e1") in keys
    assert all(len(key) == 32 for key in keys)
    assert shown(b"\xff" * 32).startswith("whsec_")
