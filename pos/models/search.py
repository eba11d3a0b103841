"""The indexes behind the search of products and of the audit trail: part of a word, found at once.

SQLite: an FTS5 table of trigrams beside the rows, kept in step by triggers. PostgreSQL: a
trigram index on the column. Both are made after every migrate, since SQLite loses the triggers
whenever a migration rebuilds the rows' table.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models.expressions import RawSQL

SHORTEST = 3  # signs in a trigram: shorter words are read from the rows


@dataclass(frozen=True)
class Index:
    """The trigrams of one table's `search_text`."""

    table: str
    source: str

    def sqlite(self) -> tuple[str, ...]:
        table, source = self.table, self.source
        return (
            f"""CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5(search_text,
    content='{source}', content_rowid='id', tokenize='trigram case_sensitive 1')""",
            f"""CREATE TRIGGER IF NOT EXISTS {table}_insert AFTER INSERT ON {source}
WHEN new.search_text <> '' BEGIN
    INSERT INTO {table} (rowid, search_text) VALUES (new.id, new.search_text);
END""",
            f"""CREATE TRIGGER IF NOT EXISTS {table}_delete AFTER DELETE ON {source}
WHEN old.search_text <> '' BEGIN
    INSERT INTO {table} ({table}, rowid, search_text) VALUES ('delete', old.id, old.search_text);
END""",
            f"""CREATE TRIGGER IF NOT EXISTS {table}_update AFTER UPDATE OF search_text ON {source}
WHEN old.search_text <> new.search_text BEGIN
    INSERT INTO {table} ({table}, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    INSERT INTO {table} (rowid, search_text) VALUES (new.id, new.search_text);
END""",
        )

    def postgresql(self) -> str:
        return f"CREATE INDEX {self.table} ON {self.source} USING gin (search_text gin_trgm_ops)"


PRODUCTS = Index("pos_product_search", "pos_product")
AUDIT = Index("pos_auditentry_search", "pos_auditentry")


def fold(text: str) -> str:
    """Text as it is searched: no accents, no capitals, the same on every database."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def long_words(text: str) -> list[str]:
    """The folded words of `text` that the index knows."""
    return [word for word in fold(text).split() if len(word) >= SHORTEST]


def build_search_index(using: str) -> None:
    """Make what is missing of the indexes. Does nothing where all is there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for index in (PRODUCTS, AUDIT):
            if connection.vendor == "postgresql":
                cursor.execute("SELECT to_regclass(%s)", [index.table])
                if cursor.fetchone()[0] is None:
                    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                    cursor.execute(index.postgresql())
            elif _lacks_triggers(cursor, index):
                for statement in index.sqlite():
                    cursor.execute(statement)
                cursor.execute(f"INSERT INTO {index.table} ({index.table}) VALUES ('rebuild')")


def _lacks_triggers(cursor: Any, index: Index) -> bool:
    cursor.execute(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
        [f"{index.table}%"],
    )
    return bool(cursor.fetchone()[0] < len(index.sqlite()) - 1)


def few_matches(words: list[str], using: str, limit: int) -> list[int] | None:
    """Ids of the products that contain all long `words`; None when there are more than `limit`.

    None too where the database finds them by itself (PostgreSQL), or no word is long enough.
    """
    connection = connections[using]
    long_words = [word for word in words if len(word) >= SHORTEST]
    if connection.vendor != "sqlite" or not long_words:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid FROM {PRODUCTS.table} WHERE {PRODUCTS.table} MATCH %s LIMIT %s",  # noqa: S608  our own name
            [_quoted(long_words), limit + 1],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return None if len(ids) > limit else ids


def newest_matches(
    index: Index, words: list[str], using: str, *, below: int, limit: int
) -> list[int]:
    """SQLite: the largest ids under `below` whose text contains all `words`, falling."""
    table = index.table
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH %s AND rowid < %s"  # noqa: S608  our own name
            " ORDER BY rowid DESC LIMIT %s",
            [_quoted(words), below, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def listed(ids: list[int]) -> RawSQL:
    """SQLite: thousands of ids as one parameter, for `pk__in`."""
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(ids)])


def _quoted(words: list[str]) -> str:
    return " ".join('"{}"'.format(word.replace('"', '""')) for word in words)
