"""Tokens that are no good, and keys that are guessed: none of them lets anybody in."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from gateway.domain.role import Role
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.identity.keys import written
from tests.identity.doors import Doors, doors
from tests.identity.issuing import (
    AUDIENCE,
    CLAIMS,
    ED,
    KEYS,
    NAME,
    NOW_S,
    OTHER_RSA,
    P256,
    P384,
    P521,
    RSA,
    SHORT_RSA,
    part,
    public,
    signed,
)

PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
GOOD = signed()


def hs(secret: bytes, algorithm: str = "HS256", head: dict[str, Any] | None = None) -> str:
    """A token that is signed with what everybody knows."""
    text = f"{part({'typ': 'JWT', 'alg': algorithm, 'kid': 'rsa', **(head or {})})}.{part(CLAIMS)}"
    made = hmac.new(secret, text.encode(), {"HS256": "sha256", "HS512": "sha512"}[algorithm])
    return f"{text}.{part(made.digest())}"


def under(head: object, claims: object = CLAIMS, key: RSAPrivateKey = RSA) -> str:
    """A good signature over a head of one's own."""
    text = f"{part(head)}.{part(claims)}"
    return f"{text}.{part(RSAAlgorithm(RSAAlgorithm.SHA256).sign(text.encode(), key))}"


def rest(token: str, place: int, content: str) -> str:
    """Another part in a good token."""
    parts = token.split(".")
    parts[place] = content
    return ".".join(parts)


def flipped(token: str) -> str:
    """One bit of the signature is wrong."""
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


OWN = {"typ": "JWT", "alg": "RS256"}
FORGED: dict[str, str] = {
    "alg none": f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
    "alg none, something signed": f"{part({'alg': 'none'})}.{part(CLAIMS)}.{part(b'x')}",
    "alg None": f"{part({'alg': 'None', 'kid': 'rsa'})}.{part(CLAIMS)}.{part(b'x')}",
    "alg nOnE under a good signature": under({**OWN, "alg": "nOnE", "kid": "rsa"}),
    "no alg": under({"typ": "JWT", "kid": "rsa"}),
    "alg is a list": under({"alg": ["RS256"], "kid": "rsa"}),
    "alg null": under({"alg": None, "kid": "rsa"}),
    "HS256 with the public key's PEM": hs(PEM),
    "HS256 with the public key's DER": hs(DER),
    "HS512 with the public key's PEM": hs(PEM, "HS512"),
    "HS256 with the key as the set has it": hs(json.dumps(KEYS[0]).encode()),
    "HS256 with nothing": hs(b""),
    "HS256 with the key's name": hs(b"rsa"),
    "HS256 and no kid": hs(PEM, head={"kid": None}),
    "an unknown algorithm": under({**OWN, "alg": "RS257", "kid": "rsa"}),
    "ES256K": under({**OWN, "alg": "ES256K", "kid": "p256"}),
    "RSA-OAEP": under({**OWN, "alg": "RSA-OAEP", "kid": "rsa"}),
    "RS256's signature called PS256": under({**OWN, "alg": "PS256", "kid": "rsa"}),
    "RS256's signature called RS512": under({**OWN, "alg": "RS512", "kid": "rsa"}),
    "an RSA key for ES256": under({**OWN, "alg": "ES256", "kid": "rsa"}),
    "an EC key for RS256": under({**OWN, "kid": "p256"}),
    "a P-256 key for ES384": under({**OWN, "alg": "ES384", "kid": "p256"}),
    "another's key": signed(OTHER_RSA),
    "another's key, ES256": signed(P384, "ES384", {"kid": "p256"}),
    "a short key of the set": under({**OWN, "kid": "short"}, key=SHORT_RSA),
    "a key for encryption": signed(OTHER_RSA, head={"kid": "enc"}),
    "a key that may only sign": signed(OTHER_RSA, head={"kid": "ops"}),
    "a key that is for PS256 only": signed(OTHER_RSA, head={"kid": "ps"}),
    "an unknown kid": signed(OTHER_RSA, head={"kid": "none"}),
    "no kid where several keys fit": signed(head={"kid": None}),
    "kid is a path": signed(OTHER_RSA, head={"kid": "../../../dev/null"}),
    "kid is SQL": signed(OTHER_RSA, head={"kid": "x' UNION SELECT 'rsa"}),
    "kid is a number": under({**OWN, "kid": 0}),
    "kid is a list": under({**OWN, "kid": ["rsa"]}),
    "kid is empty": under({**OWN, "kid": ""}),
    "kid is huge": under({**OWN, "kid": "r" * 5000}),
    "jku": signed(OTHER_RSA, head={"jku": "https://evil.example/jwks"}),
    "jku beside a good signature": signed(head={"jku": f"{NAME}/certs"}),
    "jwk": signed(OTHER_RSA, head={"jwk": public(OTHER_RSA), "kid": None}),
    "x5u": signed(OTHER_RSA, head={"x5u": "https://evil.example/x5u"}),
    "x5c": signed(OTHER_RSA, head={"x5c": ["MIIB"]}),
    "crit": signed(head={"crit": ["exp"], "exp": 1}),
    "crit of what nobody knows": under({**OWN, "kid": "rsa", "crit": ["x"], "x": 1}),
    "crit is empty": under({**OWN, "kid": "rsa", "crit": []}),
    "b64": under({**OWN, "kid": "rsa", "b64": False, "crit": ["b64"]}),
    "zip": under({**OWN, "kid": "rsa", "zip": "DEF"}),
    "nested": under({**OWN, "kid": "rsa", "cty": "JWT"}),
    "a logout token": signed(head={"typ": "logout+jwt"}),
    "a proof of possession": signed(head={"typ": "dpop+jwt"}),
    "an encrypted token": ".".join([part({"alg": "RSA-OAEP", "enc": "A256GCM"}), *["x" * 20] * 4]),
    "alg twice": under(b'{"alg":"HS256","alg":"RS256","kid":"rsa"}'),
    "sub twice": under({**OWN, "kid": "rsa"}, json.dumps(CLAIMS).encode()[:-1] + b',"sub":"x"}'),
    "a head that is a list": under([OWN]),
    "a head that is no JSON": under(b"RS256"),
    "claims that are a list": under({**OWN, "kid": "rsa"}, [CLAIMS]),
    "claims that are no JSON": under({**OWN, "kid": "rsa"}, b"sub=x"),
    "claims that are nothing": under({**OWN, "kid": "rsa"}, b"null"),
    "claims that are deep": under({**OWN, "kid": "rsa"}, b"[" * 200 + b"]" * 200),
    "a wrong bit": flipped(GOOD),
    "no signature": rest(GOOD, 2, ""),
    "a short signature": GOOD[:-20],
    "other claims": rest(GOOD, 1, part({**CLAIMS, "sub": "root"})),
    "another head": rest(GOOD, 0, part({**OWN, "kid": "rsa", "x5t": "x"})),
    "padded": GOOD + "==",
    "a blank inside": GOOD.replace(".", ". ", 1),
    "a dot more": f"{GOOD}.",
    "two of them": f"{GOOD},{GOOD}",
    "huge": signed(filler="x" * 9000),
    "an ES256 signature of nulls": rest(
        signed(P256, "ES256", {"kid": "p256"}), 2, part(b"\0" * 64)
    ),
    "an ES512 signature of nulls": rest(
        signed(P521, "ES512", {"kid": "p521"}), 2, part(b"\0" * 132)
    ),
    "an EdDSA signature of nulls": rest(signed(ED, "EdDSA", {"kid": "ed"}), 2, part(b"\0" * 64)),
    "expired": signed(exp=NOW_S - 61),
    "expired long ago": signed(exp=0),
    "no exp": signed(exp=None),
    "exp is text": signed(exp=str(NOW_S + 300)),
    "exp is true": under({**OWN, "kid": "rsa"}, {**CLAIMS, "exp": True}),
    "exp is huge": under({**OWN, "kid": "rsa"}, {**CLAIMS, "exp": 10**30}),
    "exp is infinite": under(
        {**OWN, "kid": "rsa"}, json.dumps({**CLAIMS, "exp": float("inf")}).encode()
    ),
    "exp is below zero": signed(exp=-1),
    "not yet": signed(nbf=NOW_S + 61),
    "nbf is text": under({**OWN, "kid": "rsa"}, {**CLAIMS, "nbf": "now"}),
    "made in the future": signed(iat=NOW_S + 61),
    "another issuer": signed(iss="https://evil.example"),
    "almost the issuer": signed(iss=f"{NAME}/"),
    "no issuer": signed(iss=None),
    "a list of issuers": under({**OWN, "kid": "rsa"}, {**CLAIMS, "iss": [NAME]}),
    "for others": signed(aud="another"),
    "for several others": signed(aud=["another", AUDIENCE + "2"]),
    "for nobody": signed(aud=None),
    "for part of us": signed(aud=AUDIENCE[:-1]),
    "for a mapping": under({**OWN, "kid": "rsa"}, {**CLAIMS, "aud": {AUDIENCE: 1}}),
    "nobody's": signed(sub=None),
    "an empty subject": signed(sub=""),
    "a subject that is a number": under({**OWN, "kid": "rsa"}, {**CLAIMS, "sub": 1}),
    "a huge subject": signed(sub="s" * 256),
}
UNUSABLE = [
    public(SHORT_RSA, kid="short"),
    public(OTHER_RSA, kid="enc", use="enc"),
    public(OTHER_RSA, kid="ops", key_ops=["sign"]),
    public(OTHER_RSA, kid="ps", alg="PS256"),
    {"kty": "oct", "kid": "oct", "k": part(b"s" * 32)},
    {"kty": "RSA", "kid": "broken", "n": "AQ", "e": "AQAB"},
    {"kty": "EC", "kid": "broken", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kty": "OKP", "kid": "broken", "crv": "Ed25519", "x": 7},
    {"kty": ["RSA"], "kid": "broken"},
    {"kid": "broken"},
    "nonsense",
]


@pytest.fixture
def both() -> Doors:
    """A door that takes keys and tokens; the issuer's set has rubbish in it."""
    found = doors()
    found.house.port.keys += UNUSABLE  # type: ignore[arg-type] # on purpose
    return found


async def refused(both: Doors, credential: str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        await both.identity.of({b"authorization": b"Bearer " + credential.encode("latin-1")})
    return caught.value


async def test_the_good_one_is_good(both: Doors) -> None:
    """Or the others prove nothing."""
    found = await both.identity.of({b"authorization": b"Bearer " + GOOD.encode()})
    assert found is not None
    assert (found.role, found.seerr_user_id) == (Role.MANAGER, 7)


async def test_no_forged_token_is_taken(both: Doors) -> None:
    assert len(FORGED) >= 30
    assert len(set(FORGED.values())) == len(FORGED)
    for name, token in FORGED.items():
        error = await refused(both, token)
        assert error.code is RefusalCode.UNAUTHENTICATED, name
        assert error.headers["WWW-Authenticate"].startswith("Bearer "), name
        assert ("expired" in error.message) == name.startswith("expired"), name
        assert token[:40] not in str(error.body) + str(error.headers), name


def _chopped(key: str) -> str:
    return key[:-1]


GUESSES: dict[str, Callable[[str], str]] = {
    "another key": lambda _: written(b"\1" * 32),
    "a key of nulls": lambda _: written(bytes(32)),
    "cut": _chopped,
    "longer": lambda key: f"{key}0",
    "swapped case": str.swapcase,
    "in capitals": str.upper,
    "without its prefix": lambda key: key[3:],
    "another prefix": lambda key: f"mk_{key[3:]}",
    "prefix alone": lambda _: "mq_",
    "its digest": lambda key: hashlib.sha256(key.encode()).hexdigest(),
    "twice": lambda key: f"{key} {key}",
    "listed": lambda key: f"{key}, {key}",
    "quoted": lambda key: f'"{key}"',
    "a line break": lambda key: f"{key}\n",
    "a tab before": lambda key: f"\t{key}",
    "letters of others": lambda key: f"{key[:-1]}\xb2",
    "nothing": lambda _: "",
    "a blank": lambda _: " ",
    "the id": lambda _: "key:one",
    "a wild card": lambda _: "mq_%",
}


async def test_no_guessed_key_is_taken(both: Doors) -> None:
    assert await both.identity.of({b"authorization": f"Bearer {both.key}".encode()})
    for name, guess in GUESSES.items():
        error = await refused(both, guess(both.key))
        assert error.code is RefusalCode.UNAUTHENTICATED, name
        assert both.key not in str(error.body), name


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"Bearer", b"Basic dXNlcjpwYXNz", b"Basic %s", b"%s", b"bearer:%s", b"Token %s",
        b"Digest %s", b"Bearer Bearer %s", b"\xff", b"Bearer %s, Bearer %s", b"Bearer\t%s",
        b"B\xc3\xa9arer %s",
    ],
)  # fmt: skip
async def test_other_kinds_of_credentials_are_refused(both: Doors, sent: bytes) -> None:
    for good in (both.key.encode(), GOOD.encode()):
        with pytest.raises(RefusedError) as caught:
            await both.identity.of({b"authorization": sent.replace(b"%s", good)})
        assert caught.value.code is RefusalCode.UNAUTHENTICATED


async def test_nobody_says_who_they_are(both: Doors) -> None:
    assert await both.identity.of({b"cookie": b"authorization=Bearer x"}) is None


async def test_the_scheme_s_letters_may_be_large_or_small(both: Doors) -> None:
    for scheme in (b"bearer", b"BEARER", b"Bearer  "):
        assert await both.identity.of({b"authorization": scheme + b" " + both.key.encode()})


async def test_without_an_issuer_no_token_is_taken(both: Doors) -> None:
    alone = doors(with_issuer=False)
    assert (await refused(alone, GOOD)).code is RefusalCode.UNAUTHENTICATED
    assert await alone.identity.of({b"authorization": f"Bearer {alone.key}".encode()})


async def test_guesses_reach_no_database(both: Doors) -> None:
    """Neither those whose checksum is wrong, nor, but for a few, those where it is right."""
    await both.identity.of({b"authorization": f"Bearer {both.key}".encode()})
    asked = both.keys.asked
    for _ in range(200):
        await refused(both, both.key[:-1] + "!")
        await refused(both, written(bytes(31) + b"\1"))
    assert both.keys.asked - asked <= 10
