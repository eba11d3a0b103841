"""The audit trail as a spreadsheet: typed cells, written row by row, whatever its size."""

from __future__ import annotations

from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import User
from pos.money import currency_decimals
from pos.services.audit import readable, record_names

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 200_000
AT_ONCE = 2000
LONGEST_CELL = 32_000  # Excel's end is 32,767
# Text stays text: nothing that somebody typed is calculated, opened or counted.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTHS = (18, 22, 22, 16, 28, 50, 12, 30, 16, 14, 16)


def write_sheet(rows: QuerySet, *, user: User) -> tuple[IO[bytes], int]:
    """A temporary file at its beginning, and how many rows are in it. Raises OSError without disk."""
    file = TemporaryFile()  # noqa: SIM115  the answer closes it
    book = xlsxwriter.Workbook(file, OPTIONS)
    sheet = book.add_worksheet(_("Audit"))
    head = book.add_format({"bold": True, "bottom": 1})
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    decimals = currency_decimals(settings.POS_CURRENCY)
    money = book.add_format({"num_format": f"#,##0.{'0' * decimals}" if decimals else "#,##0"})
    for column, (title, width) in enumerate(zip(titles(), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, entry in enumerate(rows.iterator(chunk_size=AT_ONCE), start=1):
        write_row(sheet, count, row_of(entry, user), {"when": when, "money": money})
    sheet.autofilter(0, 0, max(count, 1), len(WIDTHS) - 1)
    book.close()
    file.seek(0)
    return file, count


def titles() -> list[str]:
    return [
        _("When"),
        _("Who"),
        _("What"),
        _("Kind of record"),
        _("Record"),
        _("Changes"),
        _("Amount"),
        _("Reason"),
        _("Store"),
        _("Register"),
        _("Address"),
    ]


def row_of(entry: Any, user: User) -> list[Any]:
    """The cells of one entry: a local time, amounts as Decimal, everything else text."""
    entry.changes, entry.amount = readable(user=user, entry=entry)
    return [
        timezone.localtime(entry.at).replace(tzinfo=None),
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


def write_row(sheet: Any, place: int, values: list[Any], formats: dict[str, Any]) -> None:
    for column, value in enumerate(values):
        if value is None or value == "":
            continue
        if isinstance(value, datetime):
            sheet.write_datetime(place, column, value, formats["when"])
        elif isinstance(value, str):
            sheet.write_string(place, column, value[:LONGEST_CELL])
        else:
            sheet.write_number(place, column, value, formats["money"])
