"""Tables of whom events are told, and how far that got."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gateway.domain.webhook import DeliveryState
from gateway.upstreams.book.tables import METADATA

WEBHOOK_ENDPOINTS: Final = sa.Table(
    "webhook_endpoints",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text),  # with commas between; null: all
    sa.Column("failing_since", sa.BigInteger),
    sa.Column("disabled_at", sa.BigInteger),
    sa.Column("disabled_why", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)

WEBHOOK_POSITIONS: Final = sa.Table(
    "webhook_positions",
    METADATA,
    sa.Column(
        "endpoint_id",
        sa.Text,
        sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("scope", sa.Text, primary_key=True),  # of the store whose events are numbered
    sa.Column("position", sa.BigInteger, nullable=False),  # of the last event taken over
)

WEBHOOK_DELIVERIES: Final = sa.Table(
    "webhook_deliveries",
    METADATA,
    sa.Column(
        "endpoint_id",
        sa.Text,
        sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("request_id", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("held_until", sa.BigInteger, nullable=False),  # by the process that sends it; else 0
    sa.Column("status_code", sa.Integer),
    sa.Column("problem", sa.Text),
    sa.Column("ended_at", sa.BigInteger),
    sa.Index(None, "ended_at"),
)

IS_WAITING: Final = WEBHOOK_DELIVERIES.c.state == sa.literal_column(
    f"'{DeliveryState.WAITING.value}'"
)
"""Spelt as in the partial indexes: else no planner would use them."""


def _of_waiting(*columns: str) -> sa.Index:
    return sa.Index(
        f"ix_webhook_deliveries_waiting_{columns[-1]}",
        *(WEBHOOK_DELIVERIES.c[each] for each in columns),
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    )


BY_DUE: Final = _of_waiting("endpoint_id", "due_at")
BY_REQUEST: Final = _of_waiting("endpoint_id", "scope", "request_id", "sequence")
