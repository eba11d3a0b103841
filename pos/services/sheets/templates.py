"""An empty sheet with our headings, to be filled in: typed columns, and help on a sheet of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import IO, Any, Literal, cast

import xlsxwriter
from django.utils.translation import gettext as _

from . import cells as limits
from .columns import ColumnSpec, Kind

_WIDTHS: dict[Kind, int] = {"text": 28, "categories": 28, "barcode": 18, "code": 14}
_FORMATS: dict[Kind, str] = {
    **dict.fromkeys(("text", "code", "barcode", "categories", "choice"), "@"),
    "date": "yyyy-mm-dd",
    "money": "0.00##",
    "quantity": "0.###",
}
_BOM = "\ufeff"  # Excel takes a CSV file without it for Windows-1252


def write_template(columns: Sequence[ColumnSpec], *, format: Literal["xlsx", "csv"]) -> IO[bytes]:
    """A file at its start: the row of headings and nothing below it. The caller closes it."""
    file = cast(IO[bytes], io.BytesIO())
    if format == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerow([str(column.title) for column in columns])
        file.write((_BOM + text.getvalue()).encode())
    else:
        with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
            _write_table(workbook, columns)
            _write_help(workbook, columns)
    file.seek(0)
    return file


def _write_table(workbook: Any, columns: Sequence[ColumnSpec]) -> None:
    sheet = workbook.add_worksheet(_("Table")[:31])
    heading = {"bold": True, "bottom": 1, "valign": "top"}
    needed = workbook.add_format({**heading, "bg_color": "#FFE8B0"})
    optional = workbook.add_format({**heading, "bg_color": "#EFEFEF"})
    for place, column in enumerate(columns):
        look = workbook.add_format({"num_format": _FORMATS.get(column.kind, "General")})
        width = max(_WIDTHS.get(column.kind, 12), len(str(column.title)) + 2)
        sheet.set_column(place, place, width, look)
        sheet.write_string(0, place, str(column.title), needed if column.needed else optional)
        _limit(sheet, place, column)
    sheet.freeze_panes(1, 0)


def _limit(sheet: Any, place: int, column: ColumnSpec) -> None:
    """A list to choose from, where Excel has room for it."""
    labels = [str(label) for _value, label in column.choices]
    if column.kind == "bool":
        labels = [_("Yes"), _("No")]
    if labels and len(",".join(labels)) <= 255 and not any("," in label for label in labels):
        rule = {"validate": "list", "source": labels, "ignore_blank": True}
        sheet.data_validation(1, place, limits.MAX_ROWS_XLSX, place, rule)


def _write_help(workbook: Any, columns: Sequence[ColumnSpec]) -> None:
    sheet = workbook.add_worksheet(_("Help")[:31])
    bold = workbook.add_format({"bold": True, "bottom": 1})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for place, (title, width) in enumerate(
        ((_("Column"), 24), (_("Needed"), 10), (_("Example"), 28), (_("What it holds"), 70))
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, bold)
    for row, column in enumerate(columns, start=1):
        needed = _("yes") if column.needed else ""
        for place, text in enumerate((column.title, needed, column.example, column.help)):
            sheet.write_string(row, place, str(text), wrapped)
    sheet.freeze_panes(1, 0)
