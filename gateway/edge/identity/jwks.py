"""An issuer's public keys (RFC 7517), each for the algorithms that fit it alone; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.graphql.strict_json import parse_json
from gateway.edge.identity.tokens import Head

MOST: Final = 32
"""Keys of a set that are read; real sets have two or three."""
_RSA: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVES: Final = {
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
    ("OKP", "Ed448"): ("EdDSA",),
}
_PUBLIC: Final = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
"""All that is read of a key: private parts that somebody published stay where they are."""
_RSA_BITS: Final = range(2048, 8193)
"""Fewer can be broken, and more let each token cost what a hundred should."""


@dataclass(frozen=True, slots=True)
class _Key:
    key_id: str | None
    by_algorithm: Mapping[str, PyJWK]


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of an issuer at one time."""

    keys: tuple[_Key, ...]

    def choose(self, head: Head) -> PyJWK | None:
        """The key that a token names, or the only one that it can mean."""
        fitting = [
            (each.key_id, each.by_algorithm[head.algorithm])
            for each in self.keys
            if head.algorithm in each.by_algorithm
        ]
        if head.key_id is None:
            return fitting[0][1] if len(fitting) == 1 else None
        return next((key for key_id, key in fitting if key_id == head.key_id), None)


def read_keys(body: bytes) -> KeySet:
    """Read a key set; keys that we cannot use are left out.

    Raises:
        ValueError: It is no key set.
    """
    try:
        document = parse_json(body)
    except RefusedError as exc:
        raise ValueError("no JSON") from exc
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise TypeError("no key set")
    return KeySet(tuple(_usable(listed[:MOST])))


def _usable(listed: Iterable[object]) -> Iterable[_Key]:
    for each in listed:
        if isinstance(each, dict) and (algorithms := _algorithms(each)):
            key = _key(each, algorithms)
            if key is not None:
                yield key


def _algorithms(data: Mapping[str, Any]) -> tuple[str, ...]:
    """For which signatures it is meant; none of ours, perhaps."""
    operations = data.get("key_ops", ["verify"])
    if data.get("use", "sig") != "sig" or not isinstance(operations, list):
        return ()
    if "verify" not in operations:
        return ()
    kind = data.get("kty")
    fitting = _RSA if kind == "RSA" else _CURVES.get((str(kind), str(data.get("crv"))), ())
    named = data.get("alg")
    return fitting if named is None else tuple(each for each in fitting if each == named)


def _key(data: Mapping[str, Any], algorithms: Iterable[str]) -> _Key | None:
    kind, key_id = data["kty"], data.get("kid")
    public = {"kty": kind, **{name: data.get(name) for name in _PUBLIC[kind]}}
    try:
        found = {each: PyJWK(public, each) for each in algorithms}
    except (PyJWTError, ValueError, TypeError, AttributeError):
        return None
    if kind == "RSA" and any(each.key.key_size not in _RSA_BITS for each in found.values()):
        return None
    return _Key(key_id if isinstance(key_id, str) else None, found)
