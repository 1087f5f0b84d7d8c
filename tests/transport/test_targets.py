"""Which addresses others may make us call: none inside, however they are written."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transport.targets import TargetRefusedError, check_address, target_of

OUTSIDE = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:8.8.8.8"]
INSIDE = [
    "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.0.1", "::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254",
]  # fmt: skip
NOWHERE = [
    "0.0.0.0",  # noqa: S104 - refused
    "0.1.2.3", "255.255.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "192.0.2.1",
    "198.51.100.1", "203.0.113.1", "192.88.99.1", "::", "ff02::1", "fec0::1", "2001:db8::1",
    "2002:7f00:1::", "2002:0a00:0001::1", "2001:0:1:2:3:4:5:6", "3fff::1", "::7f00:1", "::10.0.0.1",
    "64:ff9b:1::7f00:1", "::ffff:0:127.0.0.1", "::ffff:0.0.0.0", "64:ff9b::", "5f00::1", "100::1",
    "4000::1",
]  # fmt: skip


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_may_be_called(address: str) -> None:
    check_address(address, private=False)
    check_address(address, private=True)


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_may_be_called_where_that_is_wanted(address: str) -> None:
    check_address(address, private=True)
    with pytest.raises(TargetRefusedError, match="GATEWAY_WEBHOOK_PRIVATE"):
        check_address(address, private=False)


@pytest.mark.parametrize("address", NOWHERE)
def test_what_leads_nowhere_is_never_called(address: str) -> None:
    for private in (False, True):
        with pytest.raises(TargetRefusedError, match="nowhere"):
            check_address(address, private=private)


@given(st.ip_addresses())
def test_what_python_knows_to_be_private_is_never_called(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """An oracle that others keep; it knows less of IPv6 than we refuse."""
    if address.is_global and not address.is_multicast:
        return
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if mapped is not None and mapped.is_global:
        return
    with pytest.raises(TargetRefusedError):
        check_address(str(address), private=False)


@given(st.ip_addresses(v=4))
def test_wrapped_in_ipv6_an_address_is_as_good_as_bare(address: ipaddress.IPv4Address) -> None:
    def verdict(text: str) -> str | None:
        try:
            check_address(text, private=False)
        except TargetRefusedError as exc:
            return str(exc)
        return None

    bare = verdict(str(address))
    assert verdict(f"::ffff:{address}") == bare
    behind_nat64 = int(ipaddress.IPv6Address("64:ff9b::")) + int(address)
    assert verdict(str(ipaddress.IPv6Address(behind_nat64))) == bare


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "text"),
    [
        ("https://example.org", "example.org", 443, "/", "example.org"),
        ("https://Example.org/a?b=c", "example.org", 443, "/a?b=c", "Example.org"),
        ("http://example.org:8080/x", "example.org", 8080, "/x", "example.org:8080"),
        ("http://example.org?x=1", "example.org", 80, "/?x=1", "example.org"),
        ("http://1.2.3.4/", "1.2.3.4", 80, "/", "1.2.3.4"),
        ("http://[2606:4700::1]:8443/", "2606:4700::1", 8443, "/", "[2606:4700::1]:8443"),
        ("https://xn--bcher-kva.de/", "xn--bcher-kva.de", 443, "/", "xn--bcher-kva.de"),
        ("https://my_host.example./", "my_host.example.", 443, "/", "my_host.example."),
        ("https://1.2.3.4.example/", "1.2.3.4.example", 443, "/", "1.2.3.4.example"),
    ],
)  # fmt: skip
def test_a_url_is_read_once(url: str, host: str, port: int, path: str, text: str) -> None:
    found = target_of(url)
    assert (found.origin.host, found.origin.port, found.path, found.origin.text) == (
        host, port, path, text,
    )  # fmt: skip


REFUSED = [
    "", "x", "//example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/",
    "http://", "http:///x", "http://:80/", "https://canary@example.org/", "https://a:canary@b.example/",
    "https://example.org@127.0.0.1/", "http://example.org\\@127.0.0.1/", "http://example.org/\\canary",
    "http://example.org/#canary", "http://example.org#canary", "http://example.org/a b",
    "http://example.org/\r\nX: canary", "http://exa\tmple.org/", " http://example.org/",
    "http://bücher.example/", "http://example.org/ü", "http://example%2eorg/", "http://exam!ple.org/",
    "http://a..b/", "http://[::1/", "http://[1.2.3.4]/", "http://example.org:0/", "http://example.org:22/",
    "http://example.org:25/", "http://example.org:65536/", "http://example.org:-1/", "http://example.org:x/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
    "http://127.0.0.1./", "http://0/", "http://0x/", "http://1.2.3.4.5/", "http://256.1.1.1/",
    "http://01.2.3.4/", "http://1.2.3.0x4/", "http://foo.0x4/", "http://foo.7/",
    "http://example.org/" + "a" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_odd_is_refused_before_any_name_is_asked(url: str) -> None:
    with pytest.raises(TargetRefusedError) as raised:
        target_of(url)
    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.sent is False


@given(st.text(alphabet="0123456789abcdefx.", min_size=1, max_size=16))
def test_no_spelling_of_an_address_gets_past_the_check(host: str) -> None:
    """What the C library would read as an address is one for us as well, or refused."""
    try:
        packed = socket.inet_aton(host)
    except OSError:
        return
    try:
        found = target_of(f"http://{host}/")
    except TargetRefusedError:
        return
    assert ipaddress.IPv4Address(found.origin.host).packed == packed
