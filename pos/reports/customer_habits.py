"""Who comes back, who stays away, and who is worth a letter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pos.models import Order
from pos.models.sales import OrderQuerySet
from pos.money import ZERO

from .base import STORE, Asked, Chart, Column, Report, Row, in_order
from .behind import orders_behind, period_of, row_behind
from .facts import Fact, Sums, sums
from .grouped import share
from .names import customer_names

LAPSED_AFTER = 90  # days
MOST_ROWS = 5000
FIFTHS = 5
# Who somebody is: the least points of recency, and of frequency and value together (2 to 10).
GROUPS: tuple[tuple[int, int, Any, Any], ...] = (
    (4, 8, _("Champions"), _("Thank them. They tell others.")),
    (3, 6, _("Loyal"), _("Show them what is new, and better than what they buy.")),
    (4, 2, _("New or promising"), _("Make the second visit easy.")),
    (3, 2, _("Needs a nudge"), _("A small reason to come back soon.")),
    (1, 8, _("Must not be lost"), _("Call them. Ask what went wrong.")),
    (1, 6, _("At risk"), _("Write to them while they remember you.")),
    (2, 2, _("About to sleep"), _("One friendly reminder.")),
    (1, 2, _("Gone quiet"), _("Do not spend much on them.")),
)


def _bought(asked: Asked) -> OrderQuerySet:
    return _everything(asked).filter(sold_on__gte=asked.span.first, sold_on__lte=asked.span.last)


def _everything(asked: Asked) -> OrderQuerySet:
    """Every sale to a known customer, whenever it was."""
    found: OrderQuerySet = Order.objects.visible_to(asked.user).completed()
    found = found.filter(customer__isnull=False)
    stores = asked.where.stores
    return (found if stores is None else found.filter(store_id__in=stores)).order_by()


class NewAndReturning(Report):
    name = "new-customers"
    title = _("New and returning customers")
    description = _("How many customers bought for the first time in a month, how many came back.")
    group = "customers"
    icon = "person_add"
    rights = ("view_customer",)
    filters = (STORE,)
    can_compare = False
    columns = (
        Column("month", _("Month"), "month"),
        Column("new", _("New"), "count", term="new_customer", is_summed=True),
        Column("returning", _("Returning"), "count", term="returning_customer"),
        Column("part", _("Returning part"), "percent"),
        Column("new_sales", _("Sales to new"), "money", term="sales", is_summed=True),
        Column("returning_sales", _("Sales to returning"), "money", term="sales", is_summed=True),
    )
    chart = Chart("column", "month", ("new", "returning"))
    sort = "month"
    figures = ("new", "new_sales", "returning_sales")
    empty = _("Nobody whose name is known bought anything in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        by_month = sums(
            Fact.CUSTOMERS,
            user=asked.user, span=asked.span, by=("month", "customer"), where=asked.where,
        )  # fmt: skip
        since = dict(_everything(asked).values_list("customer_id").annotate(Min("sold_on")))
        months: dict[date, dict[str, Any]] = {}
        for (month, customer), each in by_month.items():
            if not each.orders:
                continue
            cells = months.setdefault(
                month,
                {"new": 0, "returning": 0, "new_sales": ZERO, "returning_sales": ZERO},
            )
            kind = "new" if since[customer] >= month else "returning"
            cells[kind] += 1
            cells[f"{kind}_sales"] += each.sales
        rows = []
        for month, cells in sorted(months.items()):
            first, last = period_of("month", month, asked.span)
            part = share(cells["returning"], cells["new"] + cells["returning"])
            behind = orders_behind(asked, first=first, last=last)
            rows.append(Row({"month": month, **cells, "part": part}, behind=behind))
        return rows


class LapsedCustomers(Report):
    name = "lapsed-customers"
    title = _("Customers who stay away")
    description = _("Bought before, but not for a while: when last, how often, for how much.")
    group = "customers"
    icon = "person_off"
    rights = ("view_customer",)
    filters = (STORE,)
    has_period = False
    can_compare = False
    choices = {
        "90": _("90 days"), "30": _("30 days"), "60": _("60 days"),
        "180": _("180 days"), "365": _("A year"),
    }  # fmt: skip
    columns = (
        Column("name", _("Customer")),
        Column("last_on", _("Last bought"), "date"),
        Column("days", _("Days ago"), "count", term="recency"),
        Column("orders", _("Orders"), "count", term="orders"),
        Column("total", _("Total"), "money", term="total", is_summed=True),
    )
    sort = "-total"
    empty = _("Everybody who ever bought has bought in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        today = timezone.localdate()
        found = _everything(asked).values("customer_id").annotate(
            last_on=Max("sold_on"), orders=Count("pk"), total=Sum("total_amount")
        )  # fmt: skip
        away = found.filter(last_on__lte=today - timedelta(days=int(asked.by or LAPSED_AFTER)))
        most = list(away.order_by("-total", "customer_id")[:MOST_ROWS])
        names = customer_names([row["customer_id"] for row in most])
        return [
            Row(
                {
                    "name": names[row["customer_id"]],
                    "last_on": row["last_on"],
                    "days": (today - row["last_on"]).days,
                    "orders": row["orders"],
                    "total": row["total"],
                },
                behind=row_behind("order", customer__id__exact=row["customer_id"]),
            )
            for row in most
        ]

    def notes(self, asked: Asked) -> list[Any]:
        return [_("Whoever bought nothing for that long; at most the %(most)d who bought most.")
                % {"most": MOST_ROWS}]  # fmt: skip


class CustomerGroups(Report):
    name = "customer-groups"
    title = _("Groups of customers")
    description = _("By how lately, how often and for how much they buy; with a hint for each.")
    group = "customers"
    icon = "groups"
    rights = ("view_customer",)
    filters = (STORE,)
    can_compare = False
    choices = {"group": _("Group"), "customer": _("Customer")}
    columns = (
        Column("name", _("Customer")),
        Column("group", _("Group")),
        Column("customers", _("Customers"), "count", is_summed=True),
        Column("recency", _("Recency"), "count", term="recency"),
        Column("frequency", _("Frequency"), "count", term="frequency"),
        Column("value", _("Value"), "count", term="value"),
        Column("days", _("Days ago"), "count"),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("sales", _("Sales"), "money", term="sales", is_summed=True),
        Column("hint", _("What to do")),
    )
    SHOWN = {
        "group": ("group", "customers", "orders", "sales", "hint"),
        "customer": (
            *("name", "group", "recency", "frequency", "value"),
            *("days", "orders", "sales"),
        ),
    }
    chart = Chart("bar", "group", ("sales",), most=8)
    sort = "-sales"
    figures = ("sales", "customers", "orders")
    empty = _("Nobody whose name is known bought anything in these days.")

    def columns_for(self, user: Any, asked: Asked | None = None) -> list[Column]:
        shown = self.SHOWN[(asked.by if asked else "") or "group"]
        return [each for each in super().columns_for(user, asked) if each.name in shown]

    def rows(self, asked: Asked) -> list[Row]:
        people = self._people(asked)
        return self._customers(asked, people) if asked.by == "customer" else _together(people)

    def _people(self, asked: Asked) -> list[dict[str, Any]]:
        by_customer = sums(
            Fact.CUSTOMERS,
            user=asked.user, span=asked.span, by=("customer",), where=asked.where,
        )  # fmt: skip
        bought = {key[0]: each for key, each in by_customer.items() if each.orders}
        last = dict(_bought(asked).values_list("customer_id").annotate(Max("sold_on")))
        ids = sorted(bought)
        days = [(asked.span.last - last[pk]).days for pk in ids]
        points = zip(
            fifths([-each for each in days]),
            fifths([bought[pk].orders for pk in ids]),
            fifths([bought[pk].sales for pk in ids]),
            strict=True,
        )
        return [
            _person(pk, each, ago, bought[pk])
            for pk, each, ago in zip(ids, points, days, strict=True)
        ]

    def _customers(self, asked: Asked, people: list[dict[str, Any]]) -> list[Row]:
        names = customer_names([each["customer"] for each in people])
        rows = [
            Row(
                {**each, "name": names[each["customer"]]},
                behind=orders_behind(asked, customer=each["customer"]),
            )
            for each in people
        ]
        return in_order(rows, self.sort)


def fifths(values: Sequence[Decimal | int]) -> list[int]:
    """1 (the lowest fifth) to 5 for each value; equal values share the middle of their places."""
    below: dict[Decimal | int, int] = {}
    equal = Counter(values)
    for place, value in enumerate(sorted(values)):
        below.setdefault(value, place)
    return [1 + (2 * below[value] + equal[value]) * FIFTHS // (2 * len(values)) for value in values]


def _person(pk: int, points: tuple[int, int, int], days: int, bought: Sums) -> dict[str, Any]:
    recency, frequency, value = points
    _least, _both, name, hint = next(
        each for each in GROUPS if recency >= each[0] and frequency + value >= each[1]
    )
    return {
        "customer": pk,
        "group": str(name),
        "hint": str(hint),
        "customers": 1,
        "recency": recency,
        "frequency": frequency,
        "value": value,
        "days": days,
        "orders": bought.orders,
        "sales": bought.sales,
    }


def _together(people: list[dict[str, Any]]) -> list[Row]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in people:
        groups[each["group"]].append(each)
    rows = [
        Row(
            {
                "group": name,
                "hint": members[0]["hint"],
                "customers": len(members),
                "orders": sum(each["orders"] for each in members),
                "sales": sum((each["sales"] for each in members), ZERO),
            }
        )
        for name, members in groups.items()
    ]
    return in_order(rows, "-sales")
