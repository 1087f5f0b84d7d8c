"""Tables of whom events are told, and how far that got."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gateway.upstreams.book.tables import METADATA

WEBHOOK_ENDPOINTS: Final = sa.Table(
    "webhook_endpoints",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text),  # with commas between; null: all
    sa.Column("position", sa.BigInteger, nullable=False),  # of the last event taken over
    sa.Column("failing_since", sa.BigInteger),
    sa.Column("disabled_at", sa.BigInteger),
    sa.Column("disabled_why", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
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
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("request_id", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("status_code", sa.Integer),
    sa.Column("problem", sa.Text),
    sa.Column("ended_at", sa.BigInteger),
    sa.Index(None, "state", "due_at"),
)
