"""Where changes begin."""

from __future__ import annotations

from typing import Final

from strawberry.tools import create_type

from gateway.engine.price import Draw, Price
from gateway.graph.cost import Prices
from gateway.graph.mutations.asking import request_movie
from gateway.graph.mutations.deciding import (
    approve_request,
    cancel_request,
    decline_request,
    retry_request,
)

Mutation: type = create_type(
    "Mutation",
    [request_movie, approve_request, decline_request, retry_request, cancel_request],
    description="Everything that can be changed, one after the other in the order written. "
    "Refusals that people can act on are members of the results, not errors.",
)

_WRITE: Final = Price(weight=20, draws=(Draw(upstream="seerr", count=4),))

PRICES: Final[Prices] = {
    Mutation: {
        "requestMovie": Price(
            weight=20,
            draws=(*_WRITE.draws, Draw(upstream="tmdb")),
        ),
        "approveRequest": _WRITE,
        "declineRequest": _WRITE,
        "retryRequest": _WRITE,
        "cancelRequest": _WRITE,
    }
}
"""What a change costs: Seerr is looked at before it and after it."""
