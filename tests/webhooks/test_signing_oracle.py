"""Signatures that the published library accepts."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from gateway.webhooks.signing import key_of, shown, signed

standardwebhooks = pytest.importorskip("standardwebhooks")

BODIES = ["{}", '{"type": "request.created"}', json.dumps({"reason": "ünd \u2028 \U0001f3ac"})]


@pytest.mark.parametrize("text", BODIES)
def test_the_published_library_accepts_it(text: str) -> None:
    key, body = key_of(b"s" * 32, "e1"), text.encode()
    headers = dict(signed(key, "0f" * 16, at_s=int(time.time()), body=body))
    assert standardwebhooks.Webhook(shown(key)).verify(text, headers) == json.loads(text)
    other = standardwebhooks.Webhook(shown(key_of(b"s" * 32, "e2")))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        other.verify(text, headers)


def test_the_published_library_signs_the_same() -> None:
    key = key_of(b"s" * 32, "e1")
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    theirs = standardwebhooks.Webhook(shown(key)).sign("msg_1", now, "{}")
    assert (
        signed(key, "msg_1", at_s=int(now.timestamp()), body=b"{}")["webhook-signature"] == theirs
    )
