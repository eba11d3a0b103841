"""The periods a report is asked for by name. A saved one moves on with the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from .facts import Span

CUSTOM = "custom"
USUAL = "last_30"
LONGEST = 3700  # days in one look: ten years
PERIODS: dict[str, Any] = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "this_week": _("This week"),
    "last_week": _("Last week"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "last_7": _("Last 7 days"),
    USUAL: _("Last 30 days"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
}
DAY = timedelta(days=1)


def span_of(name: str, today: date) -> Span:
    """The days a name means today; what has begun ends today."""
    monday = today - today.weekday() * DAY
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    last_month, last_year = (month - DAY).replace(day=1), year.replace(year=year.year - 1)
    spans = {
        "today": (today, today),
        "yesterday": (today - DAY, today - DAY),
        "this_week": (monday, today),
        "last_week": (monday - 7 * DAY, monday - DAY),
        "this_month": (month, today),
        "last_month": (last_month, month - DAY),
        "last_7": (today - 6 * DAY, today),
        USUAL: (today - 29 * DAY, today),
        "this_year": (year, today),
        "last_year": (last_year, year - DAY),
    }
    return Span(*spans.get(name, spans[USUAL]))


def read_period(query: Mapping[str, str], today: date) -> tuple[str, Span]:
    """The period asked for, by name or by `from` and `to`; nonsense is the usual one."""
    name = query.get("period", "")
    first, last = _day(query.get("from")), _day(query.get("to"))
    if name in PERIODS or not (first or last):
        named = span_of(name, today)
        # The page's form sends both: a day that somebody changed wins.
        if (first or named.first, last or named.last) == (named.first, named.last):
            return (name if name in PERIODS else USUAL), named
    last = last or max(first or today, today)
    first = first or last
    if first > last:
        first, last = last, first
    return CUSTOM, Span(max(first, last - (LONGEST - 1) * DAY), last)


def _day(text: str | None) -> date | None:
    try:
        found = parse_date(text or "")
    except ValueError:
        return None
    return found if found and 1990 <= found.year < 2190 else None
