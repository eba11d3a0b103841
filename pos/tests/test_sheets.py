"""Spreadsheets as shops send them: which cells come out, and nothing changed on the way."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from pos.services.errors import Invalid
from pos.services.sheets import (
    Cell,
    ColumnSpec,
    Sheet,
    UnusableCell,
    guess_columns,
    open_sheet,
    write_template,
)

from .workbooks import HEADINGS, packed, parts, text_cell, workbook


def opened(folder: Path, data: bytes, name: str = "sent") -> Sheet:
    path = folder / "upload"
    path.write_bytes(data)
    return open_sheet(path, name=name)


def cells(folder: Path, data: bytes) -> list[list[Cell]]:
    return list(opened(folder, data).rows())


def row_of(*content: str) -> str:
    """A sheet with a heading and one row of these cells."""
    return f'{HEADINGS}<row r="2">{"".join(content)}</row>'


# --- Text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_text_comes_in_every_usual_form(
    tmp_path: Path, encoding: str, delimiter: str, is_packed: bool
) -> None:
    lines = (("code", "Größe, netto"), ("007", "Thé “vert”"), ("", ""), ("8", 'a "b"\nc'))
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(lines)
    data = file.getvalue().encode(encoding)

    sheet = opened(tmp_path, gzip.compress(data, mtime=0) if is_packed else data)

    assert (sheet.kind, sheet.headings) == ("csv", ["code", "Größe, netto"])
    assert list(sheet.rows()) == [["007", "Thé “vert”"], [], ["8", 'a "b"\nc']]
    assert bool(sheet.notes) == (encoding == "cp1252")
    assert list(sheet.rows())[0] == ["007", "Thé “vert”"]  # and once more


def test_text_in_windows_letters_is_announced(tmp_path: Path) -> None:
    sheet = opened(tmp_path, "code,name\n1,Thé\n".encode("cp1252"))

    assert sheet.notes == [
        "The file is not in UTF-8 and was read as Windows-1252: check accents and signs."
    ]


def test_letters_that_are_not_utf_8_far_below_are_found_before_the_first_row(
    tmp_path: Path,
) -> None:
    sheet = opened(tmp_path, b"code\n" + b"12345\n" * 100_000 + "Thé\n".encode("cp1252"))

    assert sheet.row_count == 100_001
    assert list(sheet.rows())[-1] == ["Thé"]


def test_a_comma_within_cells_parts_nothing_in_a_file_of_semicolons(tmp_path: Path) -> None:
    text = "code;a, b, c;price\n1;Tea, green;3,49\n2;x;4,00\n"

    sheet = opened(tmp_path, text.encode())

    assert sheet.headings == ["code", "a, b, c", "price"]
    assert list(sheet.rows()) == [["1", "Tea, green", "3,49"], ["2", "x", "4,00"]]


def test_a_file_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert cells(tmp_path, b"code\n1\n2\n") == [["1"], ["2"]]


def test_excels_own_line_about_the_delimiter_is_no_row(tmp_path: Path) -> None:
    sheet = opened(tmp_path, b"sep=;\r\ncode;name\r\n1;Tea, green\r\n")

    assert (sheet.headings, list(sheet.rows())) == (["code", "name"], [["1", "Tea, green"]])


# --- Workbooks -----------------------------------------------------------------------------------


def test_cells_of_a_workbook_are_what_the_person_sees(tmp_path: Path) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        look = {name: book.add_format({"num_format": name}) for name in FORMATS}
        sheet.write_row(0, 0, ["Item Code", "Note"])
        sheet.write_string(1, 0, "00042")
        sheet.write_number(1, 1, 0.1 + 0.2)
        sheet.write_number(1, 2, 4006381333931)
        sheet.write_number(1, 3, 42, look["00000000"])
        sheet.write_number(1, 4, 0.2, look["0%"])
        sheet.write_datetime(1, 5, datetime(2026, 5, 31), look["dd/mm/yy"])  # noqa: DTZ001
        sheet.write_datetime(1, 6, datetime(2026, 5, 31, 9, 5), look["d mmm yyyy h:mm"])  # noqa: DTZ001
        sheet.write_number(1, 7, 1234.5, look['#,##0.00 "day";[Red]-0.00'])
        sheet.write_boolean(1, 8, True)
        sheet.write_rich_string(1, 9, "a", book.add_format({"bold": True}), "b", "c")
        sheet.write_string(1, 10, "two\nlines_x0041_")
        sheet.write_number(1, 11, 0.5, look["h:mm"])
        sheet.write_number(1, 12, -3.25)
        sheet.write_blank(1, 13, None, look["0%"])

    assert cells(tmp_path, file.getvalue()) == [
        [
            *("00042", Decimal("0.3"), 4006381333931, "00000042", "20%"),
            *(date(2026, 5, 31), datetime(2026, 5, 31, 9, 5), Decimal("1234.5")),  # noqa: DTZ001
            *(True, "abc", "two\nlines_x0041_", "12:00:00", Decimal("-3.25")),
        ]
    ]


FORMATS = ("00000000", "0%", "dd/mm/yy", "d mmm yyyy h:mm", '#,##0.00 "day";[Red]-0.00', "h:mm")


def test_a_formula_is_no_value_though_the_file_remembers_one(tmp_path: Path) -> None:
    rows = row_of('<c r="A2"><f>1+1</f><v>2</v></c>', '<c r="B2" t="e"><v>#REF!</v></c>')

    ((formula, error),) = cells(tmp_path, workbook(rows))

    assert isinstance(formula, UnusableCell)
    assert (
        str(formula.reason) == "This cell holds a formula. Copy the column and paste it as values."
    )
    assert isinstance(error, UnusableCell)
    assert error == "#REF!"


def test_blank_rows_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    rows = HEADINGS + f'<row r="2"/><row r="4">{text_cell("B4", "x")}</row><row r="9"/>'

    assert cells(tmp_path, workbook(rows)) == [[], [], [None, "x"]]


def test_a_coloured_row_at_the_very_end_does_no_harm(tmp_path: Path) -> None:
    rows = row_of(text_cell("A2", "x")) + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'

    assert cells(tmp_path, workbook(rows)) == [["x"]]


def test_places_may_be_left_out_and_names_may_have_a_prefix(tmp_path: Path) -> None:
    content = parts('<row><c t="str"><v>code</v></c></row><row><c/><c><v>7</v></c></row>')
    name = "xl/worksheets/sheet1.xml"
    for tag in ("worksheet", "sheetData", "row", "c", "v"):
        for start in ("<", "</"):
            for end in (" ", ">", "/"):
                content[name] = str(content[name]).replace(
                    f"{start}{tag}{end}", f"{start}x:{tag}{end}"
                )
    content[name] = str(content[name]).replace("xmlns=", "xmlns:x=")

    assert cells(tmp_path, packed(content)) == [[None, 7]]


@pytest.mark.parametrize(
    ("book", "format_code", "stored", "day"),
    [
        ("", "yyyy-mm-dd", "1", date(1900, 1, 1)),
        ("", "yyyy-mm-dd", "59", date(1900, 2, 28)),
        ("", "yyyy-mm-dd", "61", date(1900, 3, 1)),
        ("", "[$-409]d/m/yyyy;@", "45443", date(2024, 5, 31)),
        ('<workbookPr date1904="1"/>', "d.m.yy", "43981", date(2024, 5, 31)),
    ],
)
def test_dates_are_counted_as_the_workbook_counts(
    tmp_path: Path, book: str, format_code: str, stored: str, day: date
) -> None:
    rows = row_of(f'<c r="A2" s="0"><v>{stored}</v></c>')

    assert cells(tmp_path, workbook(rows, formats=[format_code], book=book)) == [[day]]


@pytest.mark.parametrize("stored", ["1e400", "NaN", "Infinity", "1E+99", "--1", "x", "1_000", "٣"])
def test_a_number_that_is_none_is_kept_apart(tmp_path: Path, stored: str) -> None:
    (((cell,)),) = cells(tmp_path, workbook(row_of(f'<c r="A2"><v>{stored}</v></c>')))

    assert isinstance(cell, UnusableCell)


def test_further_sheets_are_announced(tmp_path: Path) -> None:
    assert opened(tmp_path, workbook(sheets=3)).notes == [
        "Only the first sheet, “Sheet 1”, is read; left out: Sheet 2, Sheet 3."
    ]


def test_a_file_is_what_it_is_not_what_it_is_called(tmp_path: Path) -> None:
    assert opened(tmp_path, workbook(), "products.csv").kind == "xlsx"
    assert opened(tmp_path, b"code\n1\n", "products.xlsx").kind == "csv"


@pytest.mark.parametrize("data", [b"\n1,2\n", b",,\n1,2,3\n", workbook('<row r="2"/>')])
def test_a_file_without_headings_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Invalid, match="first row must name the columns"):
        opened(tmp_path, data)


def test_two_headings_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="“Code” stands there twice"):
        opened(tmp_path, b"code,,Code,\n1,2,3,4\n")


# --- Names of columns ----------------------------------------------------------------------------

NAMES = (
    "code barcode name size price quantity categories description cost tax_rate style sold_by"
    " reorder_point"
).split()


def guessed(*headings: str, names: Sequence[str] = NAMES) -> dict[str, str]:
    columns = [ColumnSpec(name, name.replace("_", " ").capitalize()) for name in names]
    return {heading: name for heading, name in guess_columns(headings, columns).items() if name}


@pytest.mark.parametrize(
    ("headings", "names"),
    [
        ("code;BARCODE; Name ;Tax rate;reorder-point", "code barcode name tax_rate reorder_point"),
        ("SKU;UPC;Title;Qty on hand;Unit price", "code barcode name quantity price"),
        (
            "Item code;EAN-13;Item;Stock;Retail;Department",
            "code barcode name quantity price categories",
        ),
        (
            "Artikel-Nr.;Strichcode;Bezeichnung;Größe;VK brutto;EK;MwSt",
            "code barcode name size price cost tax_rate",
        ),
        (
            "Référence;Code-barres;Désignation;Prix TTC;Prix d’achat;TVA",
            "code barcode name price cost tax_rate",
        ),
        (
            "Código;Código de barras;Descripción;PVP;Existencias",
            "code barcode description price quantity",
        ),
        ("Price (EUR);Cost price [net];\ufeffSKU", "price cost code"),
        ("Handle;Variant SKU;Title;Variant Price;Variant Barcode", "style code name price barcode"),
    ],
)
def test_headings_of_other_systems_are_understood(headings: str, names: str) -> None:
    told = headings.split(";")

    assert guessed(*told) == dict(zip(told, names.split(), strict=True))


def test_the_better_heading_has_the_column() -> None:
    assert guessed("Reference", "SKU", "Item code", "code") == {"code": "code"}
    assert guessed("Reference", "SKU") == {"SKU": "code"}
    assert guessed("Retail price", "Price", "Weather") == {"Price": "price"}


def test_headings_in_the_persons_language_and_in_english() -> None:
    column = ColumnSpec("customer_level", "Customer level", aliases=("Tier",))

    assert guess_columns(["TIER"], [column]) == {"TIER": "customer_level"}
    assert guess_columns(["Customer_Level", "?"], [column]) == {
        "Customer_Level": "customer_level",
        "?": "",
    }


# --- Templates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_template_is_read_back_with_its_headings_and_no_rows(tmp_path: Path, kind: str) -> None:
    columns = [
        ColumnSpec("code", "Code", "code", needed=True, example="00042"),
        ColumnSpec("price", "Price", "money", help="With tax."),
        ColumnSpec("sold_by", "Größe", "choice", choices=(("unit", "Unit"), ("weight", "Weight"))),
        ColumnSpec("is_active", "Active", "bool"),
    ]
    with write_template(columns, format=kind) as file:  # type: ignore[arg-type]
        sheet = opened(tmp_path, file.read())

    assert sheet.headings == ["Code", "Price", "Größe", "Active"]
    assert (list(sheet.rows()), sheet.notes) == ([], [])
    assert guess_columns(sheet.headings, columns)["Größe"] == "sold_by"
