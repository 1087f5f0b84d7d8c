"""What the environment becomes, and what one line says when it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.errors import ConfigError
from gateway.settings import GatewaySettings, UpstreamSettings, misspelt, resolve_upstreams


class Films(UpstreamSettings):
    """An upstream that everybody reaches at one address."""

    model_config = SettingsConfigDict(env_prefix="FILMS_")
    default_base_url: ClassVar[str | None] = "https://films.example/3"
    required: ClassVar[tuple[str, ...]] = ("token",)
    sandbox_path: ClassVar[str] = "/films/3"
    sandbox_values: ClassVar[Mapping[str, str]] = {"token": "sandbox-token"}
    token: SecretStr | None = Field(default=None, description="Read token.")

    def headers(self) -> dict[str, str]:
        token = self.token.get_secret_value() if self.token else ""
        return {"Authorization": f"Bearer {token}"}


class Wishes(UpstreamSettings):
    """An upstream that everybody runs at home: no address can be guessed."""

    model_config = SettingsConfigDict(env_prefix="WISHES_")
    required: ClassVar[tuple[str, ...]] = ("api_key",)
    api_key: SecretStr | None = None

    def headers(self) -> dict[str, str]:
        return {}


CLASSES: dict[str, type[UpstreamSettings]] = {"films": Films, "wishes": Wishes}
HOME = "http://wishes:5055/api/v1"


def urls(**environ: str) -> tuple[str, ...]:
    return tuple(each.base_url for each in resolve_upstreams(CLASSES, environ).values())


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ("sandbox", "sandbox")),
        ({"FILMS_TOKEN": " ", "WISHES_BASE_URL": ""}, ("sandbox", "sandbox")),
        ({"FILMS_TIMEOUT_S": "2"}, ("sandbox", "sandbox")),
        ({"FILMS_TOKEN": "t"}, ("https://films.example/3", "off")),
        ({"FILMS_BASE_URL": "off"}, ("off", "off")),
        ({"WISHES_BASE_URL": "Sandbox"}, ("off", "sandbox")),
        ({"WISHES_BASE_URL": HOME + "/", "WISHES_API_KEY": "k"}, ("off", HOME)),
        ({"FILMS_TOKEN": "t", "FILMS_BASE_URL": "sandbox"}, ("sandbox", "off")),
        ({"FILMS_TOKEN": "t", "FILMS_BASE_URL": "http://x:1/3"}, ("http://x:1/3", "off")),
    ],
)
def test_each_upstream_is_real_played_or_off(
    environ: dict[str, str], expected: tuple[str, str]
) -> None:
    assert urls(**environ) == expected


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"FILMS_BASE_URL": "https://films.example/3"},
            (
                "FILMS_TOKEN: needed because FILMS_BASE_URL is set; "
                "or set FILMS_BASE_URL=sandbox or off"
            ),
        ),
        (
            {"WISHES_API_KEY": "k"},
            "WISHES_BASE_URL: needed because WISHES_API_KEY is set; give its URL",
        ),
        (
            {"FILMS_BASE_URL": "films.example"},
            "FILMS_BASE_URL: should be an http(s) URL, or the word sandbox or off",
        ),
        (
            {"FILMS_BASE_URL": "http://me:hunter2@films.example"},
            "FILMS_BASE_URL: should be a URL without user, query or fragment",
        ),
        (
            {"FILMS_TIMEOUT_S": "soon"},
            "FILMS_TIMEOUT_S: should be a valid number; such as FILMS_TIMEOUT_S=4",
        ),
    ],
)
def test_a_wrong_upstream_setting_is_one_line_that_names_it(
    environ: dict[str, str], line: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_upstreams(CLASSES, environ)
    assert str(caught.value) == line


@pytest.mark.parametrize("name", [each.name for each in GatewaySettings.variables()])
@settings(max_examples=10)  # of each variable, and others in each run
@given(value=st.text(alphabet="xyz!%[]{}\n\"':/@", max_size=20).map("xyz{}".format))
def test_any_value_is_taken_or_refused_in_one_line_without_it(name: str, value: str) -> None:
    line = refusal({name: value})
    assert line is None or line.startswith(f"{name}: ")
    assert line is None or ("\n" not in line and value.strip() not in line)


def refusal(environ: dict[str, str]) -> str | None:
    try:
        GatewaySettings.from_environ(environ)
    except ConfigError as exc:
        return str(exc)
    return None


def test_a_secret_is_shown_nowhere() -> None:
    secret = "hunter2"  # noqa: S105 -- it stands for one
    redis = GatewaySettings.from_environ({"GATEWAY_REDIS_URL": f"redis://:{secret}@cache:6379"})
    films = resolve_upstreams(CLASSES, {"FILMS_TOKEN": secret})["films"]
    assert films.headers() == {"Authorization": f"Bearer {secret}"}
    assert secret not in repr(redis) + repr(films)
    with pytest.raises(ConfigError) as caught:
        GatewaySettings.from_environ({"GATEWAY_REDIS_URL": f"http://:{secret}@cache"})
    assert secret not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("secret", ["can\nary", "can ary", "can\x7fary", "canäry", "can\udcff"])
@pytest.mark.parametrize("name", ["FILMS_TOKEN", "WISHES_API_KEY"])
def test_a_key_that_no_header_can_carry_stops_the_start(name: str, secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_upstreams(CLASSES, {name: secret, "WISHES_BASE_URL": "http://x"})
    line = f"{name}: should be printable ASCII without blanks or line breaks"
    assert str(caught.value) == line
    assert "can" not in repr(caught.value.__cause__)


@pytest.mark.parametrize(
    "url", ["http://a b", "http://a\x01b", "http://a\nb", "http://b\u00fccher"]
)
def test_an_address_is_printable(url: str) -> None:
    with pytest.raises(ConfigError, match="FILMS_BASE_URL: should be a URL of ASCII"):
        resolve_upstreams(CLASSES, {"FILMS_TOKEN": "t", "FILMS_BASE_URL": url})


def test_the_process_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_LANGUAGE", "de-DE")
    monkeypatch.setenv("FILMS_TOKEN", "t")
    assert GatewaySettings.from_environ({}).language == "en-US"
    assert urls() == ("sandbox", "sandbox")
    assert Films(base_url="off").token is None


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("redis://localhost:6379/0", True),
        ("rediss://user:word@cache", True),
        ("valkey://cache", True),
        ("unix:///run/valkey.sock", True),
        ("redis+sentinel://a:26379,b:26379/primary/0", True),
        ("redis+cluster://a:6379,b:6379", True),
        ("redis:localhost", False),
        ("redis://", False),
        ("redis+proxy://a", False),
        ("redis://a/\x01", False),
        ("redis://:w\u00f6rd@a", False),
        ("http://cache", False),
        ("localhost:6379", False),
    ],
)
def test_addresses_of_redis(url: str, *, good: bool) -> None:
    assert (refusal({"GATEWAY_REDIS_URL": url}) is None) is good


def test_gateway_settings_are_read() -> None:
    settings = GatewaySettings.from_environ(
        {
            "GATEWAY_CORS_ORIGINS": "https://a.example, https://b.example",
            "GATEWAY_GRAPHIQL": "false",
            "GATEWAY_DEADLINE_S": "2.5",
            "GATEWAY_REDIS_URL": "OFF",
        }
    )
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.graphiql is False
    assert settings.deadline_s == 2.5
    assert settings.redis_url == "off"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "TRUSTED_HOSTS",
            ["*", "example.org", "*.example.org", "Example.org,127.0.0.1", "localhost", "[::1]"],
            ["a*b", "*a", "*.", "a b", "a,b c", "http://a", "a:8000", "a/", "::1", "b\u00fccher"],
        ),
        (
            "CORS_ORIGINS",
            ["*", "https://x.org", "http://localhost:3000,https://y.org", "http://[::1]:3000",
             "tauri://localhost", "http://x.org:443"],
            ["foo", "https://x.org/", "https://x.org/a", "https://X.org", "https://", "null",
             "https://*.x.org", "https://x.org:443", "http://[::1]:80", "https://x org",
             "https://me@x.org", "https://x.org https://y.org"],
        ),
        (
            "LANGUAGE",
            ["de", "de-DE"],
            ["deu", "DE", "de_DE", "de-", "german"],
        ),
    ],
)  # fmt: skip
def test_what_could_never_match_is_refused(name: str, good: list[str], bad: list[str]) -> None:
    variable = f"GATEWAY_{name}"
    assert [value for value in good if refusal({variable: value})] == []
    lines = {value: refusal({variable: value}) for value in bad}
    assert [value for value, line in lines.items() if line is None] == []
    assert all(line and line.startswith(f"{variable}: should be ") for line in lines.values())


def test_a_wrong_address_of_redis_is_told_every_form() -> None:
    line = refusal({"GATEWAY_REDIS_URL": "http://x"})
    for form in (
        "redis://",
        "rediss://",
        "unix://",
        "redis+sentinel://",
        "redis+cluster://",
        "off",
    ):
        assert form in str(line)


def test_names_that_nobody_reads_are_told_when_they_look_misspelt() -> None:
    environ = {
        "FILMS_TOKN": "t",
        "GATEWAY_REDISURL": "redis://x",
        "FILM_TOKEN": "t",
        "FILMS_TOKEN": "t",
        "GATEWAY_PORT": "tcp://10.0.0.1:80",  # Kubernetes sets these for a service of that name
        "PATH": "/bin",
    }
    assert list(misspelt(environ, [GatewaySettings, *CLASSES.values()])) == [
        "FILMS_TOKN: not a setting, ignored; did you mean FILMS_TOKEN?",
        "FILM_TOKEN: not a setting, ignored; did you mean FILMS_TOKEN?",
        "GATEWAY_REDISURL: not a setting, ignored; did you mean GATEWAY_REDIS_URL?",
    ]


def test_a_sandboxed_upstream_is_pointed_at_the_sandbox_with_its_key() -> None:
    settings = resolve_upstreams(CLASSES, {"FILMS_BASE_URL": "sandbox", "FILMS_TOKEN": "real"})
    moved = settings["films"].in_sandbox("http://127.0.0.1:9")
    assert moved == {
        "FILMS_BASE_URL": "http://127.0.0.1:9/films/3",
        "FILMS_TOKEN": "sandbox-token",
    }
    assert resolve_upstreams(CLASSES, moved)["films"].base_url == "http://127.0.0.1:9/films/3"


def test_every_variable_is_described() -> None:
    for cls in (GatewaySettings, Films):
        assert [each.name for each in cls.variables() if not each.description] == []


def test_the_default_address_is_that_of_the_real_upstream() -> None:
    defaults = {each.name: each.default for cls in CLASSES.values() for each in cls.variables()}
    assert defaults["FILMS_BASE_URL"] == "https://films.example/3"
    assert defaults["WISHES_BASE_URL"] == ""
    assert defaults["FILMS_TIMEOUT_S"] == "4.0"
