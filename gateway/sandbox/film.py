"""What the sandbox knows of a film, and the pure facts drawn from it."""

import hashlib
from dataclasses import dataclass
from typing import Final

_BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One film, real or synthetic.

    Attributes:
        title: English title.
        title_de: German title; ``""`` when there is no German translation at all.
        release_date: ISO date; ``""`` when undated.
        runtime_min: 0 when unknown.
        trailer_keys: Known YouTube keys, best first; more videos are generated.
        collection: Id and name.
        certification: American; ``""`` when there is none.
        rank: Place in the order of popularity, from 0.
    """

    tmdb_id: int
    imdb_id: str | None
    title: str
    original_title: str
    original_language: str
    release_date: str
    runtime_min: int
    genre_ids: tuple[int, ...]
    vote_average: float
    vote_count: int
    popularity: float
    director: str
    cast: tuple[str, ...]
    rank: int
    tagline: str = ""
    trailer_keys: tuple[str, ...] = ()
    collection: tuple[int, str] | None = None
    certification: str = ""
    title_de: str = ""
    budget: int = 0
    revenue: int = 0
    poster_path: str | None = None
    backdrop_path: str | None = None
    adult: bool = False
    video: bool = False
    synthetic: bool = False

    @property
    def year(self) -> int | None:
        """Year of the first release."""
        return int(self.release_date[:4]) if self.release_date else None


def draw(*parts: object) -> int:
    """The same 64-bit number for the same parts, in every process and for ever."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def base36(number: int, width: int) -> str:
    """Fixed-width base 36, lower case."""
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits.append(_BASE36[digit])
    return "".join(reversed(digits))


def image_path(kind: str, tmdb_id: int, variant: int = 0) -> str:
    """Path below a size; carries kind (``p``, ``b``) and id, so that a picture can be drawn.

    The real ones are 27 random letters and digits; these have the same length.
    """
    text = f"{kind}{tmdb_id}/{variant}".encode()
    tail = hashlib.blake2b(text, digest_size=10).hexdigest()
    return f"/{kind}{base36(tmdb_id, 6)}{tail}.jpg"


def film_id_of_image(name: str) -> int | None:
    """Inverse of `image_path`; ``None`` for other names."""
    stem = name.removeprefix("/").partition(".")[0]
    if len(stem) != 27 or stem[0] not in "pb":
        return None
    try:
        return int(stem[1:7], 36)
    except ValueError:
        return None
