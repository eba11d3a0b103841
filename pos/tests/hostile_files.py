"""Spreadsheets that no shop sends: bombs, disguises, tricks. Each as its bytes, and the code of its refusal.

Made when asked for; the largest takes about a second to make and is a few megabytes.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable

from .workbooks import HEADINGS, SHEET, TEXTS, TYPES, packed, parts, sheet_of, text_cell, workbook

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)


def hostile(name: str, code: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def note(make: Callable[[], bytes]) -> Callable[[], bytes]:
        HOSTILE[name] = (make, code)
        return make

    return note


def _with(changed: dict[str, str | bytes], **more: object) -> bytes:
    return packed({**parts(**more), **changed})  # type: ignore[arg-type]


# --- Workbooks that unpack to too much ----------------------------------------------------------


@hostile("two million rows.xlsx", "file_too_large")
def two_million_rows() -> bytes:
    return workbook(HEADINGS + "<row><c><v>1</v></c></row>" * 2_000_000)


@hostile("rows that hardly shrink.xlsx", "file_too_large")
def rows_that_hardly_shrink() -> bytes:
    """As dense as an honest file: only counting stops it."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * n}</v></c></row>' for n in range(2, 200_100))
    return workbook(HEADINGS + rows + '<row r="200200"><c><v>1</v></c></row>')


@hostile("last cell.xlsx", "too_many_columns")
def last_cell() -> bytes:
    return workbook(HEADINGS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@hostile("last row.xlsx", "file_too_large")
def last_row() -> bytes:
    return workbook(HEADINGS + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')


@hostile("last column.xlsx", "too_many_columns")
def last_column() -> bytes:
    return workbook(HEADINGS + '<row r="2"><c r="XFD2"><v>1</v></c></row>')


@hostile("texts without number.xlsx", "file_too_large")
def texts_without_number() -> bytes:
    texts = "".join(f"<si><t>{n * 7919:x}</t></si>" for n in range(800_100))
    return workbook(HEADINGS + '<row r="2"><c t="s"><v>800050</v></c></row>', texts=texts)


@hostile("one text without end.xlsx", "file_too_large")
def one_text_without_end() -> bytes:
    texts = f"<si><t>{'x' * 90_000_000}</t></si>"
    return workbook(HEADINGS + '<row r="2"><c t="s"><v>0</v></c></row>', texts=texts)


@hostile("a tag without end.xlsx", "file_too_large")
def a_tag_without_end() -> bytes:
    return workbook(HEADINGS + f'<row r="2" a="{_noise(4_000_000)}"/>')


@hostile("names without number.xlsx", "unreadable_file")
def names_without_number() -> bytes:
    return workbook(HEADINGS + "".join(f"<n{n:x}/>" for n in range(1_000_000)))


@hostile("attributes without number.xlsx", "unreadable_file")
def attributes_without_number() -> bytes:
    return workbook(HEADINGS + "".join(f'<c a{n:x}=""/>' for n in range(500_000)))


@hostile("deep.xlsx", "unreadable_file")
def deep() -> bytes:
    return workbook(HEADINGS + "<a>" * 200_000)


@hostile("a thousand sheets.xlsx", "too_many_sheets")
def a_thousand_sheets() -> bytes:
    return workbook(sheets=1000)


@hostile("sixty thousand parts.xlsx", "file_too_large")
def sixty_thousand_parts() -> bytes:
    return packed({**parts(), **{f"xl/media/{n}.png": b"" for n in range(60_000)}})


@hostile("many large parts.xlsx", "file_too_large")
def many_large_parts() -> bytes:
    zeros = bytes(60_000_000)
    return packed({**parts(), **{f"xl/media/{n}.png": zeros for n in range(4)}})


# --- Archives that lie --------------------------------------------------------------------------


@hostile("smaller than it is.xlsx", "unreadable_file")
def smaller_than_it_is() -> bytes:
    """The directory says a thousand bytes; there are fifty million."""
    rows = HEADINGS + "<row/>" * 8_000_000
    return _with_directory(workbook(rows), SHEET, struct.pack("<L", 1000), at=24)


@hostile("parts that share their bytes.xlsx", "unreadable_file")
def parts_that_share_their_bytes() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
        archive.writestr("xl/media/0.png", bytes(1_000_000))
        first = archive.infolist()[-1]
        for number in range(1, 60):
            twin = zipfile.ZipInfo(f"xl/media/{number}.png")
            for field in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, field, getattr(first, field))
            archive.filelist.append(twin)
    return file.getvalue()


@hostile("one name twice.xlsx", "unreadable_file")
def one_name_twice() -> bytes:
    twin = SHEET.replace("sheet1", "Sheet1")
    return _with({twin: sheet_of(HEADINGS)})


@hostile("outside.xlsx", "unreadable_file")
def outside() -> bytes:
    return _with({"xl/../../../../tmp/outside": "x"})


@hostile("a foreign drive.xlsx", "unreadable_file")
def a_foreign_drive() -> bytes:
    return _with({"C:\\outside": "x"})


@hostile("packed otherwise.xlsx", "unreadable_file")
def packed_otherwise() -> bytes:
    return packed(parts(), method=zipfile.ZIP_BZIP2)


@hostile("half a workbook.xlsx", "unreadable_file")
def half_a_workbook() -> bytes:
    data = workbook(HEADINGS + text_cell("A2", "x"))
    return data[: len(data) // 2]


@hostile("broken bytes.xlsx", "unreadable_file")
def broken_bytes() -> bytes:
    data = packed(parts(), method=zipfile.ZIP_STORED)
    return data.replace(b"<t>code</t>", b"<t>cope</t>")


@hostile("an empty archive.xlsx", "unreadable_file")
def an_empty_archive() -> bytes:
    return packed({})


@hostile("an archive in an archive.xlsx", "no_spreadsheet")
def an_archive_in_an_archive() -> bytes:
    return packed({"catalogue.xlsx": workbook()})


# --- XML that reaches out ------------------------------------------------------------------------


@hostile("entity in a sheet.xlsx", "unreadable_file")
def entity_in_a_sheet() -> bytes:
    return _with({SHEET: sheet_of(HEADINGS.replace("code", "&e;"), before=_ENTITY)})


@hostile("entities in the sheet.xlsx", "unreadable_file")
def laughs_in_a_sheet() -> bytes:
    return _with({SHEET: sheet_of(HEADINGS.replace("code", "&j;"), before=_LAUGHS)})


@hostile("entities in texts.xlsx", "unreadable_file")
def laughs_in_texts() -> bytes:
    row = '<row r="1"><c t="s"><v>0</v></c></row>'
    return _with({TEXTS: f"{_LAUGHS}<sst><si><t>&j;</t></si></sst>"}, rows=row)


@hostile("entities in the book.xlsx", "unreadable_file")
def laughs_in_the_book() -> bytes:
    return _with({"xl/workbook.xml": f"{_LAUGHS}<workbook>&j;</workbook>"})


@hostile("torn sheet.xlsx", "unreadable_file")
def torn_sheet() -> bytes:
    return _with({SHEET: sheet_of(HEADINGS)[:-30]})


@hostile("rows backwards.xlsx", "unreadable_file")
def rows_backwards() -> bytes:
    return workbook(HEADINGS + '<row r="3"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row>')


@hostile("no such text.xlsx", "unreadable_file")
def no_such_text() -> bytes:
    return workbook(HEADINGS + '<row r="2"><c t="s"><v>99</v></c></row>')


@hostile("no such column.xlsx", "unreadable_file")
def no_such_column() -> bytes:
    return workbook(HEADINGS + '<row r="2"><c r="ZZZZ2"><v>1</v></c></row>')


# --- Programs, passwords, disguises ---------------------------------------------------------------


@hostile("macros.xlsx", "macros")
def macros() -> bytes:
    return _with({"xl/vbaProject.bin": b"x"})


@hostile("macros by type.xlsm", "macros")
def macros_by_type() -> bytes:
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    return _with({TYPES: types})


@hostile("binary.xlsb", "old_spreadsheet")
def binary_workbook() -> bytes:
    content = parts()
    rels = str(content["_rels/.rels"]).replace("workbook.xml", "workbook.bin")
    return packed({**content, "_rels/.rels": rels, "xl/workbook.bin": b"x"})


@hostile("links to other files.xlsx", "external_links")
def links_to_other_files() -> bytes:
    return _with({"xl/externalLinks/externalLink1.xml": "<externalLink/>"})


@hostile("old.xls", "old_spreadsheet")
def old_workbook() -> bytes:
    return OLD_OFFICE + bytes(5000) + "Workbook".encode("utf-16-le") + bytes(100)


@hostile("secret.xlsx", "encrypted_file")
def encrypted_workbook() -> bytes:
    return OLD_OFFICE + bytes(5000) + "EncryptedPackage".encode("utf-16-le") + bytes(100)


@hostile("secret parts.xlsx", "encrypted_file")
def encrypted_parts() -> bytes:
    return _with_directory(workbook(), SHEET, b"\x01\x00", at=8)


@hostile("open office.ods", "no_spreadsheet")
def open_office() -> bytes:
    return packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})


@hostile("paper.csv", "no_spreadsheet")
def paper() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"x" * 5000


@hostile("picture.csv", "no_spreadsheet")
def picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(5000)


@hostile("page.xls", "no_spreadsheet")
def page() -> bytes:
    return b"\n<html><table><tr><td>code</td></tr></table></html>"


# --- Text -----------------------------------------------------------------------------------------


@hostile("nothing.csv", "empty_file")
def nothing() -> bytes:
    return b""


@hostile("nothing visible.csv", "empty_file")
def nothing_visible() -> bytes:
    return b"\xef\xbb\xbf\r\n\r\n"


@hostile("no sign.csv", "unreadable_file")
def no_sign() -> bytes:
    return b"code,name\n1,Tea\n2,\0\n"


@hostile("no sign far below.csv", "unreadable_file")
def no_sign_far_below() -> bytes:
    return b"code,name\n" + b"1,Tea\n" * 100_000 + b"2,\0\n"


@hostile("two million empty lines.csv", "file_too_large")
def two_million_empty_lines() -> bytes:
    return b"code\n" + b"\n" * 2_000_000


@hostile("one line of a hundred megabytes.csv", "unreadable_file")
def one_long_line() -> bytes:
    return gzip.compress(b"code\n" + b"1," * 50_000_000, compresslevel=1, mtime=0)


@hostile("a quote that never ends.csv", "unreadable_file")
def a_quote_that_never_ends() -> bytes:
    return b'code,name\n1,"' + b"Tea\n" * 3_000_000


@hostile("columns by the thousand.csv", "too_many_columns")
def columns_by_the_thousand() -> bytes:
    return b"code\n" + b"1," * 5000 + b"\n"


@hostile("headings by the thousand.csv", "too_many_columns")
def headings_by_the_thousand() -> bytes:
    return ",".join(f"c{n}" for n in range(5000)).encode() + b"\n"


@hostile("packed to nothing.csv.gz", "file_too_large")
def packed_to_nothing() -> bytes:
    block = gzip.compress(bytes(10_000_000).replace(b"\0", b"1,2\n")[:10_000_000], mtime=0)
    return gzip.compress(b"code,name\n", mtime=0) + block * 30


@hostile("half a text.csv.gz", "unreadable_file")
def half_a_text() -> bytes:
    return gzip.compress(b"code,name\n1,Tea\n" * 1000, mtime=0)[:-20]


@hostile("larger than anybody sends.csv", "file_too_large")
def larger_than_anybody_sends() -> bytes:
    return b"code,name\n" + b"1,Tea\n" * 3_500_000


def _noise(length: int) -> str:
    """Letters that hardly shrink, the same each time."""
    state, out = 1, bytearray()
    while len(out) < length:
        state = pow(state * 6364136223846793005 + 1442695040888963407, 1, 1 << 64)
        out += b"%016x" % state
    return out.decode()[:length]


def _with_directory(data: bytes, name: str, value: bytes, *, at: int) -> bytes:
    """The archive with another value for a part, in its directory only."""
    place = data.rindex(name.encode()) - 46
    if data[place : place + 4] != b"PK\x01\x02":
        raise AssertionError("The directory lies elsewhere.")
    return data[: place + at] + value + data[place + at + len(value) :]
