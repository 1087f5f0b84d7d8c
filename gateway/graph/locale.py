"""Which language and region an answer is for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.errors import BadUserInputError

_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:-([A-Za-z]{2}))?")
_REGION = re.compile(r"[A-Za-z]{2}")
_WEIGHT = re.compile(r"[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_LONGEST_HEADER = 500
_MOST_KNOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """``language`` as ISO 639-1 with an optional region (``de-DE``), ``region`` as ISO 3166-1."""

    language: str
    region: str

    @property
    def bare_language(self) -> str:
        """The language without its region: ``de`` of ``de-DE``."""
        return self.language.partition("-")[0]

    def with_arguments(self, *, language: str | None = None, region: str | None = None) -> Locale:
        """Replace what a field's arguments ask for.

        Raises:
            BadUserInputError: Not a language or a region.
        """
        if language is None and region is None:
            return self
        return Locale(
            language=self.language if language is None else language_tag(language),
            region=self.region if region is None else region_code(region),
        )


def language_tag(text: str) -> str:
    """Check and normalise an ISO 639-1 language with an optional region."""
    found = _LANGUAGE.fullmatch(text)
    if found is None:
        raise BadUserInputError('A language is written as "de" or "de-DE".', argument="language")
    bare, region = found.groups()
    return bare.lower() + (f"-{region.upper()}" if region else "")


def region_code(text: str) -> str:
    """Check and normalise an ISO 3166-1 region."""
    if _REGION.fullmatch(text) is None or not text.isascii():
        raise BadUserInputError('A region is two letters such as "DE".', argument="region")
    return text.upper()


def negotiate(accept_language: str | None, default: Locale) -> Locale:
    """Read ``Accept-Language`` (RFC 9110, 12.5.4); what makes no sense is passed over."""
    best: tuple[float, str] | None = None
    for item in (accept_language or "")[:_LONGEST_HEADER].split(","):
        tag, _, parameter = item.strip().partition(";")
        weight = _weight(parameter)
        if _LANGUAGE.fullmatch(tag) and weight > 0 and (best is None or weight > best[0]):
            best = (weight, language_tag(tag))
    if best is None:
        return default
    _, _, region = best[1].partition("-")
    return Locale(language=best[1], region=region or default.region)


class Locales:
    """Reads the header of requests, most of which repeat each other.

    Args:
        default: For requests that name no language.
    """

    def __init__(self, default: Locale) -> None:
        self._default = default
        self._known: dict[bytes, Locale] = {}

    def of(self, accept_language: bytes | None) -> Locale:
        """The locale that a header asks for."""
        if accept_language is None:
            return self._default
        known = self._known.get(accept_language)
        if known is None:
            known = negotiate(accept_language.decode("latin-1"), self._default)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            if len(accept_language) <= _LONGEST_HEADER:
                self._known[accept_language] = known
        return known


def _weight(parameter: str) -> float:
    found = _WEIGHT.fullmatch(parameter.strip())
    if found is None:
        return 0.0 if parameter.strip() else 1.0
    return float(found[1])
