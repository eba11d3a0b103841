"""XLSX files made part by part, so that each of them can be as wrong as a test needs it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
TYPES = "[Content_Types].xml"
HEADINGS = '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>'


def sheet_of(rows: str, *, before: str = "") -> str:
    return f'{HEAD}{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def parts(
    rows: str = HEADINGS,
    *,
    texts: str = "",
    formats: Iterable[str] = (),
    sheets: int = 1,
    book: str = "",
) -> dict[str, str | bytes]:
    """The parts of a sound workbook with these rows; cell style n has the n-th of the formats."""
    codes = list(formats)
    styles = "".join(
        f'<numFmt numFmtId="{200 + number}" formatCode="{code}"/>'
        for number, code in enumerate(codes)
    )
    looks = "".join(f'<xf numFmtId="{200 + number}"/>' for number in range(len(codes)))
    links = "".join(
        f'<Relationship Id="s{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, sheets + 1)
    )
    names = "".join(
        f'<sheet name="Sheet {n}" sheetId="{n}" r:id="s{n}"/>' for n in range(1, sheets + 1)
    )
    return {
        TYPES: f'{HEAD}<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="b"'
            f' Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_LINKS}">{book}<sheets>{names}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
            f'<Relationship Id="t" Type="{_LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
            f'<Relationship Id="y" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{styles}</numFmts>'
            f"<cellXfs>{looks}</cellXfs></styleSheet>"
        ),
        TEXTS: f'{HEAD}<sst xmlns="{MAIN}">{texts}</sst>',
        **{f"xl/worksheets/sheet{n}.xml": sheet_of(rows) for n in range(1, sheets + 1)},
    }


def packed(content: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def workbook(rows: str = HEADINGS, **more: object) -> bytes:
    return packed(parts(rows, **more))  # type: ignore[arg-type]
