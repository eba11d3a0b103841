"""Make room for millions of rows: without secondary indexes while they come, with them afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models, transaction

_SQLITE = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s"
)
_POSTGRESQL = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = %s
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


@contextmanager
def in_one_piece() -> Iterator[None]:
    """One transaction that may be larger than memory.

    SQLite: a rollback journal instead of the write-ahead log for as long as it lasts, because rows
    at the end of a file need no copy of what was there. As safe, and undone after a power cut.
    """
    is_sqlite_file = connection.vendor == "sqlite" and not connection.in_atomic_block
    if is_sqlite_file:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode = DELETE")
            cursor.execute("PRAGMA cache_size = -262144")
    try:
        with transaction.atomic():
            yield
    finally:
        if is_sqlite_file:
            connection.close()  # the next connection has the shop's own settings again


@contextmanager
def without_indexes(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Drop the tables' secondary indexes, and make the same again in the same transaction."""
    query = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
    definitions: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(query, [table._meta.db_table])
            definitions |= dict(cursor.fetchall())
        for name in definitions:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    yield
    check_references()
    with connection.cursor() as cursor:
        for definition in definitions.values():
            cursor.execute(definition)


def check_references() -> None:
    """PostgreSQL keeps a list of rows whose references it will check: have it done now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
