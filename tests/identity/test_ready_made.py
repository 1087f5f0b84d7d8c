"""Keys to try things out with: the sandbox's alone, for a browser beside it alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.requests import Request

from gateway.cli.banner import banner
from gateway.cli.configuration import configure
from gateway.cli.serve import _with_keys
from gateway.domain.role import Role
from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.identity.keys import is_whole
from gateway.edge.identity.ready_made import ready_made
from gateway.sandbox.seerr.demo_people import USERS
from gateway.sandbox.seerr.states import Permission, holds_all
from gateway.web.offered import is_at_home
from tests.graph.stage import staged

SECRET = "a secret of this data dir, long enough"  # noqa: S105 - a test's own
HOME = {"host": "127.0.0.1:8000", "sec-fetch-site": "none", "sec-fetch-mode": "navigate"}
PAGE = {"accept": "text/html"}


def test_they_are_the_same_for_a_folder_and_no_other_s() -> None:
    made, again, other = (ready_made(each) for each in (b"one", b"one", b"other"))
    assert [each.key for each in made] == [each.key for each in again]
    assert len({each.key for each in (*made, *other)}) == 4
    assert all(is_whole(each.key) for each in made)
    assert [each.viewer.role for each in made] == [Role.REQUESTER, Role.MANAGER]
    assert "mq_" not in repr(made)


def test_their_people_are_the_sandbox_s() -> None:
    needed = {Role.REQUESTER: Permission.REQUEST, Role.MANAGER: Permission.MANAGE_REQUESTS}
    users = {each.id: each for each in USERS}
    for each in ready_made(b"one"):
        assert each.viewer.seerr_user_id is not None
        user = users[each.viewer.seerr_user_id]
        assert user.username == each.viewer.display_name
        assert holds_all(user.permissions, needed[each.viewer.role])


async def test_they_are_good_where_the_settings_say_so_and_nowhere_else() -> None:
    for switch in ("true", "false"):
        environ = {"GATEWAY_SECRET": SECRET.replace(" ", "-"), "GATEWAY_READY_MADE_KEYS": switch}
        async with staged(environ) as stage:
            for each in ready_made(environ["GATEWAY_SECRET"].encode()):
                sent = {b"authorization": f"Bearer {each.key}".encode()}
                if switch == "true":
                    assert await stage.gateway.identity.of(sent) == each.viewer
                else:
                    with pytest.raises(RefusedError):
                        await stage.gateway.identity.of(sent)


def forget_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `serve` sets is gone again after the test."""
    monkeypatch.setenv("GATEWAY_READY_MADE_KEYS", "")
    monkeypatch.delenv("GATEWAY_READY_MADE_KEYS")


@pytest.mark.parametrize(
    ("environ", "has_keys"),
    [
        ({}, True),
        ({"TMDB_BASE_URL": "sandbox"}, True),
        ({"TMDB_BASE_URL": "sandbox", "SEERR_BASE_URL": "sandbox"}, True),
        ({"TMDB_TOKEN": "t"}, False),
        ({"TMDB_BASE_URL": "sandbox", "OMDB_API_KEY": "t"}, False),
        ({"TMDB_BASE_URL": "off"}, False),
        ({"GATEWAY_READY_MADE_KEYS": "false"}, False),
    ],
)
def test_serve_shows_them_where_nothing_real_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str], has_keys: bool
) -> None:
    forget_switch(monkeypatch)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = configure({**environ, "GATEWAY_DATA_DIR": str(tmp_path)})
    shown = _with_keys(found)
    assert bool(shown) is has_keys
    assert shown == _with_keys(found)
    text = banner(found, "http://127.0.0.1:8000", None, "off", workers=1, keys=shown)
    assert text.count("mq_") == 2 * has_keys


def test_a_folder_of_no_use_costs_the_keys_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_switch(monkeypatch)
    (tmp_path / "file").write_text("")
    assert _with_keys(configure({"GATEWAY_DATA_DIR": str(tmp_path / "file")})) == ()
    assert "no keys to try things out with" in capsys.readouterr().err


def visit(client: tuple[str, int] | None = ("127.0.0.1", 5000), **changed: str | None) -> Request:
    sent = {**HOME, **{name.replace("_", "-"): value for name, value in changed.items()}}
    lines = [(name.encode(), value.encode()) for name, value in sent.items() if value is not None]
    return Request({"type": "http", "headers": lines, "client": client})


@pytest.mark.parametrize(
    "request_",
    [
        visit(),
        visit(host="localhost"),
        visit(host="LOCALHOST:80"),
        visit(host="[::1]:8000", client=("::1", 5000)),
        visit(sec_fetch_site=None),
        visit(sec_fetch_site="same-origin"),
    ],
)
def test_a_browser_beside_the_gateway_is_at_home(request_: Request) -> None:
    assert is_at_home(request_)


@pytest.mark.parametrize(
    "request_",
    [
        visit(client=("10.0.0.7", 5000)),
        visit(client=None),
        visit(client=("testclient", 5000)),
        visit(host="evil.example"),
        visit(host="127.0.0.1.evil.example"),
        visit(host="localhost.evil.example"),
        visit(host=None),
        visit(origin="https://evil.example"),
        visit(origin="null"),
        visit(sec_fetch_site="cross-site"),
        visit(sec_fetch_site="same-site"),
        visit(x_forwarded_for="127.0.0.1"),
        visit(forwarded="for=127.0.0.1"),
        visit(x_real_ip="127.0.0.1"),
        visit(via="1.1 proxy"),
    ],
)
def test_nobody_else_is(request_: Request) -> None:
    assert not is_at_home(request_)


async def test_the_page_has_them_at_home_only() -> None:
    secret = SECRET.replace(" ", "-")
    async with staged({"GATEWAY_SECRET": secret, "GATEWAY_READY_MADE_KEYS": "true"}) as stage:
        away = await stage.http.get("/graphql", headers=PAGE)
        assert "mq_" not in away.text
        assert away.headers["cache-control"] == "no-cache"
        home = await stage.http.get("/graphql", headers={**PAGE, "host": "127.0.0.1:8000"})
        assert home.headers["cache-control"] == "no-store"
        told = re.search(r'<div id="graphiql" data-keys="([^"]*)">', home.text)
        if told is None:
            pytest.skip("GraphiQL was not built with this install")
        keys = json.loads(html.unescape(told[1]))
        assert keys == [
            {"name": each.viewer.display_name, "role": each.viewer.role.value, "key": each.key}
            for each in ready_made(secret.encode())
        ]
    async with staged({"GATEWAY_SECRET": secret}) as stage:
        home = await stage.http.get("/graphql", headers={**PAGE, "host": "127.0.0.1:8000"})
        assert "mq_" not in home.text
        assert "data-keys" not in home.text


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    found = configure({"GATEWAY_DATA_DIR": str(tmp_path)}).gateway
    assert SECRET not in repr(found.model_copy(update={"secret": SecretStr(SECRET)}))
