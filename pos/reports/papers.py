"""A report to take along: a spreadsheet, a CSV file, a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.documents.table import Table, draw_table

from . import sheets
from .answering import (
    NUMBERS,
    WORDS,
    Answer,
    sheet_columns,
    sheet_rows,
    sheet_totals,
    text_of,
)

MOST_PDF_ROWS = 2000


def columns_of(found: Answer) -> list[sheets.Column]:
    return [
        sheets.Column(
            column.name,
            str(column.title),
            "text" if column.kind in WORDS else column.kind,  # type: ignore[arg-type]
            total=column.is_summed,
        )
        for column in sheet_columns(found)
    ]


def about(found: Answer) -> list[str]:
    """What was asked, when, and what a reader should know."""
    question = found.question
    lines = [f"{label}: {value}" for label, value in question.words()]
    made = date_format(timezone.localtime(), "DATETIME_FORMAT")
    lines.append(_("Made on %(when)s by %(who)s") % {"when": made, "who": question.asked.user})
    return lines + [str(note) for note in question.report.notes(question.asked)]


def write_report(found: Answer) -> IO[bytes]:
    """A temporary file at its beginning."""
    chart, report = None, found.question.report
    names = {column.name for column in found.columns}
    if report.chart and {report.chart.label, *report.chart.values} <= names and found.rows:
        kind: Any = report.chart.kind
        chart = sheets.ChartSpec(kind, report.chart.label, report.chart.values)
    return sheets.write_xlsx(
        title=str(report.title),
        columns=columns_of(found),
        rows=sheet_rows(found),
        totals=sheet_totals(found),
        notes=about(found),
        chart=chart,
    )


def report_csv(found: Answer) -> Iterator[bytes]:
    return sheets.csv_lines(columns_of(found), sheet_rows(found), sheet_totals(found))


def draw_report(found: Answer) -> bytes:
    columns = sheet_columns(found)
    kinds = [column.kind for column in columns]
    rows = [_texts(row, kinds) for row, _place in zip(sheet_rows(found), range(MOST_PDF_ROWS))]  # noqa: B905  as many as fit
    notes = about(found)
    if len(found.rows) > MOST_PDF_ROWS:
        text = _("Only the first %(most)d of %(all)d rows are here. The spreadsheet has all.")
        notes.insert(0, text % {"most": MOST_PDF_ROWS, "all": len(found.rows)})
    totals = sheet_totals(found)
    return draw_table(
        Table(
            title=str(found.question.report.title),
            shop=settings.UNFOLD["SITE_TITLE"],
            notes=notes,
            heads=[str(column.title) for column in columns],
            rights=[kind in NUMBERS for kind in kinds],
            rows=rows,
            totals=_texts(totals, kinds) if totals else None,
        )
    )


def _texts(row: list[Any], kinds: list[str]) -> list[str]:
    return [
        value if isinstance(value, str) else text_of(value, kind)
        for value, kind in zip(row, kinds, strict=True)
    ]
