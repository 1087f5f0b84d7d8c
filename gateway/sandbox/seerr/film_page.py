"""A movie's own page in Seerr's spelling."""

from gateway.sandbox.seerr.film_wire import Json, number
from gateway.sandbox.seerr.films import Film, FilmVideo


def film_page(film: Film, media_info: Json | None) -> Json:
    """A movie's own page; ``mediaInfo`` is left out when nobody ever asked for it."""
    return _page_start(film) | _page_middle(film) | _page_end(film, media_info)


def _page_start(film: Film) -> Json:
    company = {"id": 1, "name": "Example Pictures", "originCountry": "US", "logoPath": None}
    return {
        "id": film.tmdb_id,
        "adult": film.adult,
        "budget": film.budget_usd,
        "genres": [{"id": genre_id, "name": name} for genre_id, name in film.genres],
        "relatedVideos": [_video(video) for video in film.videos],
        "originalLanguage": film.original_language,
        "originalTitle": film.original_title or film.title,
        "popularity": number(film.popularity),
        "productionCompanies": [company],
        "productionCountries": [{"iso_3166_1": "US", "name": "United States of America"}],
    }


def _page_middle(film: Film) -> Json:
    return {
        "releaseDate": film.release_date,
        "releases": {"results": [_release(film)]},
        "revenue": film.revenue_usd,
        "spokenLanguages": [{"english_name": "English", "iso_639_1": "en", "name": "English"}],
        "status": "Released",
        "title": film.title,
        "video": False,
        "voteAverage": number(film.vote_average),
        "voteCount": film.vote_count,
        "backdropPath": film.backdrop_path,
        "homepage": film.homepage,
        "imdbId": film.imdb_id,
        "overview": film.overview,
        "posterPath": film.poster_path,
        "runtime": film.runtime_min,
        "tagline": film.tagline,
        "credits": {"cast": [_actor(film)], "crew": [_director(film)]},
    }


def _page_end(film: Film, media_info: Json | None) -> Json:
    end: Json = {}
    if film.collection:
        collection_id, name = film.collection
        end["collection"] = {
            "id": collection_id,
            "name": name,
            "posterPath": None,
            "backdropPath": None,
        }
    end["externalIds"] = {
        "facebookId": None,
        "imdbId": film.imdb_id,
        "instagramId": None,
        "twitterId": None,
    }
    if media_info is not None:
        end["mediaInfo"] = media_info
    end["watchProviders"] = [_providers(country) for country in film.streaming_in]
    end["keywords"] = [{"id": 1, "name": "archive"}]
    end["onUserWatchlist"] = False
    return end


def _video(video: FilmVideo) -> Json:
    wire: Json = {
        "site": video.site,
        "key": video.key,
        "name": video.name,
        "size": video.size,
        "type": video.type,
    }
    if video.site == "YouTube":
        wire["url"] = f"https://www.youtube.com/watch?v={video.key}"
    return wire


def _release(film: Film) -> Json:
    dated = film.release_date or "2020-01-01"
    release: Json = {
        "certification": "PG",
        "descriptors": [],
        "iso_639_1": "",
        "note": "",
        "release_date": f"{dated}T00:00:00.000Z",
        "type": 3,
    }
    return {"iso_3166_1": "US", "release_dates": [release]}


def _actor(film: Film) -> Json:
    person = film.tmdb_id % 7
    return {
        "castId": 1,
        "character": "Keeper",
        "creditId": f"c{film.tmdb_id}",
        "id": 100 + person,
        "name": f"Person {person}",
        "order": 0,
        "gender": 1,
        "profilePath": None,
    }


def _director(film: Film) -> Json:
    person = film.tmdb_id % 7
    return {
        "creditId": f"d{film.tmdb_id}",
        "department": "Directing",
        "id": 200 + person,
        "job": "Director",
        "name": f"Director {person}",
        "gender": 2,
        "profilePath": None,
    }


def _providers(country: str) -> Json:
    stream: Json = {"displayPriority": 1, "logoPath": "/l.jpg", "id": 8, "name": "Example Stream"}
    return {
        "iso_3166_1": country,
        "link": "https://example.test/watch",
        "buy": [],
        "flatrate": [stream],
    }
