"""Good tokens of every kind: who their bearers are, and how little they cost the issuer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.domain.role import Role
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.identity.bearers import KNOWN_S, MOST_KNOWN
from gateway.edge.identity.issuer import FRESH_S, OUTAGE_S, RENEW_S
from gateway.transport.port import HttpAnswer
from tests.identity.issuing import (
    AUDIENCE,
    ED,
    JWKS_URL,
    NAME,
    NEXT_RSA,
    NOW_S,
    OTHER_RSA,
    P256,
    P384,
    P521,
    RSA,
    House,
    house,
    public,
    signed,
)

SIGNERS: dict[str, tuple[Any, str]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), (RSA, "rsa")),
    "ES256": (P256, "p256"),
    "ES384": (P384, "p384"),
    "ES512": (P521, "p521"),
    "EdDSA": (ED, "ed"),
}


@pytest.mark.parametrize("algorithm", SIGNERS)
async def test_every_good_signature_is_taken(algorithm: str) -> None:
    key, kid = SIGNERS[algorithm]
    found = await house().bearers.viewer(signed(key, algorithm, {"kid": kid, "typ": "at+jwt"}))
    assert (found.display_name, found.role, found.seerr_user_id) == ("Ann Example", Role.MANAGER, 7)


async def test_an_id_is_one_person_s_for_ever_and_tells_nothing() -> None:
    one, again = house(), house()
    ann = await one.bearers.viewer(signed())
    assert ann.id == (await again.bearers.viewer(signed(name="Ann Other", iat=None))).id
    assert ann.id.startswith("oidc:")
    assert len(ann.id) == 37
    assert "f81d4fae" not in ann.id
    assert ann.id != (await one.bearers.viewer(signed(sub="f81d4faf"))).id


@pytest.mark.parametrize(
    ("pairs", "held", "role"),
    [
        (("staff=manager",), ["staff"], Role.MANAGER),
        (("staff=manager", "boss=admin"), ["boss", "staff"], Role.ADMIN),
        (("staff=manager", "*=requester"), ["others"], Role.REQUESTER),
        (("staff=manager", "*=requester"), ["staff"], Role.MANAGER),
        (("staff=manager",), "other staff", Role.MANAGER),
        (("a=b=admin",), ["a=b"], Role.ADMIN),
        (("staff=manager",), ["Staff", "staff2", 7, None, ["staff"]], Role.VIEWER),
        (("staff=manager",), {"staff": True}, Role.VIEWER),
        (("staff=manager",), None, Role.VIEWER),
        ((), ["requester", "offline_access"], Role.REQUESTER),
        ((), ["admin"], Role.ADMIN),
    ],
)
async def test_roles_are_what_the_operator_says(
    pairs: tuple[str, ...], held: object, role: Role
) -> None:
    token = signed(realm_access={"roles": held})
    assert (await house(roles=pairs).bearers.viewer(token)).role is role


@pytest.mark.parametrize(
    ("claimed", "seerr_user_id"),
    [(7, 7), ("12", 12), (0, None), (-1, None), ("", None), (True, None), ("1 OR 1", None),
     (1.5, None), (2**40, None), ("٣", None), (None, None)],
)  # fmt: skip
async def test_a_seerr_user_is_a_number(claimed: object, seerr_user_id: int | None) -> None:
    assert (await house().bearers.viewer(signed(seerr=claimed))).seerr_user_id == seerr_user_id


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [("Ann", "Ann"), ("ann@home.example", "ann"), (" A\n\tB\x00 ", "A B"), ("x" * 500, "x" * 100)],
)
async def test_a_name_is_shown_and_an_address_is_not(claimed: str, shown: str) -> None:
    assert (await house().bearers.viewer(signed(name=claimed))).display_name == shown


@pytest.mark.parametrize("claimed", [None, 7, "", "@home.example", ["Ann"]])
async def test_who_has_no_name_gets_one(claimed: object) -> None:
    assert (await house().bearers.viewer(signed(name=claimed))).display_name.startswith("Person ")


async def test_clocks_may_differ_by_a_minute() -> None:
    for changed in ({"exp": NOW_S - 59}, {"nbf": NOW_S + 59}, {"iat": NOW_S + 59}):
        assert await house().bearers.viewer(signed(**changed))  # type: ignore[arg-type] # claims
    assert await house().bearers.viewer(signed(aud=["others", AUDIENCE]))


async def test_a_token_ends_when_it_says_though_it_is_known() -> None:
    found = house()
    token = signed(exp=NOW_S + 30)
    for _ in range(3):
        await found.bearers.viewer(token)
        found.pass_s(29)
    found.pass_s(4)
    with pytest.raises(RefusedError, match="expired"):
        await found.bearers.viewer(token)


async def test_known_tokens_are_few() -> None:
    found = house()
    for number in range(30):
        await found.bearers.viewer(signed(ED, "EdDSA", {"kid": "ed"}, jti=str(number)))
    assert len(found.bearers._known) == 30 <= MOST_KNOWN
    assert len(found.port.calls) == 1


async def test_a_key_that_is_taken_back_ends_its_tokens() -> None:
    found = house()
    await found.bearers.viewer(signed())
    found.port.keys = [public(NEXT_RSA, kid="next")]
    found.pass_s(FRESH_S + 1)
    token = signed(exp=NOW_S + 9999)
    await found.bearers.viewer(token)  # while the new set is on its way
    await settle()
    with pytest.raises(RefusedError):
        await found.bearers.viewer(token)


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def test_a_new_key_is_good_at_once() -> None:
    found = house()
    await found.bearers.viewer(signed())
    found.port.keys.append(public(OTHER_RSA, kid="rotated"))
    found.pass_s(RENEW_S)
    assert await found.bearers.viewer(signed(OTHER_RSA, head={"kid": "rotated"}))
    assert len(found.port.calls) == 2


async def test_unknown_keys_are_asked_for_twice_a_minute() -> None:
    found = house()
    for number in range(600):
        with pytest.raises(RefusedError):
            await found.bearers.viewer(signed(ED, "EdDSA", {"kid": f"guess {number}"}))
        found.pass_s(0.1)
    assert len(found.port.calls) <= 1 + 60 / RENEW_S


async def test_many_tokens_at_once_ask_once() -> None:
    found = house()
    tokens = [signed(ED, "EdDSA", {"kid": "ed"}, jti=str(number)) for number in range(50)]
    assert all(await asyncio.gather(*map(found.bearers.viewer, tokens)))
    assert found.port.calls == [JWKS_URL]


async def test_keys_are_renewed_beside() -> None:
    found = house()
    for _ in range(10):
        found.pass_s(FRESH_S + 1)
        await found.bearers.viewer(signed(exp=found.time["now"] + 9))
        await settle()
    assert len(found.port.calls) == 10


async def test_an_outage_of_a_day_is_nobody_s_matter() -> None:
    found = house()
    await found.bearers.viewer(signed())
    found.port.away = True
    for _ in range(23):
        found.pass_s(3600)
        assert await found.bearers.viewer(signed(exp=found.time["now"] + KNOWN_S))
        await settle()
    found.pass_s(OUTAGE_S / 10)
    with pytest.raises(RefusedError) as caught:
        await found.bearers.viewer(signed(exp=found.time["now"] + KNOWN_S))
    assert caught.value.code is RefusalCode.IDENTITY_UNAVAILABLE
    found.port.away = False
    found.pass_s(10)
    assert await found.bearers.viewer(signed(exp=found.time["now"] + KNOWN_S))


async def test_an_issuer_that_never_answered_is_not_pestered() -> None:
    found = house()
    found.port.away = True
    for _ in range(100):
        with pytest.raises(RefusedError) as caught:
            await found.bearers.viewer(signed())
        assert caught.value.code is RefusalCode.IDENTITY_UNAVAILABLE
        found.pass_s(0.1)
    assert len(found.port.calls) <= 3


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"keys": {}}', b'{"keys": 7}', b'{"keys":[],"keys":[]}',
     b"x" * 300_000],
)  # fmt: skip
async def test_rubbish_does_not_take_the_keys_away(body: bytes) -> None:
    found = house()
    await found.bearers.viewer(signed())
    found.port.answers[JWKS_URL] = HttpAnswer(status=200, headers={}, body=body)
    found.pass_s(FRESH_S + 1)
    for _ in range(3):
        assert await found.bearers.viewer(signed(exp=found.time["now"] + 9))
        await settle()
    assert len(found.port.calls) == 2


async def test_where_the_keys_are_is_found_by_itself() -> None:
    found = house(jwks_url=None)
    assert await found.bearers.viewer(signed())
    assert found.port.calls == [f"{NAME}/.well-known/openid-configuration", JWKS_URL]
    found.pass_s(FRESH_S + 1)
    await found.bearers.viewer(signed(exp=found.time["now"] + 9))
    await settle()
    assert found.port.calls[2:] == [JWKS_URL]


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example", "jwks_uri": JWKS_URL},
        {"issuer": NAME},
        {"issuer": NAME, "jwks_uri": 7},
        {"issuer": NAME, "jwks_uri": JWKS_URL.replace("https", "http")},
        {"issuer": NAME, "jwks_uri": "file:///etc/keys"},
        {"issuer": NAME, "jwks_uri": "https://user@login.example/keys"},
        {"issuer": NAME, "jwks_uri": "https://[login.example/keys"},
        {},
    ],
)
async def test_another_s_document_is_not_believed(document: dict[str, Any]) -> None:
    found = house(jwks_url=None)
    found.port.discovery = document
    with pytest.raises(RefusedError) as caught:
        await found.bearers.viewer(signed())
    assert caught.value.code is RefusalCode.IDENTITY_UNAVAILABLE
    assert len(found.port.calls) == 1


async def test_closing_closes_the_connections() -> None:
    found: House = house()
    await found.bearers.aclose()
    assert found.port.is_closed
