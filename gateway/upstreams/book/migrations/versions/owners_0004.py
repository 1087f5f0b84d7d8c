"""Whose request an event is about, also when the request is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; events of requests that are still there learn whose they are."""
    op.add_column("events", sa.Column("requested_by", sa.BigInteger()))
    op.execute(
        "UPDATE events SET requested_by = "
        "(SELECT requested_by FROM requests WHERE requests.id = events.request_id)"
    )


def downgrade() -> None:
    """Forget whose they are."""
    op.drop_column("events", "requested_by")
