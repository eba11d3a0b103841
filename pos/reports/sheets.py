"""The one writer of spreadsheets: XLSX with typed cells and CSV, row by row, whatever their size.

A cell's value is what the kind of its column says, or None for an empty cell:
text, code: str (a lazy text is one, too); money, quantity: Decimal; percent: Decimal, 12.5 for 12.5 %;
count: int; date: date; datetime: an aware datetime, written in the shop's local time; bool: bool.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Literal

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.exceptions import FileCreateError

from pos.money import amount_text, currency_decimals, quantity_text
from pos.text import neutralised

from .sheet_formats import HEAD, NOTE_WIDTH, book_formats, sheet_name, storable

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
ROWS_PER_SHEET = 1_048_575  # Excel's end is one more, which the headings take
MEASURED_ROWS = 500  # whose texts say how wide a column is
LINES_AT_ONCE = 500
Kind = Literal["text", "code", "money", "quantity", "percent", "count", "date", "datetime", "bool"]
# Text stays text: nothing that somebody typed is calculated, opened or counted.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS: dict[str, int] = {
    "text": 12,
    "code": 12,
    "money": 15,
    "quantity": 12,
    "percent": 10,
    "count": 10,
    "date": 12,
    "datetime": 19,
    "bool": 8,
}
WIDEST = 60
FILTER_ARROW = 4
Write = Callable[[Any, int, int, Any], object]


@dataclass(frozen=True)
class Column:
    """`name` is for programs, `title` for people; `width` in characters, 0: as wide as its texts."""

    name: str
    title: str
    kind: Kind
    width: int = 0
    total: bool = False


@dataclass(frozen=True)
class ChartSpec:
    """A chart of the rows on a sheet of its own: `label` and `values` are names of columns."""

    kind: Literal["line", "bar", "column", "pie"]
    label: str
    values: tuple[str, ...]


# --- XLSX ----------------------------------------------------------------------------------------


def write_xlsx(
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    totals: Sequence[Any] | None = None,
    notes: Sequence[str] = (),
    chart: ChartSpec | None = None,
) -> IO[bytes]:
    """A temporary file at its beginning, gone when it is closed. Raises OSError without disk.

    `totals`: one more row in bold, None where nothing is summed. `notes`: lines of the sheet "About".
    Beyond ROWS_PER_SHEET the rows go on in a sheet "… (2)". A chart is of the first sheet.
    """
    file = TemporaryFile()  # noqa: SIM115  the answer closes it
    try:
        with (
            TemporaryDirectory() as folder
        ):  # xlsxwriter leaves its own files behind when rows fail
            # A chart is drawn at once by whatever opens the file only if the figures are at hand.
            options = {**SAFE, "constant_memory": chart is None, "tmpdir": folder}
            book = xlsxwriter.Workbook(file, options)
            table = _Table(book, title, columns)
            table.write(rows, totals)
            if chart is not None:
                _draw_chart(table, chart)
            if notes:
                _write_notes(table, notes)
            _close(book)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


@dataclass
class _Table:
    """The rows on as many sheets as they need."""

    book: Any
    title: str
    columns: Sequence[Column]
    formats: dict[str, Any] = field(init=False)
    widths: list[int] = field(init=False)
    names: list[str] = field(default_factory=list)
    last_row: int = 0  # of the first sheet

    def __post_init__(self) -> None:
        self.formats = book_formats(self.book)
        self.widths = [
            each.width or max(WIDTHS[each.kind], len(str(each.title)) + FILTER_ARROW)
            for each in self.columns
        ]

    def write(self, rows: Iterable[Sequence[Any]], totals: Sequence[Any] | None) -> None:
        writers = [xlsx_writer(each.kind, self.formats) for each in self.columns]
        flexible = [
            index
            for index, each in enumerate(self.columns)
            if not each.width and each.kind in ("text", "code")
        ]
        sheet, place, measured = self._start(), 0, 0
        for row in rows:
            if place == ROWS_PER_SHEET:
                self._finish(sheet, place)
                sheet, place = self._start(), 0
            place += 1
            if measured < MEASURED_ROWS:
                measured += 1
                self._measure(row, flexible)
            for index, (write, value) in enumerate(zip(writers, row, strict=True)):
                if value is not None and value != "":
                    write(sheet, place, index, value)
        if totals is not None:
            if place == ROWS_PER_SHEET:
                self._finish(sheet, place)
                sheet, place = self._start(), 0
            self._write_totals(sheet, place + 1, totals)
        self._finish(sheet, place)

    def _start(self) -> Any:
        name = sheet_name(self.title, len(self.names) + 1)
        self.names.append(name)
        sheet = self.book.add_worksheet(name)
        for index, column in enumerate(self.columns):
            head = self.formats[HEAD if column.kind in ("text", "code") else "head_right"]
            sheet.write_string(0, index, storable(str(column.title)), head)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _finish(self, sheet: Any, last_row: int) -> None:
        for index, width in enumerate(self.widths):
            sheet.set_column(index, index, width)
        sheet.autofilter(0, 0, max(last_row, 1), max(len(self.columns) - 1, 0))
        if len(self.names) == 1:
            self.last_row = last_row

    def _measure(self, row: Sequence[Any], flexible: Sequence[int]) -> None:
        for index in flexible:
            if row[index] is not None:
                longest = max(map(len, str(row[index]).split("\n")))
                self.widths[index] = max(self.widths[index], min(longest + 2, WIDEST))

    def _write_totals(self, sheet: Any, place: int, totals: Sequence[Any]) -> None:
        bold = {kind: self.formats[f"total_{kind}"] for kind in WIDTHS} | {
            f"whole_{kind}": self.formats[f"total_whole_{kind}"] for kind in ("quantity", "percent")
        }
        for index, (column, value) in enumerate(zip(self.columns, totals, strict=True)):
            if value is None or value == "":
                sheet.write_blank(place, index, None, bold["text"])
            elif isinstance(value, str):
                sheet.write_string(place, index, storable(value), bold["text"])
            else:
                xlsx_writer(column.kind, bold)(sheet, place, index, value)


def xlsx_writer(kind: Kind, formats: dict[str, Any]) -> Write:
    """Writes one value of this kind into (sheet, row, column)."""
    form, whole = formats[kind], formats.get(f"whole_{kind}")

    def text(sheet: Any, row: int, column: int, value: Any) -> None:
        sheet.write_string(row, column, storable(str(value)), form)

    def number(sheet: Any, row: int, column: int, value: Any) -> None:
        sheet.write_number(row, column, value, form)

    def part(sheet: Any, row: int, column: int, value: Any) -> None:
        # "0.###" would show a lonely point behind a whole number.
        sheet.write_number(row, column, value, whole if value % 1 == 0 else form)

    def percent(sheet: Any, row: int, column: int, value: Any) -> None:
        sheet.write_number(row, column, value / 100, whole if value % 1 == 0 else form)

    def moment(sheet: Any, row: int, column: int, value: Any) -> None:
        if value.year < 1900:  # before Excel's calendar
            sheet.write_string(row, column, time_text(value))
        else:
            sheet.write_datetime(row, column, local(value), form)

    def yes_or_no(sheet: Any, row: int, column: int, value: Any) -> None:
        sheet.write_boolean(row, column, bool(value), form)

    writers: dict[str, Write] = {
        "text": text,
        "code": text,
        "money": number,
        "count": number,
        "quantity": part,
        "percent": percent,
        "date": moment,
        "datetime": moment,
        "bool": yes_or_no,
    }
    return writers[kind]


def _draw_chart(table: _Table, spec: ChartSpec) -> None:
    if not table.last_row:
        return
    places = {column.name: index for index, column in enumerate(table.columns)}
    chart = table.book.add_chart({"type": spec.kind})
    label = places[spec.label]
    for name in spec.values:
        index = places[name]
        chart.add_series(
            {
                "name": [table.names[0], 0, index],
                "categories": [table.names[0], 1, label, table.last_row, label],
                "values": [table.names[0], 1, index, table.last_row, index],
                **({"data_labels": {"percentage": True}} if spec.kind == "pie" else {}),
            }
        )
    chart.set_title({"name": storable(table.title), "name_font": {"size": 14}})
    if len(spec.values) == 1 and spec.kind != "pie":
        chart.set_legend({"none": True})
    if spec.kind == "bar":  # the first row on top, as in the table
        chart.set_y_axis({"reverse": True})
    elif spec.kind != "pie" and table.columns[label].kind == "date":
        # As text: else the axis says the days' numbers.
        chart.set_x_axis({"num_format": "yyyy-mm-dd", "text_axis": True})
    chart.set_size({"width": 1000, "height": 520})
    sheet = table.book.add_worksheet(sheet_name(_("Chart")))
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.insert_chart(0, 0, chart)


def _write_notes(table: _Table, notes: Sequence[str]) -> None:
    sheet, formats = table.book.add_worksheet(sheet_name(_("About"))), table.formats
    sheet.set_column(0, 0, NOTE_WIDTH)
    sheet.write_string(0, 0, storable(table.title), formats[HEAD])
    for place, note in enumerate(notes, start=1):
        sheet.write_string(place, 0, storable(str(note)), formats["text"])


def _close(book: Any) -> None:
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


# --- CSV -----------------------------------------------------------------------------------------


class _Echo:
    """What the csv writer writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], totals: Sequence[Any] | None = None
) -> Iterator[bytes]:
    """UTF-8 with a BOM, commas, numbers with a point, times by the shop's clock, no formula at all."""
    writer = csv.writer(_Echo())
    decimals = currency_decimals(settings.POS_CURRENCY)
    texts = [csv_text(each.kind, decimals) for each in columns]
    lines = ["\ufeff" + writer.writerow([neutralised(str(each.title)) for each in columns])]
    for row in rows:
        lines.append(writer.writerow(_csv_cells(texts, row)))
        if len(lines) >= LINES_AT_ONCE:
            yield "".join(lines).encode("utf-8", "replace")
            lines.clear()
    if totals is not None:
        lines.append(writer.writerow(_csv_cells(texts, totals)))
    yield "".join(lines).encode("utf-8", "replace")


def _csv_cells(texts: Sequence[Callable[[Any], str]], row: Sequence[Any]) -> list[str]:
    return [
        "" if value is None else neutralised(value) if isinstance(value, str) else text(value)
        for text, value in zip(texts, row, strict=True)
    ]


def csv_text(kind: Kind, decimals: int) -> Callable[[Any], str]:
    """What a value of this kind is in a CSV file; `decimals` of the currency."""

    def money(value: Any) -> str:
        exact = Decimal(value)
        text = amount_text(exact, decimals)
        return text if Decimal(text) == exact else quantity_text(exact)

    def number(value: Any) -> str:
        return quantity_text(Decimal(value))

    texts: dict[str, Callable[[Any], str]] = {
        "money": money,
        "quantity": number,
        "percent": number,
        "count": number,
        "date": time_text,
        "datetime": time_text,
        "bool": lambda value: str(bool(value)).upper(),
    }
    return texts.get(kind, lambda value: neutralised(str(value)))


# --- Times ---------------------------------------------------------------------------------------


def local(value: date | datetime) -> date | datetime:
    """A moment by the shop's clock, without its offset: spreadsheets know none."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return value


def time_text(value: date | datetime) -> str:
    value = local(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat()
