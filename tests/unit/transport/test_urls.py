"""Every client sends exactly the bytes that were meant."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transport import urls

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PARAMS = st.dictionaries(TEXT, TEXT | st.integers(), max_size=6)


@given(PARAMS)
def test_a_query_says_what_was_meant_in_the_order_given(params: dict[str, str | int]) -> None:
    text = urls.query_text(params)
    assert re.fullmatch(r"[A-Za-z0-9_.~%=&-]*", text)
    pairs = [pair.split("=") for pair in text.split("&")] if params else []
    assert [(unquote(name), unquote(value)) for name, value in pairs] == [
        (name, str(value)) for name, value in params.items()
    ]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("the matrix", "the%20matrix"),
        ("a+b", "a%2Bb"),
        ("videos,credits", "videos%2Ccredits"),
        ("!'()*:/;@$[]", "%21%27%28%29%2A%3A%2F%3B%40%24%5B%5D"),
        (True, "true"),
        (False, "false"),
        (7.5, "7.5"),
        ("", ""),
    ],
)
def test_reserved_characters_are_encoded(value: urls.Param, sent: str) -> None:
    assert urls.query_text({"q": value}) == f"q={sent}"


def test_none_is_left_out() -> None:
    assert urls.join("http://x/3", "/movie/3", {"language": None}) == "http://x/3/movie/3"
    assert urls.query_text({"a": None, "b": 1}) == "b=1"


@given(TEXT)
def test_a_segment_never_becomes_two(value: str) -> None:
    url = urls.join("http://x", f"/find/{urls.segment(value)}", {})
    found = url.removeprefix("http://x/find/")
    assert unquote(found) == value
    assert not set(found) & set("/?#")


@given(st.text("ab./?#% \n\\é", max_size=12))
def test_a_path_stays_below_the_base_and_never_makes_a_query(path: str) -> None:
    try:
        url = urls.join("http://x/3", f"/{path}", {"a": 1})
    except ValueError:
        assert {".", ".."} & set(path.split("/"))
        return
    assert url.startswith("http://x/3/")
    assert url.endswith("?a=1")
    assert url.count("?") == 1
    assert not set(url) & set("# \n\\é")


@pytest.mark.parametrize("path", ["/movie/../settings", "/movie/..", "/./x"])
def test_a_path_that_climbs_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="climbs"):
        urls.join("http://x/3", path, {})
