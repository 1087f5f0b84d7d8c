"""Seerr: who asked for which film, and how far it got."""

from gateway.domain.request import User
from gateway.domain.request_store import RequestStore
from gateway.domain.viewer import Viewer
from gateway.graph.ports import RequestReads
from gateway.subgraph import Hearing, Keeping, Subgraph
from gateway.transport.pool import PoolLimits
from gateway.upstreams.seerr.client import SeerrClient, classify
from gateway.upstreams.seerr.costs import COSTS
from gateway.upstreams.seerr.fields import SeerrReads
from gateway.upstreams.seerr.following import follow
from gateway.upstreams.seerr.settings import SeerrSettings
from gateway.upstreams.seerr.store import SeerrStore


async def member(store: SeerrStore, viewer: Viewer) -> User | None:
    """Whom a viewer acts as; nobody acts as Seerr's administrator by not being known there."""
    return await store.enrol(viewer.id, viewer.display_name, seerr_user_id=viewer.seerr_user_id)


def keeps(client: SeerrClient, keeping: Keeping) -> SeerrStore:
    """Its store."""
    return SeerrStore.over(
        client,
        cache=keeping.cache,
        line=keeping.line,
        scope=keeping.scope,
        observed=keeping.observed,
    )


def hears(store: RequestStore | None, settings: SeerrSettings) -> Hearing | None:
    """Its webhook, where somebody looks at what it hints at."""
    if not isinstance(store, SeerrStore) or store.journal is None:
        return None
    if settings.webhook_secret is None:
        return None
    return Hearing(settings.webhook_secret.get_secret_value(), store.journal.hints.read)


SUBGRAPH = Subgraph(
    name="seerr",
    settings=SeerrSettings,
    client=lambda http, settings: SeerrClient(http, acting_user_id=settings.user_id),
    provides={RequestReads: SeerrReads},
    keeps=keeps,
    member=member,
    hears=hears,
    costs=COSTS,
    classify=classify,
    pool=PoolLimits(idle_s=4.0),  # Seerr hangs up after 5 s
    check=SeerrClient.me,
    background=follow,
)
