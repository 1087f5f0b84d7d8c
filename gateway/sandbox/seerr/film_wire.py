"""Search hits in Seerr's own spelling."""

from gateway.sandbox.seerr.films import Collection, Film, Hit, Person, Series

Json = dict[str, object]


def number(value: float) -> float | int:
    """A number as JavaScript prints it: without a needless fraction."""
    return int(value) if float(value).is_integer() else value


def film_hit(film: Film) -> Json:
    """A movie in a list."""
    return {
        "id": film.tmdb_id,
        "mediaType": "movie",
        "adult": film.adult,
        "genreIds": [genre_id for genre_id, _ in film.genres],
        "originalLanguage": film.original_language,
        "originalTitle": film.original_title or film.title,
        "overview": film.overview,
        "popularity": number(film.popularity),
        "releaseDate": film.release_date,
        "title": film.title,
        "video": False,
        "voteAverage": number(film.vote_average),
        "voteCount": film.vote_count,
        "backdropPath": film.backdrop_path,
        "posterPath": film.poster_path,
    }


def hit(found: Hit) -> Json:
    """Anything that a search may find."""
    match found:
        case Film():
            return film_hit(found)
        case Series():
            return _series(found)
        case Person():
            return _person(found)
        case Collection():
            return _collection(found)


def _series(series: Series) -> Json:
    return {
        "id": series.tmdb_id,
        "firstAirDate": series.first_air_date,
        "genreIds": [18],
        "mediaType": "tv",
        "name": series.name,
        "originCountry": ["US"],
        "originalLanguage": "en",
        "originalName": series.name,
        "overview": "",
        "popularity": 1,
        "voteAverage": 1,
        "voteCount": 1,
        "backdropPath": None,
        "posterPath": None,
    }


def _person(person: Person) -> Json:
    return {
        "id": person.tmdb_id,
        "name": person.name,
        "popularity": 1,
        "adult": False,
        "mediaType": "person",
        "profilePath": None,
        "knownFor": [film_hit(film) for film in person.known_for],
    }


def _collection(collection: Collection) -> Json:
    return {
        "id": collection.tmdb_id,
        "mediaType": "collection",
        "adult": False,
        "originalLanguage": "en",
        "originalTitle": collection.title,
        "title": collection.title,
        "overview": "",
        "backdropPath": None,
        "posterPath": None,
    }
