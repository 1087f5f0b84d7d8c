"""Seerr's special searches: by id, or narrowed to a year."""

import re

from gateway.sandbox.seerr.films import Film, HitPage, page_of
from gateway.sandbox.seerr.tmdb import TmdbError, TmdbLine

_BY_ID = re.compile(r"tmdb:(\d{1,9})")
_WITH_YEAR = re.compile(r"(?:year|y):(\d{4})")


async def find(tmdb: TmdbLine, query: str, page: int) -> HitPage:
    """Search as Seerr does: ``tmdb:603`` finds one movie, ``year:1999`` keeps one year.

    Raises:
        TmdbError: TMDB gave no usable answer.
    """
    by_id = _BY_ID.fullmatch(query)
    if by_id:
        return await _by_id(tmdb, int(by_id[1]))
    year = _WITH_YEAR.search(query)
    words = _WITH_YEAR.sub("", query).strip() if year else query
    found = await tmdb.search(words, page)
    if year is None:
        return found
    kept = [
        hit for hit in found.hits if isinstance(hit, Film) and hit.release_date.startswith(year[1])
    ]
    return page_of(kept, 1)


async def _by_id(tmdb: TmdbLine, tmdb_id: int) -> HitPage:
    try:
        return page_of([await tmdb.film(tmdb_id)], 1)
    except TmdbError:
        return HitPage(page=1, total=0)
