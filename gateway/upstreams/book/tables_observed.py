"""Tables for requests that are kept elsewhere: as they were last seen, and what changed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gateway.upstreams.book.tables import METADATA

OBSERVED_REQUESTS: Final = sa.Table(
    "observed_requests",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),  # the upstream and its address
    sa.Column("request_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("tmdb_id", sa.Integer, nullable=False),
    sa.Column("is_4k", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(24), nullable=False),
    sa.Column("availability", sa.String(24)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("requested_by", sa.BigInteger),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)

OBSERVED_EVENTS: Final = sa.Table(
    "observed_events",
    METADATA,
    sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("request_id", sa.BigInteger, nullable=False),
    sa.Column("tmdb_id", sa.Integer, nullable=False),
    sa.Column("is_4k", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(24)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("requested_by", sa.BigInteger),
    sa.Column("actor_id", sa.BigInteger),
    sa.Column("actor_name", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sa.Index(None, "scope", "sequence"),
    sa.Index(None, "scope", "request_id", "sequence"),
    sqlite_autoincrement=True,
)
