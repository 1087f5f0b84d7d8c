"""Durations, counts, restrictions and stills, as YouTube spells them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.trailer import Video
from gateway.upstreams.youtube.mapping import to_count, to_duration_s, to_video
from gateway.upstreams.youtube.wire import YouTubeVideo


def _video(**parts: object) -> Video:
    return to_video(YouTubeVideo.model_validate_json(json.dumps({"id": "k", **parts})))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT2M56S", 176),
        ("PT21M7S", 1267),
        ("PT1H", 3600),
        ("P1DT2H3M4S", 93_784),
        ("P1D", 86_400),
        ("P0D", 0),
        ("PT0S", 0),
        ("P2W", 1_209_600),
        ("PT1.9S", 1),
        ("PT90M", 5400),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("P1Y", None),
        ("P1M", None),
        ("PT1S1M", None),
        ("1:30", None),
        ("PT٣S", None),
        ("P999999999W", None),
        ("", None),
        (None, None),
    ],
)
def test_durations(text: str | None, seconds: int | None) -> None:
    assert to_duration_s(text) == seconds


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 9999))
def test_durations_add_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    text = f"P{days}DT{hours}H{minutes}M{seconds}S"
    assert to_duration_s(text) == ((days * 24 + hours) * 60 + minutes) * 60 + seconds


@given(st.text())
def test_any_text_is_a_duration_or_none(text: str) -> None:
    found = to_duration_s(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("text", "count"),
    [("8087", 8087), ("0", 0), (None, None), ("9007199254740991", 2**53 - 1), ("1" * 20, None)],
)
def test_counts_are_strings(text: str | None, count: int | None) -> None:
    assert to_count(text) == count


@pytest.mark.parametrize("count", [8087, "8,087", "٣", "-1", "1e3", "", None, True])
def test_a_count_that_is_no_string_of_digits_is_unknown(count: object) -> None:
    assert _video(statistics={"viewCount": count, "likeCount": "3"}).view_count is None


def test_a_video_without_parts_is_playable_and_tells_nothing() -> None:
    assert _video() == Video(key="k")


@pytest.mark.parametrize(
    ("status", "playable"),
    [
        ({"privacyStatus": "public", "uploadStatus": "processed"}, True),
        ({"privacyStatus": "unlisted", "uploadStatus": "processed"}, True),
        ({"privacyStatus": "private", "uploadStatus": "processed"}, False),
        ({"privacyStatus": "public", "uploadStatus": "uploaded"}, False),
        ({"privacyStatus": "public", "uploadStatus": "rejected"}, False),
        ({"privacyStatus": "new word"}, True),
        ({}, True),
    ],
)
def test_playable_is_public_and_processed(status: dict[str, str], *, playable: bool) -> None:
    assert _video(status=status).playable is playable


@pytest.mark.parametrize(
    ("details", "in_de", "in_us", "in_fr"),
    [
        ({}, True, True, True),
        ({"regionRestriction": {"blocked": ["DE"]}}, False, True, True),
        ({"regionRestriction": {"allowed": ["DE"]}}, True, False, False),
        ({"regionRestriction": {"allowed": []}}, False, False, False),
        ({"regionRestriction": {"blocked": []}}, True, True, True),
        ({"countryRestriction": {"allowed": True, "exception": ["DE"]}}, False, True, True),
        ({"countryRestriction": {"allowed": False, "exception": ["DE"]}}, True, False, False),
        ({"countryRestriction": {"allowed": False}}, False, False, False),
        (
            {
                "regionRestriction": {"allowed": ["DE", "US"]},
                "countryRestriction": {"allowed": False, "exception": ["DE", "FR"]},
            },
            True,
            False,
            False,
        ),
        (
            {
                "regionRestriction": {"blocked": ["DE"]},
                "countryRestriction": {"allowed": True, "exception": ["US"]},
            },
            False,
            False,
            True,
        ),
        ({"regionRestriction": {"blocked": "DE"}}, True, True, True),
    ],
)
def test_both_kinds_of_restriction(
    details: dict[str, object], *, in_de: bool, in_us: bool, in_fr: bool
) -> None:
    video = _video(contentDetails=details)
    assert [video.playable_in(region) for region in ("DE", "US", "FR")] == [in_de, in_us, in_fr]


def test_age_restriction() -> None:
    rated = {"contentRating": {"ytRating": "ytAgeRestricted", "mpaaRating": "mpaaR"}}
    assert _video(contentDetails=rated).age_restricted
    assert not _video(contentDetails={"contentRating": {}}).age_restricted


def test_stills_small_to_large_with_web_addresses_only() -> None:
    still = {"url": "https://i.example/1.jpg", "width": 120, "height": 0}
    video = _video(
        snippet={
            "title": "A &amp; B",
            "thumbnails": {
                "maxres": {**still, "width": "x"},
                "default": still,
                "high": {**still, "url": "javascript:alert(1)"},
                "medium": None,
                "gigantic": still,
            },
        }
    )
    assert [size for size, _ in video.thumbnails] == ["default", "maxres"]
    assert (video.thumbnails[0][1].width, video.thumbnails[0][1].height) == (120, None)
    assert video.thumbnails[1][1].width is None
    assert video.title == "A &amp; B"  # videos.list sends titles as they are
