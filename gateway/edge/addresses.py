"""Who sends a request: the peer, or whoever a proxy that is trusted says it is."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

from starlette.types import Scope

from gateway.edge.graphql.fields import Fields

Address: TypeAlias = IPv4Address | IPv6Address

MOST_HOPS: Final = 10
_SITE_BITS: Final = 64
"""Of an IPv6 address: one subscriber has all that differ in the rest."""


class Addresses:
    """Reads the client's address.

    Args:
        trusted: Networks of the proxies whose ``X-Forwarded-For`` is believed.
    """

    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._trusted = tuple(ip_network(each, strict=False) for each in trusted)

    def key(self, scope: Scope, fields: Fields) -> str:
        """What tells the client from others; the peer's name where it has no address.

        Each proxy adds whom it was asked by at the end: what a client itself wrote stands before
        that and is never reached.
        """
        client = scope.get("client")
        name = client[0] if client else ""
        if not self._trusted:
            return _key(name)
        found = _read(name)
        hops = fields.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        for hop in reversed(hops[-MOST_HOPS:]):
            if found is None or not self._trusts(found):
                break
            before = _read(hop.strip())
            if before is None:
                break
            found = before
        return name if found is None else _site(found)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _key(name: str) -> str:
    """IPv4, which most are, needs no reading."""
    if ":" not in name:
        return name
    found = _read(name)
    return name if found is None else _site(found)


def _read(text: str) -> Address | None:
    """An address, with a port or without; IPv4 in IPv6's clothes is IPv4."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _site(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return f"{ip_network((int(address), _SITE_BITS), strict=False).network_address}/{_SITE_BITS}"
