"""API keys: who may ask, without the keys themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ROLES = "'viewer', 'requester', 'manager', 'admin'"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("hmac", sa.Text(), nullable=False),
        sa.Column("seerr_user_id", sa.Integer()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("last_used_on", sa.Date()),
        sa.CheckConstraint(f"role IN ({_ROLES})", name="ck_api_keys_role"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("hmac", name="uq_api_keys_hmac"),
    )


def downgrade() -> None:
    """Forget all keys: none of them works any more."""
    op.drop_table("api_keys")
