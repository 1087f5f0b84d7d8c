"""What a single setting may hold; each check says in one clause what would be right."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

_REDIS = re.compile(
    r"((redis|valkey)s?(\+(sentinel|cluster))?://[^/?#\s]|(unix|(redis|valkey)\+unix)://.*/)[!-~]*"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_PRINTABLE = re.compile(r"[!-~]+")
_TOKEN = re.compile(r"[!-~]{16,}")
_COUNTRY = re.compile(r"[A-Z]{2}")


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
        raise ValueError("should be a redis://, rediss:// or unix:// URL, or the word off")
    return text


def check_language(text: str) -> str:
    """Accept a language as TMDB takes it."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("should be a language, with or without a country")
    return text


def check_country(text: str) -> str:
    """Accept an ISO 3166-1 country."""
    if not _COUNTRY.fullmatch(text):
        raise ValueError("should be a country of two capital letters")
    return text


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
