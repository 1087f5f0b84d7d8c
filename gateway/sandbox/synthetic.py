"""Films that do not exist, drawn from their id alone: any id, any time, no table.

Ids run from 100,001 to 1,000,000. A fixed permutation gives each id its rank, so that
a chart can walk from rank to id and a film knows its popularity from its id.
"""

from typing import Final

from gateway.sandbox.film import Film, draw, image_path

FIRST_ID: Final = 100_001
LAST_ID: Final = 1_000_000
SPAN: Final = LAST_ID - FIRST_ID + 1
_STEP: Final = 544_861  # coprime to SPAN
_UNSTEP: Final = pow(_STEP, -1, SPAN)
ADULT_FROM_RANK: Final = SPAN - 1_000  # beyond every chart

# English and German, head and tail of a title: "Harbor of Silence", "Hafen der Stille".
_HEADS_TEXT: Final = (
    "Harbor/Hafen Garden/Garten House/Haus Mirror/Spiegel Bridge/Brücke Winter/Winter "
    "Island/Insel Song/Lied Light/Licht Shadow/Schatten River/Fluss Letter/Brief Road/Straße "
    "Tower/Turm Voyage/Reise Clock/Uhr Forest/Wald Museum/Museum Station/Bahnhof Map/Karte "
    "Theatre/Theater Orchard/Obstgarten Valley/Tal Engine/Maschine Signal/Signal Gate/Tor "
    "Market/Markt Archive/Archiv Lantern/Laterne Compass/Kompass Desert/Wüste Colony/Kolonie"
)
_TAILS_TEXT: Final = (
    "Silence/der Stille|Tomorrow/von morgen|Glass/aus Glas|Strangers/der Fremden|"
    "the North/des Nordens|Salt/aus Salz|Echoes/der Echos|the Dead/der Toten|"
    "Seven Winds/der sieben Winde|Memory/der Erinnerung|Ashes/aus Asche|"
    "the Astronomer/des Astronomen|No Return/ohne Wiederkehr|Paper/aus Papier|"
    "Last Summers/der letzten Sommer|the Machine/der Maschine|Wolves/der Wölfe|"
    "Thunder/des Donners|the Clockmaker/des Uhrmachers|Small Hours/der frühen Stunden"
)
_FIRST_TEXT: Final = (
    "Ada Bruno Clara Dario Elif Farid Greta Hugo Ines Jonas Kira Liam Mara Nils Olga Pavel "
    "Quinn Rosa Samir Thea Ugo Vera Wanda Xenia Yara Zeno"
)
_LAST_TEXT: Final = (
    "Abel Brandt Costa Dahl Eriksen Fontaine Grau Hollis Ivanov Jansen Keller Lindqvist Moreau "
    "Novak Okafor Petrov Quist Rossi Santos Tanaka Ueda Varga Weiss Yilmaz Zorn Ähren Öztürk"
)
_HEADS: Final = tuple(pair.split("/") for pair in _HEADS_TEXT.split())
_TAILS: Final = tuple(pair.split("/") for pair in _TAILS_TEXT.split("|"))
_FIRST: Final = _FIRST_TEXT.split()
_LAST: Final = _LAST_TEXT.split()
_LANGUAGES: Final = ("en", "en", "en", "en", "en", "fr", "de", "ja", "es", "ko")
_GENRES: Final = (28, 12, 16, 35, 80, 99, 18, 10751, 14, 36, 27, 10402, 9648, 10749, 878, 53, 10752)
_CERTIFICATIONS: Final = ("", "", "G", "PG", "PG-13", "PG-13", "R", "NR")


def id_at(rank: int) -> int:
    """Id of the synthetic film at a rank, 0 to `SPAN` - 1."""
    return FIRST_ID + rank * _STEP % SPAN


def rank_of(tmdb_id: int) -> int:
    """Inverse of `id_at`."""
    return (tmdb_id - FIRST_ID) * _UNSTEP % SPAN


def synthetic_film(tmdb_id: int, *, ranks_before: int) -> Film:
    """The film with this id.

    Args:
        tmdb_id: `FIRST_ID` to `LAST_ID`.
        ranks_before: How many real films stand before all synthetic ones.
    """
    seed = draw("film", tmdb_id)
    title, german = _titles(seed)
    rank = rank_of(tmdb_id)
    language = _LANGUAGES[(seed >> 20) % len(_LANGUAGES)]
    return Film(
        tmdb_id=tmdb_id,
        imdb_id=None if seed % 23 == 0 else f"tt9{tmdb_id:07d}",
        title=title,
        original_title=title if language == "en" else f"{german} ({language})",
        original_language=language,
        release_date=_date(seed),
        runtime_min=0 if seed % 29 == 0 else 62 + (seed >> 12) % 118,
        genre_ids=_genres(seed),
        vote_average=0.0 if seed % 31 == 0 else round(2 + (seed >> 9) % 5_000 / 1_000, 3),
        vote_count=0 if seed % 31 == 0 else 1 + (seed >> 7) % 1_800,
        popularity=round(4 * (1 - rank / SPAN), 4),
        director=_person(seed, 9),
        cast=tuple(dict.fromkeys(_person(seed, place) for place in range(5))),
        rank=ranks_before + rank,
        tagline="" if seed % 2 else f"Nobody leaves the {title.partition(' ')[0].lower()}.",
        trailer_keys=(),
        certification=_CERTIFICATIONS[(seed >> 5) % len(_CERTIFICATIONS)],
        title_de=german if seed % 3 == 0 else "",
        budget=0 if seed % 2 else (seed >> 6) % 90_000_000,
        revenue=0 if seed % 5 else (seed >> 8) % 250_000_000,
        poster_path=None if seed % 11 == 0 else image_path("p", tmdb_id),
        backdrop_path=None if seed % 7 == 0 else image_path("b", tmdb_id),
        adult=rank >= ADULT_FROM_RANK,
        synthetic=True,
    )


def _titles(seed: int) -> tuple[str, str]:
    head = _HEADS[(seed >> 33) % len(_HEADS)]
    tail = _TAILS[(seed >> 40) % len(_TAILS)]
    return f"{head[0]} of {tail[0]}", f"{head[1]} {tail[1]}"


def _date(seed: int) -> str:
    if seed % 37 == 0:
        return ""
    return f"{1960 + (seed >> 16) % 65}-{1 + (seed >> 24) % 12:02d}-{1 + (seed >> 28) % 28:02d}"


def _genres(seed: int) -> tuple[int, ...]:
    if seed % 41 == 0:
        return ()
    picked = (_GENRES[(seed >> shift) % len(_GENRES)] for shift in (14, 26, 38)[: 1 + seed % 3])
    return tuple(dict.fromkeys(picked))


def _person(seed: int, place: int) -> str:
    mixed = seed * (2 * place + 3) & 0xFFFFFFFFFFFF
    return f"{_FIRST[(mixed >> 11) % len(_FIRST)]} {_LAST[(mixed >> 23) % len(_LAST)]}"
