"""What TMDB tells about itself: genres, picture sizes, languages, countries."""

from typing import Final

JsonObject = dict[str, object]

_GENRES: Final[dict[int, tuple[str, str, str]]] = {
    28: ("Action", "Action", "Action"),
    12: ("Adventure", "Abenteuer", "Aventure"),
    16: ("Animation", "Animation", "Animation"),
    35: ("Comedy", "Komödie", "Comédie"),
    80: ("Crime", "Krimi", "Crime"),
    99: ("Documentary", "Dokumentarfilm", "Documentaire"),
    18: ("Drama", "Drama", "Drame"),
    10751: ("Family", "Familie", "Familial"),
    14: ("Fantasy", "Fantasy", "Fantastique"),
    36: ("History", "Historie", "Histoire"),
    27: ("Horror", "Horror", "Horreur"),
    10402: ("Music", "Musik", "Musique"),
    9648: ("Mystery", "Mystery", "Mystère"),
    10749: ("Romance", "Liebesfilm", "Romance"),
    878: ("Science Fiction", "Science Fiction", "Science-Fiction"),
    10770: ("TV Movie", "TV-Film", "Téléfilm"),
    53: ("Thriller", "Thriller", "Thriller"),
    10752: ("War", "Kriegsfilm", "Guerre"),
    37: ("Western", "Western", "Western"),
}
_COLUMNS: Final = {"de": 1, "fr": 2}

LANGUAGES: Final[dict[str, tuple[str, str]]] = {  # English name, own name
    "en": ("English", "English"),
    "de": ("German", "Deutsch"),
    "fr": ("French", "Français"),
    "ja": ("Japanese", "日本語"),
    "ko": ("Korean", "한국어/조선말"),
    "es": ("Spanish", "Español"),
    "it": ("Italian", "Italiano"),
    "pt": ("Portuguese", "Português"),
    "zh": ("Mandarin", "普通话"),
    "cn": ("Cantonese", "广州话 / 廣州話"),
}
COUNTRIES: Final[dict[str, str]] = {
    "US": "United States of America",
    "GB": "United Kingdom",
    "DE": "Germany",
    "FR": "France",
    "JP": "Japan",
    "KR": "South Korea",
    "ES": "Spain",
    "IT": "Italy",
    "BR": "Brazil",
    "CN": "China",
    "HK": "Hong Kong",
}
COUNTRY_OF_LANGUAGE: Final = {
    "en": "US",
    "de": "DE",
    "fr": "FR",
    "ja": "JP",
    "ko": "KR",
    "es": "ES",
    "it": "IT",
    "pt": "BR",
    "zh": "CN",
    "cn": "HK",
}


def genre_name(genre_id: int, language: str) -> str:
    """Localised; English for languages without a list."""
    return _GENRES[genre_id][_COLUMNS.get(language, 0)]


def genre_list(language: str) -> JsonObject:
    """``/genre/movie/list``, in TMDB's own order of English names."""
    return {"genres": [{"id": i, "name": genre_name(i, language)} for i in _GENRES]}


def configuration(origin: str) -> JsonObject:
    """``/configuration`` with pictures served from `origin`."""
    sizes = {
        "backdrop_sizes": "w300 w780 w1280 original",
        "logo_sizes": "w45 w92 w154 w185 w300 w500 original",
        "poster_sizes": "w92 w154 w185 w342 w500 w780 original",
        "profile_sizes": "w45 w185 h632 original",
        "still_sizes": "w92 w185 w300 original",
    }
    keys = "adult air_date budget cast crew genres images overview release_dates runtime title"
    return {
        "change_keys": [*keys.split(), "translations", "videos"],
        "images": {
            "base_url": f"{origin}/images/",
            "secure_base_url": f"{origin}/images/",
            **{name: text.split() for name, text in sizes.items()},
        },
    }
