"""People, sessions, settings and undo for the admin pages; indexes for its lists; the index of words on SQLite."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# What is searched: the texts and addresses as received, and what the source page was called and said.
_TEXT = (
    "{row}.source_url || ' ' || {row}.target_url || ' ' || {row}.title || ' ' || {row}.excerpt || ' ' ||"
    " {row}.blog_name || ' ' || {row}.remote_ip || ' ' || coalesce(json_extract({row}.evidence, '$.title'), '')"
    " || ' ' || coalesce(json_extract({row}.evidence, '$.excerpt'), '')"
)
# ruff: noqa: S608 - the statements are put together from constants alone
_NUMBER = "(SELECT number FROM search_rows WHERE ping_id = {row}.id)"
_ADD = f"INSERT INTO search_words (rowid, words) VALUES ({_NUMBER}, {_TEXT});"
_TAKE = f"INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', {_NUMBER}, {_TEXT});"


def upgrade() -> None:
    """Make the tables and indexes of the admin pages."""
    _make_tables()
    op.create_index("pings_by_kind", "pings", ["kind", "id"])
    op.create_index("pings_by_kind_state", "pings", ["kind", "state", "id"])
    op.create_index("pings_by_site", "pings", ["site", "id"])
    op.create_index("pings_by_label", "pings", ["label", "id"])
    if op.get_bind().dialect.name == "sqlite":
        _index_words()


def _make_tables() -> None:
    op.create_table(
        "people",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sessions",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.name"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key_hash"),
    )
    op.create_index("sessions_by_person", "sessions", ["person"])
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "undos",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _index_words() -> None:
    """Index words with FTS5. Its row numbers are our own, for SQLite may renumber the rows of `pings` (VACUUM)."""
    op.execute("CREATE TABLE search_rows (number INTEGER PRIMARY KEY AUTOINCREMENT, ping_id VARCHAR(26) UNIQUE)")
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5"
        "(words, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO search_rows (ping_id) SELECT id FROM pings ORDER BY id")
    op.execute(
        f"INSERT INTO search_words (rowid, words) SELECT number, {_TEXT.format(row='pings')} "
        "FROM search_rows JOIN pings ON pings.id = ping_id"
    )
    op.execute(
        "CREATE TRIGGER search_added AFTER INSERT ON pings BEGIN "
        f"INSERT INTO search_rows (ping_id) VALUES (new.id); {_ADD.format(row='new')} END"
    )
    op.execute(
        "CREATE TRIGGER search_changed AFTER UPDATE OF evidence ON pings BEGIN "
        f"{_TAKE.format(row='old')} {_ADD.format(row='new')} END"
    )
    op.execute(
        "CREATE TRIGGER search_removed BEFORE DELETE ON pings BEGIN "
        f"{_TAKE.format(row='old')} DELETE FROM search_rows WHERE ping_id = old.id; END"
    )
