"""What a single setting may hold; each check says in one clause what would be right."""

from __future__ import annotations

import re
from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

_REDIS = re.compile(
    r"((redis|valkey)s?(\+(sentinel|cluster))?://[^/?#\s]|(unix|(redis|valkey)\+unix)://.*/)[!-~]*"
)
_REDIS_FORMS = (
    "should be a redis://, rediss:// or unix:// URL, one of redis+sentinel://host,host/name or "
    "redis+cluster://host,host, or the word off"
)
_POSTGRES = re.compile(r"postgres(ql)?://[!-~]+")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_PRINTABLE = re.compile(r"[!-~]+")
_TOKEN = re.compile(r"[!-~]{16,}")
_SHORTEST_SECRET = 32
_ROLES = frozenset({"viewer", "requester", "manager", "admin"})
_COUNTRY = re.compile(r"[A-Z]{2}")
_NAME = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_HOST = re.compile(rf"\*|(?:\*\.)?{_NAME}|\[[0-9A-Fa-f:.]+\]")
_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_USUAL_PORT = re.compile(r"http:.*[^:]:80|https:.*[^:]:443")  # which browsers leave out


def check_upstream_url(text: str) -> str:
    """Accept ``sandbox``, ``off`` or a plain http(s) URL, given back without its last slash."""
    if text.lower() in {"sandbox", "off"}:
        return text.lower()
    if not _PRINTABLE.fullmatch(text):
        raise ValueError("should be a URL of ASCII without blanks")
    url = _split(text)
    if url is None or url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError("should be an http(s) URL, or the word sandbox or off")
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("should be a URL without user, query or fragment")
    return text.rstrip("/")


def check_redis_url(text: str) -> str:
    """Accept ``off`` or an address of Redis; the cache reads it, so only its form is judged."""
    if text.lower() == "off":
        return "off"
    if not _REDIS.fullmatch(text):
        raise ValueError(_REDIS_FORMS)
    return text


def check_language(text: str) -> str:
    """Accept a language as the graph's own arguments do."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("should be a language of two letters, with or without a country")
    return text


def check_role_names(words: tuple[str, ...]) -> tuple[str, ...]:
    """Accept names of roles, or the word ``nobody``."""
    if words == ("nobody",):
        return ()
    if not _ROLES.issuperset(words):
        raise ValueError("should be roles with commas between, or the word nobody")
    return words


def check_country(text: str) -> str:
    """Accept an ISO 3166-1 country."""
    if not _COUNTRY.fullmatch(text):
        raise ValueError("should be a country of two capital letters")
    return text


def check_database_url(secret: SecretStr) -> SecretStr:
    """Accept an address of PostgreSQL; the driver reads it, so only its form is judged."""
    if not _POSTGRES.fullmatch(secret.get_secret_value()):
        raise ValueError("should be a postgresql:// URL")
    return secret


def check_secret(secret: SecretStr) -> SecretStr:
    """Accept a key that a header can carry; what was pasted with a line break is told at once."""
    if not _PRINTABLE.fullmatch(secret.get_secret_value()):
        raise ValueError("should be printable ASCII without blanks or line breaks")
    return secret


def check_token(secret: SecretStr) -> SecretStr:
    """Accept a token that nobody guesses and that a header can carry."""
    text = secret.get_secret_value()
    if not _TOKEN.fullmatch(text):
        raise ValueError("should be 16 characters or more, without blanks, all of them ASCII")
    return secret


def check_server_secret(secret: SecretStr) -> SecretStr:
    """Accept a secret that nobody guesses, however often they try."""
    if len(secret.get_secret_value()) < _SHORTEST_SECRET:
        raise ValueError(f"should be {_SHORTEST_SECRET} characters or more, drawn by lot")
    return secret


def check_issuer(text: str) -> str:
    """Accept an issuer's name, or an address of its, letter by letter as it was given."""
    url = _split(text) if _PRINTABLE.fullmatch(text) else None
    if url is None or url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError("should be an https URL")
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("should be a URL without user, query or fragment")
    return text


def check_roles(pairs: tuple[str, ...]) -> tuple[str, ...]:
    """Accept ``value=role``; only the last sign of equality counts."""
    for each in pairs:
        value, _, role = each.rpartition("=")
        if not value or role not in _ROLES:
            raise ValueError("should be value=role, a role being viewer, requester, manager, admin")
    return pairs


def check_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Accept what a Host header can match: a name, an address, ``*.`` and a name, or ``*``."""
    if not all(map(_HOST.fullmatch, hosts)):
        raise ValueError("should be hosts without scheme, port or path, *. at most in front")
    return hosts


def check_networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    """Accept addresses and networks."""
    for each in networks:
        try:
            ip_network(each, strict=False)
        except ValueError as exc:
            raise ValueError("should be addresses or networks such as 10.0.0.0/8") from exc
    return networks


def check_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Accept what a browser's Origin header can match, letter by letter."""
    for origin in origins:
        if not _ORIGIN.fullmatch(origin) or _USUAL_PORT.fullmatch(origin):
            raise ValueError(
                "should be origins as browsers send them: scheme://host in small letters, without "
                "path, last slash or usual port"
            )
    return origins


def split_commas(value: object) -> object:
    """Turn ``a, b`` into a tuple; anything but text is left for pydantic to judge."""
    if not isinstance(value, str):
        return value
    return tuple(part for part in map(str.strip, value.split(",")) if part)


def _split(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text)
        _ = url.port  # raises on a port that is no number
    except ValueError:
        return None
    return url
