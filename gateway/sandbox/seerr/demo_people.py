"""The people of the sandbox by default: one for each kind of permission."""

from gateway.sandbox.seerr.seed import SeedUser
from gateway.sandbox.seerr.states import Permission

_P = Permission

USERS = (
    SeedUser(id=1, email="owner@marquee.example", username="Olive Owner", permissions=_P.ADMIN),
    SeedUser(
        id=2,
        email="mina@marquee.example",
        username="Mina Manager",
        permissions=_P.REQUEST | _P.MANAGE_REQUESTS,
    ),
    SeedUser(id=3, email="ruth@marquee.example", username="Ruth", permissions=_P.REQUEST),
    SeedUser(
        id=4,
        email="quentin@marquee.example",
        username="Quentin",
        permissions=_P.REQUEST,
        quota=(5, 7),
    ),
    SeedUser(
        id=5,
        email="quincy@marquee.example",
        username="Quincy",
        permissions=_P.REQUEST_MOVIE,
        quota=(1, 30),
    ),
    SeedUser(id=6, email="nameless@marquee.example", username=None, permissions=_P.REQUEST),
    SeedUser(
        id=7,
        email="vera@marquee.example",
        username="Vera Viewer",
        permissions=_P.REQUEST | _P.REQUEST_VIEW,
    ),
    SeedUser(
        id=8,
        email="frank@marquee.example",
        username="Frank 4K",
        permissions=_P.REQUEST | _P.REQUEST_4K,
    ),
    SeedUser(
        id=9,
        email="auto@marquee.example",
        username="Otto",
        permissions=_P.REQUEST | _P.AUTO_APPROVE,
    ),
    SeedUser(id=10, email="guest@marquee.example", username="Guest", permissions=_P.NONE),
)
