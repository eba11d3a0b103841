"""What the page of a report shows: figures, chart, table, pages and words, ready to be drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from pos.models import User
from pos.money import currency_decimals, quantise
from pos.reports.answering import NUMBERS, Answer, change_of, change_text, points_text, text_of
from pos.reports.base import Behind, Column, Row
from pos.reports.glossary import GLOSSARY

ROWS_A_PAGE = 100
MOST_BARS = 20  # that lie below each other
TIMES = ("date", "datetime", "week", "month", "year", "hour")
GREY = "#858b98"
COLOURS = (
    *("var(--color-primary-600)", "#0d9488", "#d97706", "#2563eb", "#db2777", "#65a30d"),
    *("#7c3aed", "#0891b2", "#dc2626", "#64748b"),
)
BEFORE_COLOUR = "var(--color-base-400)"


def figures_of(found: Answer) -> list[dict[str, Any]]:
    return [
        {
            "title": column.title,
            "text": text_of(found.totals[column.name], column.kind),
            **compared(column, found.totals, found.totals_before or None),
        }
        for column in found.figures()
        if found.totals[column.name] is not None
    ]


def compared(
    column: Column, now: Mapping[str, Any], before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a number was, and by how much it has changed."""
    if before is None or column.kind not in NUMBERS or column.name not in before:
        return {}
    was = before[column.name]
    value = now.get(column.name)
    if column.kind == "percent" and None not in (value, was):
        change = value - was
        told = points_text(change)
    else:
        change = change_of(value, was)
        told = change_text(change)
    direction = "" if not change else "up" if change > 0 else "down"
    return {
        "before": text_of(was, column.kind),
        "change": told,
        "direction": direction,
    }


# --- The table ----------------------------------------------------------------------------------


def table_of(found: Answer) -> dict[str, Any]:
    user = found.question.asked.user
    page = paginator(found).get_page(found.question.page)
    totals = found.totals if found.has_totals else None
    return {
        "heads": [head_of(column, found) for column in found.columns],
        "rows": [row_of(row, found.columns, user) for row in page.object_list],
        "totals": totals
        and [cell_of(column, totals, found.totals_before or None, "") for column in found.columns],
    }


def head_of(column: Column, found: Answer) -> dict[str, Any]:
    """A click sorts by this column: numbers from the greatest, words from A; again: the other way."""
    order = found.question.order
    is_sorted = order.removeprefix("-") == column.name
    falls = column.kind in NUMBERS if not is_sorted else not order.startswith("-")
    return {
        "title": column.title,
        "is_number": column.kind in NUMBERS,
        "query": found.question.query(o=f"-{column.name}" if falls else column.name),
        "sorted": ("descending" if order.startswith("-") else "ascending") if is_sorted else "",
    }


def row_of(row: Row, columns: list[Column], user: User) -> dict[str, Any]:
    urls = {name: url_of(behind, user) for name, behind in row.behinds.items()}
    own = url_of(row.behind, user)
    first = columns[0].name if columns else ""
    cells = [
        cell_of(
            column,
            row.cells,
            row.before,
            urls.get(column.name, own if column.name == first else ""),
        )
        for column in columns
    ]
    return {"cells": cells}


def cell_of(
    column: Column, now: Mapping[str, Any], before: Mapping[str, Any] | None, url: str
) -> dict[str, Any]:
    value = now.get(column.name)
    return {
        "title": column.title,
        "text": text_of(value, column.kind),
        "is_number": column.kind in NUMBERS,
        "is_time": column.kind in TIMES,
        "is_negative": isinstance(value, (int, Decimal)) and value < 0,
        "url": url,
        **compared(column, now, before),
    }


def url_of(behind: Behind | None, user: User) -> str:
    """The list behind a figure, for whoever may open it."""
    if behind is None or not user.has_perm(f"pos.view_{behind.model}"):
        return ""
    try:
        page = reverse(f"admin:pos_{behind.model}_changelist")
    except NoReverseMatch:
        return ""
    return f"{page}?{urlencode(behind.lookups)}"


def paginator(found: Answer) -> Paginator:
    return Paginator(found.rows, ROWS_A_PAGE)


def pages_of(found: Answer) -> dict[str, Any]:
    pages = paginator(found)
    page = pages.get_page(found.question.page)
    query = found.question.query
    return {
        "count": len(found.rows),
        "count_text": number_format(len(found.rows), force_grouping=True),
        "page": page,
        "has_more": pages.num_pages > 1,
        "before": query(p=str(page.previous_page_number())) if page.has_previous() else None,
        "after": query(p=str(page.next_page_number())) if page.has_next() else None,
    }


def terms_of(found: Answer) -> list[tuple[str, str]]:
    names = dict.fromkeys(column.term for column in found.columns if column.term)
    return [(str(GLOSSARY[name][0]), str(GLOSSARY[name][1])) for name in names if name in GLOSSARY]


# --- The chart ----------------------------------------------------------------------------------


def chart_of(found: Answer) -> dict[str, Any] | None:
    """Data and options of Chart.js; None where there is nothing to draw."""
    spec, columns = found.question.report.chart, {each.name: each for each in found.columns}
    if spec is None or not found.rows or not {spec.label, *spec.values} <= columns.keys():
        return None
    rows = found.rows[: min(spec.most, MOST_BARS) if spec.kind == "bar" else spec.most]
    label = columns[spec.label]
    kind = {"bar": "bar", "column": "bar"}.get(spec.kind, spec.kind)
    datasets = [
        series_of(columns[name], rows, place, kind) for place, name in enumerate(spec.values)
    ]
    if found.question.asked.compared and kind != "pie":
        first = columns[spec.values[0]]
        datasets.append(before_of(first, rows))
    labels = [label_of(row, label, with_size="size" in columns) for row in rows]
    titles = ", ".join(str(columns[name].title) for name in spec.values)
    return {
        "kind": kind,
        "data": json.dumps({"labels": labels, "datasets": datasets}, cls=DjangoJSONEncoder),
        "options": json.dumps(options_of(spec.kind, len(datasets) > 1)),
        "title": _("%(figures)s by %(label)s") % {"figures": titles, "label": label.title},
        "height": max(160, 26 * len(rows) + 40) if spec.kind == "bar" else 280,
    }


def label_of(row: Row, label: Column, *, with_size: bool) -> str:
    """What a bar is called: sizes of one product are told apart."""
    text, size = text_of(row.cells.get(label.name), label.kind), row.cells.get("size")
    return f"{text} {size}" if with_size and size and label.name != "size" else text


def series_of(column: Column, rows: list[Row], place: int, kind: str) -> dict[str, Any]:
    colour: Any = COLOURS[place % len(COLOURS)]
    if kind == "pie":
        colour = [COLOURS[index % len(COLOURS)] for index in range(len(rows))]
    return {
        "label": str(column.title),
        "data": [plain(row.cells.get(column.name), column.kind) for row in rows],
        "backgroundColor": colour,
        "borderColor": colour,
    }


def before_of(column: Column, rows: list[Row]) -> dict[str, Any]:
    return {
        "label": _("%(title)s before") % {"title": column.title},
        "data": [plain((row.before or {}).get(column.name), column.kind) for row in rows],
        "backgroundColor": BEFORE_COLOUR,
        "borderColor": BEFORE_COLOUR,
    }


def plain(value: Any, kind: str) -> Any:
    """As Chart.js reads it: numbers as text, in the currency's decimals."""
    if kind == "money" and value is not None:
        return str(quantise(value, currency_decimals(settings.POS_CURRENCY)))
    return value


def options_of(kind: str, has_legend: bool) -> dict[str, Any]:
    options: dict[str, Any] = {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "maxBarThickness": 34,
        "datasets": {
            "bar": {"borderRadius": 4},
            "line": {"borderWidth": 2, "pointRadius": 0, "tension": 0.25},
        },
        "plugins": {
            "legend": {
                "display": has_legend or kind == "pie",
                "position": "right" if kind == "pie" else "top",
                "align": "center" if kind == "pie" else "end",
                "labels": {"boxWidth": 10, "boxHeight": 10, "color": GREY},
            }
        },
        "interaction": {"mode": "index", "intersect": False},
    }
    if kind == "pie":
        return options | {"interaction": {"mode": "nearest"}}
    values = {"beginAtZero": True, "ticks": {"color": GREY, "maxTicksLimit": 6}, "grid": {}}
    names = {
        "ticks": {"color": GREY, "maxRotation": 0, "autoSkipPadding": 16},
        "grid": {"display": False},
    }
    lies = kind == "bar"
    if lies:
        options |= {"indexAxis": "y", "interaction": {"mode": "index", "axis": "y"}}
        names["ticks"] = {"color": GREY, "autoSkip": False}
    return options | {"scales": {"x": values if lies else names, "y": names if lies else values}}
