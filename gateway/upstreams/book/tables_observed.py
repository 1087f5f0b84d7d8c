"""Tables for requests that are kept elsewhere: as they were last seen, and what changed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gateway.domain.request import Availability, RequestStatus
from gateway.domain.request_log import RequestEventKind
from gateway.upstreams.book.tables import METADATA


def _word(kind: type[RequestStatus | Availability | RequestEventKind]) -> sa.Enum:
    """An enum by its values; not checked in the table, another store may learn new words."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [str(member.value) for member in members],
    )


OBSERVED_SCOPES: Final = sa.Table(
    "observed_scopes",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),  # the upstream and its address
    sa.Column("mark", sa.BigInteger, nullable=False),  # counts what was written of it
    sa.Column("newest", sa.BigInteger),  # id of the first whole look; null: there was none
)

OBSERVED_REQUESTS: Final = sa.Table(
    "observed_requests",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("request_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("tmdb_id", sa.Integer, nullable=False),
    sa.Column("is_4k", sa.Boolean, nullable=False),
    sa.Column("status", _word(RequestStatus)),  # null: it is gone
    sa.Column("availability", _word(Availability), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("requested_by", sa.BigInteger),
    sa.Column("mark", sa.BigInteger, nullable=False),
)

OBSERVED_DEEDS: Final = sa.Table(
    "observed_deeds",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("request_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", _word(RequestEventKind), nullable=False),
    sa.Column("actor_id", sa.BigInteger, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("made_at", sa.BigInteger, nullable=False),
)

OBSERVED_EVENTS: Final = sa.Table(
    "observed_events",
    METADATA,
    sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("kind", _word(RequestEventKind), nullable=False),
    sa.Column("request_id", sa.BigInteger, nullable=False),
    sa.Column("tmdb_id", sa.Integer, nullable=False),
    sa.Column("is_4k", sa.Boolean, nullable=False),
    sa.Column("status", _word(RequestStatus)),
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
