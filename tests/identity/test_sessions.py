"""Cookies of people who have signed in: what they open, for whom, and until when."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.identity import sessions
from gateway.edge.identity.own_pages import is_own
from gateway.edge.identity.ready_made import ready_made
from gateway.edge.identity.sessions import KEY_S, PERSON_S, PLAIN, SECURE, Session
from tests.graph.stage import Stage, staged

SECRET = b"a-secret-of-this-test-long-enough!"
KEY = Session(digest=b"d" * 32)
PERSON = Session(person=Viewer(id="oidc:1", display_name="Zoë", role=Role.MANAGER, seerr_user_id=7))
VIEWER = {"query": "{ viewer { displayName } }"}


@pytest.mark.parametrize(("session", "lasts_s"), [(KEY, KEY_S), (PERSON, PERSON_S)])
def test_what_is_written_is_read_until_it_ends(session: Session, lasts_s: int) -> None:
    value = sessions.written(SECRET, SECURE, session, now_s=1000)
    assert sessions.read(SECRET, SECURE, value, now_s=1000) == session
    assert sessions.read(SECRET, SECURE, value, now_s=999 + lasts_s) == session
    assert sessions.read(SECRET, SECURE, value, now_s=1000 + lasts_s) is None


def test_no_two_are_equal() -> None:
    assert len({sessions.written(SECRET, PLAIN, KEY, now_s=1000) for _ in range(9)}) == 9


def test_every_bit_is_signed() -> None:
    value = sessions.written(SECRET, PLAIN, KEY, now_s=1000)
    content = base64.urlsafe_b64decode(value + "==")
    for place in range(len(content)):
        forged = bytearray(content)
        forged[place] ^= 1
        sent = base64.urlsafe_b64encode(forged).decode().rstrip("=")
        assert sessions.read(SECRET, PLAIN, sent, now_s=1000) is None


@pytest.mark.parametrize("value", ["", "=", "é", "a" * 5000, "....", "AAAA", "mq_1"])
def test_nonsense_is_nobody_s(value: str) -> None:
    assert sessions.read(SECRET, PLAIN, value, now_s=0) is None


def test_it_is_good_under_its_own_name_and_secret_alone() -> None:
    value = sessions.written(SECRET, PLAIN, KEY, now_s=1000)
    assert sessions.read(SECRET, SECURE, value, now_s=1000) is None
    assert sessions.read(b"other", PLAIN, value, now_s=1000) is None


def test_a_session_of_nobody_is_never_written() -> None:
    with pytest.raises(ValueError, match="nobody"):
        sessions.written(SECRET, PLAIN, Session(), now_s=0)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"", None),
        (b"other=1; marquees=2", None),
        (b"a=b; marquee=x", (PLAIN, "x")),
        (b"marquee=x; __Host-marquee=y", (SECURE, "y")),
        (b"marquee=first; marquee=second", (PLAIN, "first")),
        (b"marquee", None),
    ],
)
def test_ours_is_found_among_others(header: bytes, expected: tuple[str, str] | None) -> None:
    assert sessions.cookie(header) == expected


HOST = {"host": "movies.example"}
OWN: list[Mapping[str, str]] = [
    {},  # no browser
    {"origin": "https://movies.example"},
    {"origin": "http://MOVIES.example:80"},
    {"sec-fetch-site": "same-origin", "origin": "https://behind-a-proxy.example"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},  # a link
]
FOREIGN: list[Mapping[str, str]] = [
    {"origin": "https://evil.example"},
    {"origin": "https://movies.example.evil.example"},
    {"origin": "https://movies.example:444"},
    {"origin": "null"},
    {"origin": "file://movies.example"},
    {"origin": "https://movies.example:x"},
    {"sec-fetch-site": "cross-site", "origin": "https://movies.example"},
    {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "origin": "null"},  # a form
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "websocket"},
]


@pytest.mark.parametrize(
    ("sent", "expected"), [(each, True) for each in OWN] + [(each, False) for each in FOREIGN]
)
def test_only_our_own_pages_count(sent: Mapping[str, str], *, expected: bool) -> None:
    fields = {name.encode(): value.encode() for name, value in {**HOST, **sent}.items()}
    assert is_own(fields) is expected


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    environ = {
        "GATEWAY_SECRET": SECRET.decode(),
        "GATEWAY_READY_MADE_KEYS": "true",
        "GATEWAY_DATA_DIR": str(tmp_path),
    }
    async with staged(environ) as found:
        yield found


async def signed_in(stage: Stage) -> str:
    session = await stage.gateway.identity.session(ready_made(SECRET)[1].key)
    now_s = stage.gateway.identity.now()
    return f"{PLAIN}={sessions.written(SECRET, PLAIN, session, now_s=now_s)}"


async def asked(stage: Stage, **headers: str) -> object:
    answer = await stage.http.post("/graphql", json=VIEWER, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["viewer"]


async def test_a_session_opens_what_its_key_does(stage: Stage) -> None:
    sent = await signed_in(stage)
    assert "mq_" not in sent
    assert await asked(stage) is None
    assert await asked(stage, cookie=sent) == {"displayName": "Mina Manager"}
    assert await asked(stage) is None
    assert await asked(stage, cookie=sent, origin="https://evil.example") is None
    assert await asked(stage, cookie=sent[:-3]) is None


async def test_a_key_sent_beside_it_counts_for_more(stage: Stage) -> None:
    sent, ruth = await signed_in(stage), f"Bearer {ready_made(SECRET)[0].key}"
    assert await asked(stage, cookie=sent, authorization=ruth) == {"displayName": "Ruth"}


async def test_nobody_signs_in_with_a_bad_key(stage: Stage) -> None:
    for bad in ("", "mq_cut", "é", "a.b.c"):
        with pytest.raises(RefusedError):
            await stage.gateway.identity.session(bad)
