"""A target is the same however it is spelled: the key of source and target is reckoned anew for every ping."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import RowMapping

from proxy.errors import MalformedPing
from proxy.ping import Kind, Linkback
from proxy.store.rows import same_key

revision = "0008"
down_revision = "0007"

_AT_ONCE = 1000
_PINGS = sa.table("pings", *map(sa.column, ("id", "site", "source_url", "target_url", "same_key", "seen_key")))


def upgrade() -> None:
    """Reckon it; of several pings that count as seen before and now are the same, the oldest goes on counting."""
    connection = op.get_bind()
    some = sa.select(_PINGS).where(_PINGS.c.id > sa.bindparam("last")).order_by(_PINGS.c.id).limit(_AT_ONCE)
    change = (
        sa.update(_PINGS)
        .where(_PINGS.c.id == sa.bindparam("this"))
        .values(same_key=sa.bindparam("same"), seen_key=sa.bindparam("seen"))
    )
    taken: set[str] = set()
    last = ""
    while rows := connection.execute(some, {"last": last}).mappings().all():
        changes = []
        for row in rows:
            key = _key(row)
            counts = row["seen_key"] is not None and key not in taken
            if counts:
                taken.add(key)
            changes.append({"this": row["id"], "same": key, "seen": key if counts else None})
        connection.execute(change, changes)
        last = rows[-1]["id"]


def _key(row: RowMapping) -> str:
    try:
        return same_key(row["site"], Linkback(Kind.PINGBACK, row["source_url"], row["target_url"]))
    except MalformedPing:  # no sender could name it today
        return str(row["same_key"])
