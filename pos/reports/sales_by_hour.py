"""When the shop is busy: sales by weekday and hour."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .answering import text_of
from .base import SELLER, STORE, Asked, Column, Report, Row
from .facts import Fact, sums

SHADES = 5


class SalesByHour(Report):
    name = "sales-by-hour"
    title = _("Sales by hour")
    description = _("When the shop is busy: each weekday and hour, as a map.")
    group = "sales"
    icon = "schedule"
    filters = (STORE, SELLER)
    choices = {"sales": _("Sales"), "orders": _("Orders")}
    columns = (
        Column("weekday", _("Weekday"), "weekday"),
        Column("hour", _("Hour"), "hour", term="hour"),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("total", _("Total"), "money", term="total", is_summed=True),
        Column("refund_total", _("Refunds"), "money", term="refund", is_summed=True),
        Column("sales", _("Sales"), "money", term="sales", is_summed=True),
        Column("average", _("Average order"), "money", term="average"),
    )
    figures = ("sales", "orders", "average")
    empty = _("Nothing was sold in these days. Choose other days or fewer filters.")
    template = "admin/reports/heat.html"
    can_compare = False

    def rows(self, asked: Asked) -> list[Row]:
        found = sums(
            Fact.HOURS,
            user=asked.user,
            span=asked.span,
            by=("weekday", "hour"),
            where=asked.where,
        )
        return [
            Row(
                {
                    "weekday": weekday,
                    "hour": hour,
                    "orders": each.orders,
                    "total": each.total,
                    "refund_total": each.refund_total,
                    "sales": each.sales,
                    "average": each.average,
                }
            )
            for (weekday, hour), each in sorted(found.items())
        ]

    def totals(self, asked: Asked, rows: Any) -> dict[str, Any]:
        whole = sums(Fact.HOURS, user=asked.user, span=asked.span, where=asked.where)[()]
        return {**super().totals(asked, rows), "average": whole.average}

    def extra(self, asked: Asked, rows: Sequence[Row]) -> dict[str, Any]:
        """Seven lines of the hours that anything was sold in, each with its shade (0 to SHADES)."""
        what = asked.by or "sales"
        kind = "count" if what == "orders" else "money"
        values = {(row.cells["weekday"], row.cells["hour"]): row.cells[what] for row in rows}
        hours = [hour for _weekday, hour in values]
        shown = range(min(hours), max(hours) + 1) if hours else range(0)
        most = max([Decimal(value) for value in values.values()], default=Decimal(0))
        return {
            "title": _now("%(what)s by weekday and hour") % {"what": self.choices[what]},
            "hours": [text_of(hour, "hour")[:2] for hour in shown],
            "days": [
                {
                    "name": WEEKDAYS[weekday],
                    "short": WEEKDAYS_ABBR[weekday],
                    "cells": [
                        {
                            "shade": shade_of(values.get((weekday, hour)), most),
                            "text": _short(values.get((weekday, hour)), kind),
                            "title": f"{WEEKDAYS[weekday]} {hour:02d}:00: "
                            + (text_of(values.get((weekday, hour)), kind) or "–"),
                        }
                        for hour in shown
                    ],
                }
                for weekday in range(7)
            ],
        }


def shade_of(value: Any, most: Decimal) -> int:
    if not value or most <= 0 or value <= 0:
        return 0
    return min(SHADES, 1 + int(Decimal(value) * SHADES / most))


def _short(value: Any, kind: str) -> str:
    """As few signs as a small field takes: whole units of the currency."""
    if not value:
        return ""
    if kind == "count" or abs(value) < 10_000:
        return f"{value:.0f}"
    return f"{value / 1000:.0f}k"
