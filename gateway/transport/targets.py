"""Which addresses somebody else may make us call: none inside, unless that is wanted; pure.

The names of refusals are for whoever set the address; none holds a URL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from gateway.transport.origin import Origin
from gateway.transport.port import MalformedCallError, NotConnectedError
from gateway.transport.written import origin_of, split

Address: TypeAlias = IPv4Address | IPv6Address

LONGEST: Final = 2000
_FIRST_FREE_PORT: Final = 1024
_USUAL_PORTS: Final = frozenset({80, 443})
_LAST_IS_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?").fullmatch
_DOTTED: Final = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})").fullmatch
_NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?").fullmatch

# IANA's registries of special purposes: what is not reached over the internet.
_INSIDE_4: Final = tuple(
    map(
        IPv4Network,
        (
            *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        ),
    )
)
_NOWHERE_4: Final = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "192.0.2.0/24", "192.88.99.0/24", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
_INSIDE_6: Final = tuple(map(IPv6Network, ("::1/128", "fc00::/7", "fe80::/10")))
_OUTSIDE_6: Final = IPv6Network("2000::/3")
_NOWHERE_6: Final = tuple(
    # Tunnels (Teredo, ORCHID, 6to4) lead to addresses of IPv4 that nobody has looked at.
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)
_NAT64: Final = IPv6Network("64:ff9b::/96")


class TargetRefusedError(NotConnectedError):
    """An address that must not be called; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, read once."""

    origin: Origin
    path: str


def target_of(url: str) -> Target:
    """Read a URL that somebody else has chosen.

    Raises:
        TargetRefusedError: It is none that is called, however it resolves.
    """
    if len(url) > LONGEST:
        raise TargetRefusedError(f"a URL of more than {LONGEST} characters")
    if "\\" in url or "#" in url:
        raise TargetRefusedError("not an http(s) URL")
    try:
        parts = urlsplit(url)
        if "@" in parts.netloc:
            raise TargetRefusedError("a URL with a name or password in it")
        asked_port = parts.port
        prefix, path = split(_with_path(url))
        origin = origin_of(prefix)
    except (MalformedCallError, ValueError):  # no cause, for that may hold a key
        raise TargetRefusedError("not an http(s) URL") from None
    _check_host(origin.host)
    if asked_port == 0 or (origin.port not in _USUAL_PORTS and origin.port < _FIRST_FREE_PORT):
        raise TargetRefusedError("a port below 1024 other than 80 and 443")
    return Target(origin, path)


def check_address(text: str, *, private: bool) -> None:
    """Look at an address that a name led to.

    Args:
        text: As the resolver tells it, perhaps with a zone.
        private: Whether loopback, private and link-local addresses will do.

    Raises:
        TargetRefusedError: It must not be called.
    """
    address = _plain(ip_address(text.partition("%")[0]))
    if _is_outside(address):
        return
    if not _is_inside(address):
        raise TargetRefusedError("an address that leads nowhere")
    if not private:
        raise TargetRefusedError("a private address; GATEWAY_WEBHOOK_PRIVATE=on allows it")


def _with_path(url: str) -> str:
    """A query may follow the host at once; the request line needs a path before it."""
    head, mark, query = url.partition("?")
    return f"{head}/{mark}{query}" if mark and head.count("/") == 2 else url  # noqa: PLR2004 - of ://


def _check_host(host: str) -> None:
    """What old resolvers read as an address must be one as everybody writes it."""
    if ":" in host:
        try:
            IPv6Address(host)
        except ValueError:
            raise TargetRefusedError("a host that is no address") from None
    elif _LAST_IS_NUMBER(host):
        if not _DOTTED(host) or max(map(int, host.split("."))) > 255:  # noqa: PLR2004 - a byte
            raise TargetRefusedError("an address that is not written as four numbers")
    elif not _NAME(host) or ".." in host:
        raise TargetRefusedError("a host that is no name; write others than ASCII as xn--")


def _plain(address: Address) -> Address:
    """The address of IPv4 inside, where there is one that the system or a gateway would call."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_outside(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in each for each in (*_INSIDE_4, *_NOWHERE_4))
    return address in _OUTSIDE_6 and not any(address in each for each in _NOWHERE_6)


def _is_inside(address: Address) -> bool:
    nets = _INSIDE_4 if isinstance(address, IPv4Address) else _INSIDE_6
    return any(address in each for each in nets)
