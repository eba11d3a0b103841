"""What was sold, day by day; or by week, month and year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from pos.models import User

from .base import Asked, Behind, Chart, Column, Report, Row
from .behind import orders_behind
from .facts import Fact, Found, Span, Sums, sums

MEASURES = (
    *("orders", "subtotal", "discount", "net", "tax", "total"),
    *("refund_total", "sales", "average"),
)


def start_of(day: date, by: str) -> date:
    """The first day of the week, month or year that a day is in."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    if by == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if by == "year" else day


def next_start(start: date, by: str) -> date:
    days = {"day": 1, "week": 7, "month": 32, "year": 366}[by]
    return start_of(start + timedelta(days=days), by)


def starts_in(span: Span, by: str) -> list[date]:
    """Every day, week, month or year that the span touches, by its first day."""
    found, start = [], start_of(span.first, by)
    while start <= span.last:
        found.append(start)
        start = next_start(start, by)
    return found


def key_of(start: date, by: str) -> tuple[Any, ...]:
    """How facts call it."""
    return (start.year,) if by == "year" else (start,)


def cells_of(figures: Sums) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in MEASURES}


class SalesByDay(Report):
    totals_need_rows = False
    name = "sales-by-day"
    title = _("Sales by day")
    description = _("Orders, discounts, tax, refunds and sales, by day, week, month or year.")
    group = "sales"
    icon = "calendar_month"
    choices = {"day": _("Day"), "week": _("Week"), "month": _("Month"), "year": _("Year")}
    columns = (
        Column("start", _("Day"), "date", term="day"),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("subtotal", _("Before discounts"), "money", term="subtotal", is_summed=True),
        Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
        Column("net", _("Net"), "money", term="net", is_summed=True),
        Column("tax", _("Tax"), "money", term="tax", is_summed=True),
        Column("total", _("Total"), "money", term="total", is_summed=True),
        Column("refund_total", _("Refunds"), "money", term="refund", is_summed=True),
        Column("sales", _("Sales"), "money", term="sales", is_summed=True),
        Column("average", _("Average order"), "money", term="average"),
    )
    chart = Chart("column", "start", ("sales",), most=400)
    sort = "start"
    figures = ("sales", "orders", "average", "discount")
    empty = _("Nothing was sold in these days. Choose other days or fewer filters.")

    def columns_for(self, user: User, asked: Asked | None = None) -> list[Column]:
        first, *others = super().columns_for(user, asked)
        by = (asked.by if asked else "") or "day"
        kind = "date" if by == "day" else by
        return [Column("start", self.choices[by], kind, term=first.term), *others]

    def rows(self, asked: Asked) -> list[Row]:
        by = asked.by or "day"
        found = self._by_start(asked, asked.span)
        if not found:
            return []
        starts = starts_in(asked.span, by)
        befores: list[dict[str, Any] | None] = [None] * len(starts)
        if asked.compared:
            # The first day beside the first one: a shorter month has nothing beside its end.
            before, past = self._by_start(asked, asked.compared), starts_in(asked.compared, by)
            befores = [cells_of(before[key_of(each, by)]) for each in past]
            befores += [None] * (len(starts) - len(befores))
        return [
            Row(
                {"start": start, **cells_of(found[key_of(start, by)])},
                before=befores[place],
                behind=self._behind(asked, start, by),
            )
            for place, start in enumerate(starts)
        ]

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        whole = sums(Fact.SALES, user=asked.user, span=asked.span, where=asked.where)
        return cells_of(whole[()])

    def _by_start(self, asked: Asked, span: Span) -> Found:
        by = asked.by or "day"
        return sums(Fact.SALES, user=asked.user, span=span, by=[by], where=asked.where)

    def _behind(self, asked: Asked, start: date, by: str) -> Behind | None:
        last = min(next_start(start, by) - timedelta(days=1), asked.span.last)
        return orders_behind(asked, first=max(start, asked.span.first), last=last)
