"""The audit trail as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pos.models import User
from pos.services.audit import readable, record_names

from .sheets import Column, write_xlsx

MOST_ROWS = 200_000
AT_ONCE = 2000


def write_sheet(rows: QuerySet, *, user: User) -> tuple[IO[bytes], int]:
    """A temporary file at its beginning, and how many rows are in it. Raises OSError without disk."""
    count = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal count
        for entry in rows.iterator(chunk_size=AT_ONCE):
            count += 1
            yield row_of(entry, user)

    return write_xlsx(title=_("Audit"), columns=columns(), rows=counted()), count


def columns() -> list[Column]:
    return [
        Column("at", _("When"), "datetime"),
        Column("who", _("Who"), "text", 22),
        Column("what", _("What"), "text", 22),
        Column("model", _("Kind of record"), "text", 18),
        Column("record", _("Record"), "text", 28),
        Column("changes", _("Changes"), "text", 50),
        Column("amount", _("Amount"), "money"),
        Column("reason", _("Reason"), "text", 30),
        Column("store", _("Store"), "text", 16),
        Column("register", _("Register"), "text", 14),
        Column("address", _("Address"), "code", 16),
    ]


def row_of(entry: Any, user: User) -> list[Any]:
    """The cells of one entry, as this person may read it."""
    entry.changes, entry.amount = readable(user=user, entry=entry)
    return [
        entry.at,
        str(entry.actor or entry.actor_name),
        entry.get_kind_display(),
        str(record_names().get(entry.model, entry.model)),
        entry.object_text,
        "\n".join(f"{label}: {before} → {after}" for label, before, after in entry.changes),
        entry.shown_amount,
        entry.reason,
        str(entry.store or ""),
        str(entry.register or ""),
        entry.address or "",
    ]
