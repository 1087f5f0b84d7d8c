"""The videos of a film, and what becomes of their keys on YouTube.

A generated key is 11 characters: ``m``, the slot, the film's id in base 36 and a check, so that
the YouTube side can tell a key that exists from one that does not without a table.
"""

from dataclasses import dataclass
from typing import Final

from gateway.sandbox.film import Film, base36, draw

_TYPES: Final = ("Trailer", "Teaser", "Clip", "Featurette", "Behind the Scenes", "Bloopers")
_KEPT_KEYS: Final = frozenset({"vKQi3bBA1y8", "BdJKm16Co6M", "YoHD9XEInc0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One video as TMDB lists it; `published_at` in ISO 8601 with milliseconds."""

    key: str
    name: str
    kind: str
    language: str
    country: str
    site: str
    size: int
    official: bool
    published_at: str


def videos_of(film: Film) -> list[Video]:
    """All videos in all languages, newest first as TMDB sends them."""
    seed = draw("videos", film.tmdb_id)
    known = [_video(film, slot, key) for slot, key in enumerate(film.trailer_keys)]
    wanted = seed % 4 if film.synthetic else max(1, 3 - len(known)) + seed % 2
    slots = range(len(known), len(known) + wanted)
    known += [_video(film, slot, generated_key(film.tmdb_id, slot)) for slot in slots]
    if film.title_de:
        known.append(_video(film, 8, generated_key(film.tmdb_id, 8), language="de"))
    return sorted(known, key=lambda video: video.published_at, reverse=True)


def generated_key(tmdb_id: int, slot: int) -> str:
    """Key of a made-up video, slot 0 to 35."""
    head = f"m{base36(slot, 1)}{base36(tmdb_id, 5)}"
    return head + base36(draw("key", head), 4)


def film_id_of_key(key: str) -> int | None:
    """Which film a generated key belongs to; ``None`` when no such key was made."""
    if len(key) != 11 or key[0] != "m" or key[7:] != base36(draw("key", key[:7]), 4):
        return None
    return int(key[2:7], 36)


def is_gone(key: str) -> bool:
    """A deterministic 6 % of all keys are private or removed."""
    return key not in _KEPT_KEYS and draw("gone", key) % 17 == 0


def _video(film: Film, slot: int, key: str, language: str = "en") -> Video:
    seed = draw("video", key)
    kind = "Trailer" if slot in {0, 8} or key in film.trailer_keys else _TYPES[seed % 6]
    vimeo = slot in range(1, 8) and key not in film.trailer_keys and seed % 19 == 0
    label = f"{film.title_de} - Trailer" if language == "de" else f"Official {kind}"
    return Video(
        key=str(20_000_000 + seed % 900_000_000) if vimeo else key,
        name=label if slot in {0, 8} else f"{film.title} | {kind} {slot + 1}",
        kind=kind,
        language=language,
        country="DE" if language == "de" else "US",
        site="Vimeo" if vimeo else "YouTube",
        size=(360, 480, 720, 1080, 1080, 2160)[seed % 6],
        official=seed % 5 != 0,
        published_at=_published(film, slot, seed),
    )


def _published(film: Film, slot: int, seed: int) -> str:
    year = max(2007, (film.year or 2012) - slot % 2)
    clock = f"{seed % 24:02d}:{seed % 60:02d}:00.000Z"
    return f"{year}-{1 + seed % 12:02d}-{1 + seed % 28:02d}T{clock}"
