"""Copying everything from one database to another, whatever their engines."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, exists, func, insert, select, text, tuple_

from proxy.store.database import Database
from proxy.store.schema import metadata

_AT_ONCE = 500
TABLES: Sequence[Table] = metadata.sorted_tables

Row = dict[str, Any]


def used_tables(connection: Connection) -> list[str]:
    """Return the names of the tables that hold anything."""
    return [table.name for table in TABLES if connection.execute(select(exists(select(table)))).scalar()]


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many rows each table holds."""
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES}


async def copy_table(source: Database, target: Database, table: Table) -> AsyncIterator[int]:
    """Copy the rows of *table* in the order of its key, and yield how many each step brought."""
    last: tuple[Any, ...] | None = None
    while rows := await source.read(_page, table, last):
        await target.write(_put, table, rows)
        last = tuple(rows[-1][column.name] for column in table.primary_key)
        yield len(rows)
    await target.write(_count_on, table)


def _page(connection: Connection, table: Table, after: tuple[Any, ...] | None) -> list[Row]:
    key = list(table.primary_key)
    query = select(table).order_by(*key).limit(_AT_ONCE)
    if after is not None:
        query = query.where(key[0] > after[0] if len(key) == 1 else tuple_(*key) > after)
    return [dict(row) for row in connection.execute(query).mappings()]


def _put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    connection.execute(insert(table), list(rows))


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give numbers after the highest that was copied; the other engines do so by themselves."""
    (key, *_) = table.primary_key
    if connection.dialect.name != "postgresql" or table.autoincrement_column is None:
        return
    highest = connection.execute(select(func.max(key))).scalar()
    if highest is not None:
        sequence = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
        connection.execute(text(f"SELECT setval({sequence}, :highest)"), {"highest": highest})
