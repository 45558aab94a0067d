"""Words of persons that stand on no ping of ours, and what was seen of WordPress's moderation."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of labels."""
    op.create_table(
        "labels",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=True),
        sa.Column("label", sa.String(length=8), nullable=True),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ping_id", sa.String(length=26), nullable=True),
        sa.Column("sample", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("labels_by_site", "labels", ["site", "at"])
    op.create_index("labels_by_ping", "labels", ["ping_id"])
    op.create_table(
        "wordpress_comments",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("ping_id", sa.String(length=26), nullable=True),
        sa.PrimaryKeyConstraint("site", "comment_id"),
    )
    op.create_index("wordpress_comments_by_ping", "wordpress_comments", ["ping_id"])
    op.create_table(
        "label_syncs",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("holds_pings", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site"),
    )
