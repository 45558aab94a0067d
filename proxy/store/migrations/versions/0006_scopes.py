"""The sites that a person looks after, and the feed of one who does not look after all."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Whoever is known looks after every site."""
    op.add_column("people", sa.Column("sites", sa.JSON(), nullable=True))
    op.add_column("people", sa.Column("feed_key", sa.String(length=64), nullable=True))
