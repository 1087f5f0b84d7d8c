"""Whom events are told, and how far that got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_WAITING = "state = 'WAITING'"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text()),
        sa.Column("failing_since", sa.BigInteger()),
        sa.Column("disabled_at", sa.BigInteger()),
        sa.Column("disabled_why", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_table(
        "webhook_positions",
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _of_endpoint("webhook_positions"),
        sa.PrimaryKeyConstraint("endpoint_id", "scope", name="pk_webhook_positions"),
    )
    _deliveries()


def downgrade() -> None:
    """Drop them: nobody is told anything any more."""
    for table in ("webhook_deliveries", "webhook_positions", "webhook_endpoints"):
        op.drop_table(table)


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("problem", sa.Text()),
        sa.Column("ended_at", sa.BigInteger()),
        _of_endpoint("webhook_deliveries"),
        sa.PrimaryKeyConstraint("endpoint_id", "scope", "sequence", name="pk_webhook_deliveries"),
    )
    op.create_index("ix_webhook_deliveries_ended_at", "webhook_deliveries", ["ended_at"])
    for columns in (["endpoint_id", "due_at"], ["endpoint_id", "scope", "request_id", "sequence"]):
        op.create_index(
            f"ix_webhook_deliveries_waiting_{columns[-1]}",
            "webhook_deliveries",
            columns,
            sqlite_where=sa.text(_WAITING),
            postgresql_where=sa.text(_WAITING),
        )


def _of_endpoint(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["endpoint_id"],
        ["webhook_endpoints.id"],
        name=f"fk_{table}_endpoint_id",
        ondelete="CASCADE",
    )
