"""Endpoints and deliveries, one a line."""

from __future__ import annotations

from gateway.domain.webhook import Delivery, DeliveryState, Endpoint


def endpoint_line(endpoint: Endpoint, waiting: int) -> str:
    """Its id, its state, and its address without the query, which may hold a secret."""
    kinds = "all" if endpoint.kinds is None else ",".join(sorted(_words(endpoint)))
    address, mark, _ = endpoint.url.partition("?")
    return (
        f"{endpoint.endpoint_id}  {_state(endpoint)}  {waiting} waiting  {kinds}  "
        f"{address}{'?…' if mark else ''}"
    )


def delivery_line(delivery: Delivery) -> str:
    """The event, how it stands, the tries and the last answer."""
    when = delivery.ended_at or delivery.due_at
    word = "due" if delivery.state is DeliveryState.WAITING else "at"
    problem = "" if delivery.problem is None else f"  {delivery.problem}"
    status = "" if delivery.status_code is None or problem else f"  {delivery.status_code}"
    return (
        f"{delivery.event_id}  {delivery.kind.value.lower():<9}  request {delivery.request_id}  "
        f"{delivery.state.value.lower().replace('_', ' '):<9}  {word} {when:%Y-%m-%d %H:%M:%S}  "
        f"{delivery.attempts} {'try' if delivery.attempts == 1 else 'tries'}{status}{problem}"
    )


def _words(endpoint: Endpoint) -> list[str]:
    return [each.value.lower() for each in endpoint.kinds or ()]


def _state(endpoint: Endpoint) -> str:
    if endpoint.disabled_at is not None:
        return f"disabled {endpoint.disabled_at:%Y-%m-%d} ({endpoint.disabled_why})"
    if endpoint.failing_since is not None:
        return f"failing since {endpoint.failing_since:%Y-%m-%d %H:%M}"
    return "enabled"
