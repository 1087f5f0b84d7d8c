"""Who counts as the client, behind proxies that are trusted and before those that are not."""

from __future__ import annotations

import pytest

from gateway.edge.addresses import Addresses

PROXIES = ("10.0.0.0/8", "2001:db8:1::/48")


def key(peer: str | None, forwarded: str | None = None, trusted: tuple[str, ...] = PROXIES) -> str:
    scope = {"type": "http", "client": None if peer is None else (peer, 50_000)}
    fields = {} if forwarded is None else {b"x-forwarded-for": forwarded.encode()}
    return Addresses(trusted).key(scope, fields)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # not from a proxy: nobody believes it
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # what it wrote itself
        ("10.0.0.1", "198.51.100.7, 10.1.1.1", "198.51.100.7"),
        ("10.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2"),
        ("10.0.0.1", "198.51.100.7, nonsense, 10.1.1.1", "10.1.1.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8:2::7]:4711", "2001:db8:2::/64"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1::5", "2001:db8:2:3:4:5:6:7", "2001:db8:2:3::/64"),
        ("2001:db8:2:3:4:5:6:7", None, "2001:db8:2:3::/64"),
        (None, "198.51.100.7", ""),
        ("10.0.0.1", ", ".join(["198.51.100.7"] + ["10.1.1.1"] * 50), "10.1.1.1"),
    ],
)
def test_only_what_a_trusted_hop_added_is_believed(
    peer: str | None, forwarded: str | None, expected: str
) -> None:
    assert key(peer, forwarded) == expected


def test_without_trusted_proxies_the_peer_counts() -> None:
    assert key("10.0.0.1", "198.51.100.7", ()) == "10.0.0.1"
    assert key("2001:db8:2:3:4:5:6:7", None, ()) == "2001:db8:2:3::/64"
    assert key("testclient", None, ()) == "testclient"
