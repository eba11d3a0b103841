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
    change_of,
    change_text,
    sheet_columns,
    sheet_rows,
    sheet_totals,
    text_of,
)
from .base import Column

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
    """On A4. What a figure was, and its change, stand below it."""
    columns, rows = found.columns, found.rows[:MOST_PDF_ROWS]
    notes = about(found)
    if len(found.rows) > MOST_PDF_ROWS:
        text = _("Only the first %(most)d of %(all)d rows are here. The spreadsheet has all.")
        notes.insert(0, text % {"most": MOST_PDF_ROWS, "all": len(found.rows)})
    totals = None
    if found.has_totals:
        totals = _texts(columns, found.totals, found.totals_before)
        totals[0] = totals[0] or _("Total")
    return draw_table(
        Table(
            title=str(found.question.report.title),
            shop=settings.UNFOLD["SITE_TITLE"],
            notes=notes,
            heads=[str(column.title) for column in columns],
            rights=[column.kind in NUMBERS for column in columns],
            rows=[_texts(columns, row.cells, row.before or {}) for row in rows],
            totals=totals,
        )
    )


def _texts(columns: list[Column], now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    texts = []
    for column in columns:
        value, was = now.get(column.name), before.get(column.name)
        text = text_of(value, column.kind).replace("\n", " ")
        if column.kind in NUMBERS and was is not None:
            changed = "" if column.kind == "percent" else change_text(change_of(value, was))
            text += "\n" + text_of(was, column.kind) + (f"\n{changed}" if changed else "")
        texts.append(text)
    return texts
