"""A question answered: columns, rows in the order asked for, totals, and what they were before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from pos.money import format_money, quantise, quantity_text

from .asking import Question
from .base import Column, Row, in_order

NUMBERS = ("money", "quantity", "percent", "count")
MOST_FIGURES = 4
BEFORE, CHANGE = "_before", "_change"


@dataclass(frozen=True)
class Answer:
    """`totals_before`: of the compared period; empty without one."""

    question: Question
    columns: list[Column]
    rows: list[Row]
    totals: dict[str, Any]
    totals_before: dict[str, Any]

    @property
    def has_totals(self) -> bool:
        return bool(self.rows) and bool(self.totals)

    def figures(self) -> list[Column]:
        """The columns whose totals stand large."""
        chosen = self.question.report.figures or [
            column.name for column in self.columns if column.is_summed
        ]
        shown = [column for column in self.columns if column.name in chosen]
        shown.sort(key=lambda column: list(chosen).index(column.name))
        return [column for column in shown if column.name in self.totals][:MOST_FIGURES]


def answer(question: Question) -> Answer:
    report, asked = question.report, question.asked
    rows = report.rows(asked)
    totals = report.totals(asked, rows) if rows else {}
    before: dict[str, Any] = {}
    if asked.compared and rows:
        then = replace(asked, span=asked.compared, compare="")
        before = report.totals(then, report.rows(then) if report.totals_need_rows else ())
    return Answer(question, question.columns, in_order(rows, question.order), totals, before)


# --- Values as text ---------------------------------------------------------------------------


def text_of(value: Any, kind: str) -> str:
    """A value as people read it; nothing for None."""
    if value is None:
        return ""
    shape = SHAPES.get(kind)
    return shape(value) if shape else str(value)


def week_text(start: date) -> str:
    year, week, _day = start.isocalendar()
    return _("Week %(week)d, %(year)d") % {"week": week, "year": year}


def moment_text(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


SHAPES: dict[str, Any] = {
    "money": lambda value: format_money(value, settings.POS_CURRENCY),
    "quantity": lambda value: number_format(quantity_text(value), force_grouping=True),
    "percent": lambda value: f"{number_format(value)} %",
    "count": lambda value: number_format(int(value), force_grouping=True),
    "date": lambda value: date_format(value, "D j M Y") if isinstance(value, date) else str(value),
    "datetime": moment_text,
    "week": week_text,
    "month": lambda value: date_format(value, "F Y"),
    "year": lambda value: str(value.year),
    "weekday": lambda value: str(WEEKDAYS[int(value)]),
    "hour": lambda value: f"{int(value):02d}:00",
}


def change_of(now: Any, before: Any) -> Decimal | None:
    """By how many percent a figure has changed; None where that cannot be said."""
    if not isinstance(now, (int, Decimal)) or not isinstance(before, (int, Decimal)) or not before:
        return None
    return quantise((Decimal(now) - Decimal(before)) * 100 / abs(Decimal(before)), 1)


def change_text(change: Decimal | None) -> str:
    if change is None:
        return ""
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{number_format(abs(change))} %"


def points_text(change: Decimal) -> str:
    """Between two percentages: “+0.4 points”."""
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return _("%(sign)s%(points)s points") % {"sign": sign, "points": number_format(abs(change))}


# --- The same as a sheet ----------------------------------------------------------------------


def sheet_columns(found: Answer) -> list[Column]:
    """With “before” and “change” beside every number where something is compared."""
    columns = []
    for column in found.columns:
        columns.append(column)
        if found.question.asked.compared and column.kind in NUMBERS:
            title = {"title": column.title}
            before = _("%(title)s before") % title
            columns.append(Column(f"{column.name}{BEFORE}", before, column.kind))
            if column.kind != "percent":
                change = _("%(title)s, change") % title
                columns.append(Column(f"{column.name}{CHANGE}", change, "percent"))
    return columns


def sheet_rows(found: Answer) -> Iterator[list[Any]]:
    columns = sheet_columns(found)
    for row in found.rows:
        yield sheet_row(columns, row.cells, row.before or {})


def sheet_totals(found: Answer) -> list[Any] | None:
    if not found.has_totals:
        return None
    cells = sheet_row(sheet_columns(found), found.totals, found.totals_before)
    if cells[0] is None:
        cells[0] = _("Total")
    return cells


def sheet_row(columns: list[Column], now: dict[str, Any], before: dict[str, Any]) -> list[Any]:
    cells: list[Any] = []
    for column in columns:
        name = column.name
        if name.endswith(BEFORE):
            cells.append(before.get(name.removesuffix(BEFORE)))
        elif name.endswith(CHANGE):
            name = name.removesuffix(CHANGE)
            cells.append(change_of(now.get(name), before.get(name)))
        else:
            value = now.get(name)
            cells.append(text_of(value, column.kind) if column.kind in WORDS else value)
    return cells


# Kinds a spreadsheet has no type for.
WORDS = ("week", "month", "year", "weekday", "hour")
