"""What is drawn: sales over time, by hour and by way of paying."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pos.models import PaymentMethod
from pos.money import ZERO
from pos.reports.facts import Fact, Sums

from .card import Card, money
from .look import list_url
from .tops import Bar, bars

LONG = 92  # days drawn one by one; more are drawn by the month
NOW, BEFORE = "var(--color-primary-600)", "var(--color-base-400)"


@dataclass(frozen=True)
class Point:
    """One place of a chart: its label, the value, and that of the period before (or None)."""

    label: str
    value: Decimal
    before: Decimal | None = None

    @property
    def texts(self) -> list[str]:
        values = [self.value] if self.before is None else [self.value, self.before]
        return [money(value) for value in values]


class Chart(Card):
    """Chart.js draws it; the same figures stand beside it as a table for who does not see it."""

    template = "admin/start/chart.html"
    size = "list"
    kind: ClassVar[str] = "bar"
    empty = _("Nothing was sold in these days.")

    def points(self) -> Sequence[Point]:
        raise NotImplementedError

    def series(self) -> list[str]:
        return [str(_("Sales"))]

    def content(self) -> dict[str, Any]:
        points = self.points()
        has_any = any(point.value or point.before for point in points)
        return {
            "kind": self.kind,
            "points": points if has_any else [],
            "series": self.series(),
            "data": json.dumps(self.drawn(points)),
            "empty": self.empty,
        }

    def drawn(self, points: Sequence[Point]) -> dict[str, Any]:
        """What Unfold's chart takes. Amounts go as text: they are drawn, not reckoned with."""
        titles = self.series()
        now = {
            "label": titles[0],
            "data": [str(each.value) for each in points],
            "displayYAxis": True,
        }
        now |= {"borderColor": NOW, "backgroundColor": NOW, "maxTicksXLimit": 12}
        if self.kind == "bar":
            now |= {"maxBarThickness": 24, "borderRadius": 4, "barPercentage": "0.8"}
        sets = [now]
        if len(titles) > 1:
            data = [None if each.before is None else str(each.before) for each in points]
            dashed = {"borderColor": BEFORE, "backgroundColor": BEFORE, "borderDash": [4, 4]}
            sets.append({"label": titles[1], "data": data, **dashed})
        return {"labels": [each.label for each in points], "datasets": sets}


class SalesOverTime(Chart):
    """By day, a single day by its hours, a long period by month."""

    name, title, own_title, icon = (
        "sales_over_time",
        _("Sales over time"),
        _("My sales over time"),
        "show_chart",
    )
    size = "wide"
    kind = "line"

    @cached_property
    def by(self) -> str:
        days = self.look.span.days
        return "hour" if days == 1 else "day" if days <= LONG else "month"

    def series(self) -> list[str]:
        before = gettext("The day before") if self.by == "hour" else gettext("The days before")
        return [gettext("Sales")] + ([] if self.by == "month" else [before])

    def points(self) -> Sequence[Point]:
        return {"hour": self.hours, "day": self.days, "month": self.months}[self.by]()

    def hours(self) -> list[Point]:
        now = self.look.sums(Fact.HOURS, "hour")
        before = self.look.sums(Fact.HOURS, "hour", span=self.look.before)
        shown = open_hours([*now, *before])
        return [Point(clock(hour), now[(hour,)].sales, before[(hour,)].sales) for hour in shown]

    def days(self) -> list[Point]:
        days = self.look.days
        both = zip(self.look.span, self.look.before, strict=True)
        return [
            Point(date_format(now, "j M"), days[(now,)].sales, days[(before,)].sales)
            for now, before in both
        ]

    def months(self) -> list[Point]:
        found: dict[date, Sums] = {}
        days = self.look.days
        for day in self.look.span:
            month = day.replace(day=1)
            found[month] = found.get(month, days[()]) + days[(day,)]
        return [Point(date_format(month, "M Y"), each.sales) for month, each in found.items()]

    def url(self) -> str:
        return self.look.report("sales-by-day", self.look.orders())


class SalesByHour(Chart):
    name, title, icon = "sales_by_hour", _("Sales by hour"), "schedule"
    own_title = _("My sales by hour")

    def points(self) -> Sequence[Point]:
        found = self.look.sums(Fact.HOURS, "hour")
        return [Point(clock(hour), found[(hour,)].sales) for hour in open_hours(found)]

    def url(self) -> str:
        return self.look.report("sales-by-hour", self.look.orders())


def open_hours(keys: Any) -> range:
    """From the first hour with a sale to the last."""
    hours = [key[0] for key in keys]
    return range(min(hours), max(hours) + 1) if hours else range(0)


def clock(hour: int) -> str:
    return f"{hour:02}"


class PaymentMethods(Card):
    """What was received by each method, less what was given back."""

    name, title, icon = "payment_methods", _("Ways of paying"), "credit_card"
    own_title = _("How my customers paid")
    rights = ("view_order", "view_payment")
    template = "admin/start/bars.html"
    term = "received"

    def content(self) -> dict[str, Any]:
        found = self.look.sums(Fact.PAYMENTS, "method")
        names = dict(PaymentMethod.objects.values_list("pk", "name"))
        kept = sorted(
            ((key[0], each.kept) for key, each in found.items() if each.kept or each.received),
            key=lambda row: (-row[1], row[0]),
        )
        rows = [
            Bar(names.get(pk, "–"), money(amount), amount, url=self.page(pk)) for pk, amount in kept
        ]
        total = sum((amount for _pk, amount in kept), start=ZERO)
        return {"bars": bars(rows), "total": money(total), "empty": _("No money came in.")}

    def page(self, method: int) -> str:
        return list_url(
            "payment", self.look.narrowed("received_on") | {"method__id__exact": method}
        )

    def url(self) -> str:
        page = list_url("payment", self.look.narrowed("received_on"))
        return self.look.report("payment-methods", page)
