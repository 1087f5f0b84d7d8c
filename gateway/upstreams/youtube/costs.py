"""What YouTube's fields cost: a unit for fifty videos, whatever is asked of them."""

from __future__ import annotations

from typing import Final

from gateway.engine.price import Draw, Price
from gateway.graph.cost import VIDEO, Prices
from gateway.graph.trailer import Trailer
from gateway.upstreams.youtube.client import MAX_IDS

_VIDEO: Final = Price(weight=1, draws=(Draw(upstream="youtube", share=VIDEO, batch=MAX_IDS),))

COSTS: Final[Prices] = {
    Trailer: dict.fromkeys(
        (
            "durationSeconds",
            "viewCount",
            "likeCount",
            "channel",
            "thumbnail",
            "embeddable",
            "ageRestricted",
            "playableIn",
        ),
        _VIDEO,
    )
}
