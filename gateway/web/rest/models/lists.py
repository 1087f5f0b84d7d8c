"""Which lists of films there are, and in which orders."""

from __future__ import annotations

from enum import StrEnum


class Chart(StrEnum):
    """As the graph's ``MovieChart``."""

    POPULAR = "POPULAR"
    TOP_RATED = "TOP_RATED"
    UPCOMING = "UPCOMING"
    NOW_PLAYING = "NOW_PLAYING"
    TRENDING_DAY = "TRENDING_DAY"
    TRENDING_WEEK = "TRENDING_WEEK"


class Order(StrEnum):
    """As the graph's ``DiscoverOrder``."""

    POPULARITY_DESC = "POPULARITY_DESC"
    POPULARITY_ASC = "POPULARITY_ASC"
    RELEASE_DATE_DESC = "RELEASE_DATE_DESC"
    RELEASE_DATE_ASC = "RELEASE_DATE_ASC"
    RATING_DESC = "RATING_DESC"
    RATING_ASC = "RATING_ASC"
    VOTE_COUNT_DESC = "VOTE_COUNT_DESC"
    VOTE_COUNT_ASC = "VOTE_COUNT_ASC"
    REVENUE_DESC = "REVENUE_DESC"
    REVENUE_ASC = "REVENUE_ASC"
    TITLE_ASC = "TITLE_ASC"
    TITLE_DESC = "TITLE_DESC"
