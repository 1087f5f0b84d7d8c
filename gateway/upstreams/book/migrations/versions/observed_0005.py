"""What was seen of requests that are kept elsewhere, and what was seen to happen to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "observed_scopes",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("newest", sa.BigInteger()),
        sa.PrimaryKeyConstraint("scope", name="pk_observed_scopes"),
    )
    op.create_table(
        "observed_requests",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=False),
        sa.Column("is_4k", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(24)),
        sa.Column("availability", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.BigInteger()),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "request_id", name="pk_observed_requests"),
    )
    op.create_table(
        "observed_deeds",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "request_id", name="pk_observed_deeds"),
    )
    op.create_table(
        "observed_events",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=False),
        sa.Column("is_4k", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(24)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.BigInteger()),
        sa.Column("actor_id", sa.BigInteger()),
        sa.Column("actor_name", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_observed_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_observed_events_scope_sequence", "observed_events", ["scope", "sequence"])
    op.create_index(
        "ix_observed_events_scope_request_id_sequence",
        "observed_events",
        ["scope", "request_id", "sequence"],
    )


def downgrade() -> None:
    """Drop them: what happens elsewhere is looked at anew."""
    op.drop_table("observed_events")
    op.drop_table("observed_deeds")
    op.drop_table("observed_requests")
    op.drop_table("observed_scopes")
