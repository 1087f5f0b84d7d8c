"""Accept-Language and arguments."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadUserInputError
from gateway.graph.locale import Locale, Locales, language_tag, negotiate, region_code

DEFAULT = Locale(language="en-US", region="US")


@pytest.mark.parametrize(
    ("header", "language", "region"),
    [
        (None, "en-US", "US"),
        ("", "en-US", "US"),
        ("*", "en-US", "US"),
        ("de", "de", "US"),
        ("de-AT", "de-AT", "AT"),
        ("DE-at", "de-AT", "AT"),
        ("de;q=0.5, fr;q=0.8", "fr", "US"),
        ("de;q=0.8, fr;q=0.8", "de", "US"),  # the first of equals
        ("de ; Q=0.1 , en-GB;q=0.2", "en-GB", "GB"),
        ("de;q=0", "en-US", "US"),
        ("de;q=nan, fr;q=inf, it;q=1_0, es;q=2", "en-US", "US"),
        ("zh-Hans-CN, es-419, fil, ja;q=0.1", "ja", "US"),
        ("x" * 10_000 + ",de", "en-US", "US"),
        (",;,;q=,de;q,fr;level=1,", "en-US", "US"),
        ("de\x00", "en-US", "US"),
    ],
)
def test_the_best_language_that_makes_sense_wins(
    header: str | None, language: str, region: str
) -> None:
    assert negotiate(header, DEFAULT) == Locale(language=language, region=region)


@given(st.text(max_size=200) | st.text(" ,;=q0.19deATfr-*", max_size=60))
def test_any_header_gives_a_language_and_a_region(header: str) -> None:
    found = negotiate(header, DEFAULT)
    assert re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", found.language)
    assert re.fullmatch(r"[A-Z]{2}", found.region)


@given(st.permutations([("de", 0.9), ("fr", 0.5), ("ja", 0.1)]))
def test_order_does_not_matter_where_weights_differ(items: list[tuple[str, float]]) -> None:
    header = ", ".join(f"{tag};q={weight}" for tag, weight in items)
    assert negotiate(header, DEFAULT).language == "de"


def test_arguments_go_before_the_header() -> None:
    found = DEFAULT.with_arguments(language="DE-at", region="ch")
    assert found == Locale(language="de-AT", region="CH")
    assert found.bare_language == "de"
    assert DEFAULT.with_arguments() is DEFAULT


@pytest.mark.parametrize(
    "text", ["", "d", "deu", "de_AT", "de-", "de-AUT", "d1", "\u017ft", " de", "de\n"]
)
def test_what_is_no_language_is_refused(text: str) -> None:
    with pytest.raises(BadUserInputError) as caught:
        language_tag(text)
    assert caught.value.argument == "language"


@pytest.mark.parametrize("text", ["", "D", "DEU", "D1", "\u017ft", "de ", "de\n"])
def test_what_is_no_region_is_refused(text: str) -> None:
    with pytest.raises(BadUserInputError) as caught:
        region_code(text)
    assert caught.value.argument == "region"


def test_a_header_is_read_once_and_a_stream_of_new_ones_is_not_kept() -> None:
    locales = Locales(DEFAULT)
    assert locales.of(None) is DEFAULT
    first = locales.of(b"de-AT,en;q=0.5")
    assert first == Locale(language="de-AT", region="AT")
    assert locales.of(b"de-AT,en;q=0.5") is first
    for at in range(2000):
        locales.of(b"fr;q=0.%d" % at)
    assert len(locales._known) <= 500
    assert locales.of(b"de-AT,en;q=0.5") == first
