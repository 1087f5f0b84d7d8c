"""The tables, as today's code reads them; ``migrations`` tells how they came to be.

Moments are microseconds of the epoch in both databases: they sort as they are and lose nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

import sqlalchemy as sa

from gateway.domain.request import Availability, RequestStatus
from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_rules import ACTIVE
from gateway.domain.role import Role

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

METADATA: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def micros(moment: datetime) -> int:
    """An aware moment as the tables hold it."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """What the tables hold as an aware moment, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def _word(kind: type[Enum], name: str) -> sa.Enum:
    """An enum by its values, readable in the table and checked there."""
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [str(member.value) for member in members],
    )


def _id() -> sa.types.TypeEngine[int]:
    """SQLite numbers rows by itself only in a column of exactly this type."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def active(status: sa.ColumnElement[RequestStatus]) -> sa.ColumnElement[bool]:
    """Whether a request is active, spelt as in the partial index: else no planner would use it."""
    words = sorted(each.value for each in ACTIVE)
    return status.in_([sa.literal_column(f"'{word}'") for word in words])


USERS: Final = sa.Table(
    "users",
    METADATA,
    sa.Column("id", _id(), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False, unique=True),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

REQUESTS: Final = sa.Table(
    "requests",
    METADATA,
    sa.Column("id", _id(), primary_key=True),
    sa.Column("tmdb_id", sa.Integer, nullable=False),
    sa.Column("is_4k", sa.Boolean, nullable=False),
    sa.Column("status", _word(RequestStatus, "status"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("requested_by", sa.BigInteger, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("decided_by", sa.BigInteger, sa.ForeignKey("users.id")),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Index(None, "created_at", "id"),
    sa.Index(None, "status", "created_at", "id"),
    sa.Index(None, "requested_by", "created_at", "id"),
    sa.Index(None, "requested_by", "status", "created_at", "id"),
    sa.Index(None, "requested_by", "tmdb_id", "created_at", "id"),
    sa.Index(None, "tmdb_id", "created_at", "id"),
    sa.Index(None, "tmdb_id", "status", "created_at", "id"),
    sqlite_autoincrement=True,  # the id of a request that was cancelled must not come again
)

ONE_ACTIVE: Final = sa.Index(
    "uq_requests_active",
    REQUESTS.c.tmdb_id,
    REQUESTS.c.is_4k,
    unique=True,
    sqlite_where=active(REQUESTS.c.status),
    postgresql_where=active(REQUESTS.c.status),
)

EVENTS: Final = sa.Table(
    "events",
    METADATA,
    sa.Column("sequence", _id(), primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("kind", _word(RequestEventKind, "kind"), nullable=False),
    sa.Column("request_id", sa.BigInteger, nullable=False),  # which may be gone: no foreign key
    sa.Column("tmdb_id", sa.Integer, nullable=False),
    sa.Column("is_4k", sa.Boolean, nullable=False),
    sa.Column("status", _word(RequestStatus, "status")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("actor_id", sa.BigInteger, sa.ForeignKey("users.id")),
    sa.Column("reason", sa.Text),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sa.Column("requested_by", sa.BigInteger),
    sa.Index(None, "request_id", "sequence"),
    sqlite_autoincrement=True,
)

QUOTAS: Final = sa.Table(
    "quotas",
    METADATA,
    sa.Column("id", _id(), primary_key=True),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id"), unique=True),
    sa.Column("role", _word(Role, "role"), unique=True),
    sa.Column("most", sa.Integer),
    sa.Column("days", sa.Integer, nullable=False),
    sa.CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name="one_owner"),
    sa.CheckConstraint("most >= 0 AND days >= 1", name="sane"),
)

LIBRARY: Final = sa.Table(
    "library",
    METADATA,
    sa.Column("tmdb_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("is_4k", sa.Boolean, primary_key=True),
    sa.Column("availability", _word(Availability, "availability"), nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
)

REPLIES: Final = sa.Table(
    "replies",
    METADATA,
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("reply", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index(None, "created_at"),
)

API_KEYS: Final = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("role", _word(Role, "role"), nullable=False),
    sa.Column("hmac", sa.Text, nullable=False, unique=True),
    sa.Column("seerr_user_id", sa.Integer),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", sa.BigInteger),
    sa.Column("last_used_on", sa.Date),
)
