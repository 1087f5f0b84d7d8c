"""The server that the recordings in ``tests/contract/recorded/seerr/live`` were made on."""

from types import MappingProxyType

from gateway.sandbox.seerr.films import Series
from gateway.sandbox.seerr.generated_films import GeneratedFilms
from gateway.sandbox.seerr.seed import SeedUser
from gateway.sandbox.seerr.states import Permission

_P = Permission

USERS = (
    SeedUser(id=1, email="admin@example.test", username="Admin", permissions=_P.ADMIN),
    SeedUser(
        id=2,
        email="quota.user@example.test",
        username="Quota User",
        permissions=_P.REQUEST,
        quota=(2, 7),
    ),
    SeedUser(
        id=3,
        email="auto.user@example.test",
        username="Auto User",
        permissions=_P.REQUEST | _P.AUTO_APPROVE,
    ),
    SeedUser(id=4, email="nobody@example.test", username="Nobody", permissions=_P.NONE),
    SeedUser(
        id=5,
        email="manager@example.test",
        username="Manager",
        permissions=_P.REQUEST | _P.MANAGE_REQUESTS,
    ),
    SeedUser(
        id=6,
        email="uhd.user@example.test",
        username="Uhd User",
        permissions=_P.REQUEST | _P.REQUEST_4K,
    ),
    SeedUser(id=7, email="plain.user@example.test", username="Plain User", permissions=_P.REQUEST),
    SeedUser(
        id=8,
        email="viewer@example.test",
        username="Viewer",
        permissions=_P.REQUEST | _P.REQUEST_VIEW,
    ),
    SeedUser(id=9, email="movie.only@example.test", username=None, permissions=_P.REQUEST_MOVIE),
    SeedUser(
        id=10,
        email="advanced.user@example.test",
        username="Advanced User",
        permissions=_P.REQUEST | _P.REQUEST_ADVANCED,
    ),
    SeedUser(
        id=11,
        email="user.manager@example.test",
        username="User Manager",
        permissions=_P.REQUEST | _P.MANAGE_USERS,
        quota=(1, 7),
    ),
    SeedUser(
        id=12,
        email="uhd.auto@example.test",
        username="Uhd Auto",
        permissions=_P.REQUEST | _P.REQUEST_4K | _P.AUTO_APPROVE_4K,
    ),
)

BROKEN = MappingProxyType({5500: "Request failed with status code 500"})
DELAYS_S = MappingProxyType({5600: 15.0, 5700: 6.0})

_SERIES = (
    Series(
        tmdb_id=801,
        name="The Generated Series 801",
        first_air_date="2015-03-04",
        tvdb_id=300801,
        season_numbers=(1, 2),
    ),
    Series(tmdb_id=802, name="The Generated Series 802", first_air_date="2016-03-04"),
)


def recorded_films() -> GeneratedFilms:
    """Movies 5001-5060 in the chart; 5500, 5600, 5700 and 7010 can only be named."""
    return GeneratedFilms(range(5001, 5061), uncharted=(5500, 5600, 5700, 7010), series=_SERIES)
