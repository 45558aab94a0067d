"""Policies that were set on the admin pages."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "policies",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("self_pings", sa.String(length=20), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site"),
    )
