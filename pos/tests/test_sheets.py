"""The one writer of spreadsheets: typed cells, many rows, totals, charts, and no formula ever."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from pos.reports import sheets
from pos.reports.sheet_formats import money_format, sheet_name
from pos.reports.sheets import ChartSpec, Column, csv_lines, write_xlsx

COLUMNS = [
    Column("name", "Name", "text"),
    Column("price", "Price", "money"),
    Column("quantity", "Quantity", "quantity"),
    Column("rate", "Rate", "percent"),
    Column("orders", "Orders", "count"),
    Column("day", "Day", "date"),
    Column("at", "At", "datetime"),
    Column("ok", "Active", "bool"),
]
AT = datetime(2026, 1, 2, 12, 30, 15, 999, tzinfo=UTC)
ROW = ["=1", Decimal("-5"), Decimal("2.5"), Decimal("12.5"), 3, date(2026, 1, 2), AT, True]
EMPTY = [None] * len(COLUMNS)


def book(**asked: Any) -> Any:
    asked = {"title": "Prices", "columns": COLUMNS, "rows": [ROW, EMPTY]} | asked
    return openpyxl.load_workbook(io.BytesIO(write_xlsx(**asked).read()))


def test_cells_are_of_their_kind(settings: Any) -> None:
    settings.POS_CURRENCY, settings.TIME_ZONE = "EUR", "UTC"
    sheet = book().worksheets[0]
    cells = sheet[2]
    assert [cell.value for cell in cells] == [
        *(
            "=1",
            -5,
            2.5,
            0.125,
            3,
            AT.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0),
            AT.replace(tzinfo=None, microsecond=0),
            True,
        ),
    ]
    assert [cell.data_type for cell in cells] == ["s", "n", "n", "n", "n", "d", "d", "b"]
    assert [cell.number_format for cell in cells[1:4]] == ['"€"#,##0.00', "#,##0.0##", "0.0##%"]
    assert [cell.value for cell in sheet[3]] == EMPTY
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:H3")


def test_totals_notes_and_a_chart_have_their_places() -> None:
    totals = ["Total", Decimal(-5), None, None, 3, None, None, None]
    chart = ChartSpec("column", "name", ("price",))
    found = book(totals=totals, notes=["Store: =1"], chart=chart)
    assert found.sheetnames == ["Prices", "Chart", "About"]
    assert [cell.value for cell in found["Prices"][4]] == totals
    assert found["Prices"].auto_filter.ref == "A1:H3"
    assert found["About"]["A2"].value == "Store: =1"
    assert found["About"]["A2"].data_type == "s"


def test_more_rows_than_a_sheet_takes_go_on_in_the_next(monkeypatch: Any) -> None:
    monkeypatch.setattr(sheets, "ROWS_PER_SHEET", 2)
    found = book(columns=COLUMNS[:1], rows=[[str(n)] for n in range(5)], totals=["Total"])
    assert found.sheetnames == ["Prices", "Prices (2)", "Prices (3)"]
    assert [list(sheet.values) for sheet in found] == [
        [("Name",), ("0",), ("1",)],
        [("Name",), ("2",), ("3",)],
        [("Name",), ("4",), ("Total",)],
    ]


def test_rows_that_fail_leave_no_file_behind(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows() -> Iterator[list[Any]]:
        yield ROW
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        write_xlsx(title="Prices", columns=COLUMNS, rows=rows())
    assert list(tmp_path.iterdir()) == []


def test_csv_has_numbers_with_a_point_and_no_formula(settings: Any) -> None:
    settings.POS_CURRENCY = "EUR"
    lines = b"".join(csv_lines(COLUMNS, [ROW], ["Total", Decimal("-5.1234"), *[None] * 6]))
    assert lines.decode("utf-8-sig").splitlines() == [
        "Name,Price,Quantity,Rate,Orders,Day,At,Active",
        lines.decode().splitlines()[1],
        "Total,-5.1234,,,,,,",
    ]
    assert lines.startswith(b"\xef\xbb\xbfName")
    assert lines.decode().splitlines()[1].startswith("'=1,-5.00,2.5,12.5,3,2026-01-02,2026-01-02 ")


@pytest.mark.parametrize(
    ("currency", "language", "pattern"),
    [
        ("USD", "en", '"$"#,##0.00'),
        ("EUR", "de", '#,##0.00\xa0"€"'),
        ("JPY", "en", '"¥"#,##0'),
        ("KWD", "en", '"KWD\xa0"#,##0.000'),
    ],
)
def test_amounts_look_as_the_language_writes_them(
    currency: str, language: str, pattern: str
) -> None:
    assert money_format(currency, language) == pattern


def test_a_sheet_has_a_name_that_excel_takes() -> None:
    assert sheet_name("Orders: 1/2 [x]") == "Orders  1 2  x"
    assert sheet_name("'") == "1"
    assert sheet_name("x" * 40, 12) == f"{'x' * 26} (12)"
