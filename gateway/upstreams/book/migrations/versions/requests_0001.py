"""People, their requests, what happened to them, quotas, and the library."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

_STATUSES = ("PENDING", "APPROVED", "DECLINED", "FAILED", "COMPLETED", "UNKNOWN")
_KINDS = ("CREATED", "APPROVED", "DECLINED", "RETRIED", "CANCELLED", "FAILED", "COMPLETED")
_ROLES = ("viewer", "requester", "manager", "admin")
_AVAILABILITIES = (
    "UNKNOWN",
    "PENDING",
    "PROCESSING",
    "PARTIALLY_AVAILABLE",
    "AVAILABLE",
    "BLOCKLISTED",
    "DELETED",
)
_ACTIVE = "status IN ('APPROVED', 'FAILED', 'PENDING')"


def upgrade() -> None:
    """Make the tables."""
    _users()
    _requests()
    _events()
    _quotas()
    _library()


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in ("library", "quotas", "events", "requests", "users"):
        op.drop_table(table)


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", _id(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("subject", name="uq_users_subject"),
        sqlite_autoincrement=True,
    )


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", _id(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=False),
        sa.Column("is_4k", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        _of_user("requests", "requested_by"),
        _of_user("requests", "decided_by"),
        _one_of("requests", "status", _STATUSES),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sqlite_autoincrement=True,
    )
    for columns in (
        ("created_at", "id"),
        ("status", "created_at", "id"),
        ("requested_by", "created_at", "id"),
        ("requested_by", "status", "created_at", "id"),
        ("requested_by", "tmdb_id", "created_at", "id"),
        ("tmdb_id", "created_at", "id"),
        ("tmdb_id", "status", "created_at", "id"),
    ):
        op.create_index("ix_requests_" + "_".join(columns), "requests", list(columns))
    op.create_index(
        "uq_requests_active",
        "requests",
        ["tmdb_id", "is_4k"],
        unique=True,
        sqlite_where=sa.text(_ACTIVE),
        postgresql_where=sa.text(_ACTIVE),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("sequence", _id(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=False),
        sa.Column("is_4k", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(24)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        _of_user("events", "actor_id"),
        _one_of("events", "kind", _KINDS),
        _one_of("events", "status", _STATUSES),
        sa.PrimaryKeyConstraint("sequence", name="pk_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_request_id_sequence", "events", ["request_id", "sequence"])


def _quotas() -> None:
    op.create_table(
        "quotas",
        sa.Column("id", _id(), nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("role", sa.String(24)),
        sa.Column("most", sa.Integer()),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name="ck_quotas_one_owner"),
        sa.CheckConstraint("most >= 0 AND days >= 1", name="ck_quotas_sane"),
        _of_user("quotas", "user_id"),
        _one_of("quotas", "role", _ROLES),
        sa.PrimaryKeyConstraint("id", name="pk_quotas"),
        sa.UniqueConstraint("user_id", name="uq_quotas_user_id"),
        sa.UniqueConstraint("role", name="uq_quotas_role"),
    )


def _library() -> None:
    op.create_table(
        "library",
        sa.Column("tmdb_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("is_4k", sa.Boolean(), nullable=False),
        sa.Column("availability", sa.String(24), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        _one_of("library", "availability", _AVAILABILITIES),
        sa.PrimaryKeyConstraint("tmdb_id", "is_4k", name="pk_library"),
    )


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_user(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.id"], name=f"fk_{table}_{column}")


def _one_of(table: str, column: str, words: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")
