"""The index behind the product search: part of a word, found without reading the whole catalogue.

SQLite: an FTS5 table of trigrams beside the products, kept in step by triggers. PostgreSQL: a
trigram index on the column. Both are made after every migrate, since SQLite loses the triggers
whenever a migration rebuilds the products' table.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLE = "pos_product_search"
SHORTEST = 3  # signs in a trigram: shorter words are read from the rows

_SQLITE = (
    f"""CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(search_text,
    content='pos_product', content_rowid='id', tokenize='trigram case_sensitive 1')""",
    f"""CREATE TRIGGER IF NOT EXISTS {TABLE}_insert AFTER INSERT ON pos_product BEGIN
    INSERT INTO {TABLE} (rowid, search_text) VALUES (new.id, new.search_text);
END""",
    f"""CREATE TRIGGER IF NOT EXISTS {TABLE}_delete AFTER DELETE ON pos_product BEGIN
    INSERT INTO {TABLE} ({TABLE}, rowid, search_text) VALUES ('delete', old.id, old.search_text);
END""",
    f"""CREATE TRIGGER IF NOT EXISTS {TABLE}_update AFTER UPDATE OF search_text ON pos_product
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO {TABLE} ({TABLE}, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    INSERT INTO {TABLE} (rowid, search_text) VALUES (new.id, new.search_text);
END""",
)
_POSTGRESQL = f"CREATE INDEX {TABLE} ON pos_product USING gin (search_text gin_trgm_ops)"


def build_search_index(using: str) -> None:
    """Make what is missing of the index. Does nothing where all is there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT to_regclass(%s)", [TABLE])
            if cursor.fetchone()[0] is None:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(_POSTGRESQL)
        elif _lacks_triggers(cursor):
            for statement in _SQLITE:
                cursor.execute(statement)
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('rebuild')")


def _lacks_triggers(cursor: Any) -> bool:
    cursor.execute(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{TABLE}%"]
    )
    return cursor.fetchone()[0] < len(_SQLITE) - 1


def few_matches(words: list[str], using: str, limit: int) -> list[int] | None:
    """Ids of the products that contain all long `words`; None when there are more than `limit`.

    None too where the database finds them by itself (PostgreSQL), or no word is long enough.
    """
    connection = connections[using]
    long_words = [word for word in words if len(word) >= SHORTEST]
    if connection.vendor != "sqlite" or not long_words:
        return None
    quoted = " ".join('"{}"'.format(word.replace('"', '""')) for word in long_words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s LIMIT %s",  # noqa: S608  our own name
            [quoted, limit + 1],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return None if len(ids) > limit else ids
