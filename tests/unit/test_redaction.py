"""No URL that is shown holds a secret."""

from __future__ import annotations

import pytest

from gateway.cli.redaction import redacted


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("off", "off"),
        ("redis://cache:6379/0", "redis://cache:6379/0"),
        ("redis://app:hunter2@cache:6379/0?password=hunter2", "redis://***@cache:6379/0"),
        ("redis+cluster://:hunter2@a:7000,[::1]:7001", "redis+cluster://***@a:7000,[::1]:7001"),
        (
            "rediss+sentinel://a,[::1]/main/3?sentinel_password=x",
            "rediss+sentinel://a,[::1]/main/3",
        ),
        ("redis://:hun/ter2@cache", "redis://***@cache"),
        ("redis://:hun?ter2@cache", "redis://***"),
        ("redis://cache?password=hun@ter2", "redis://***"),
        ("unix:///run/valkey.sock?db=1", "unix:///run/valkey.sock"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert redacted(url) == shown
