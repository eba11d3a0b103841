"""One customer's orders, and what customers owe by the age of it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pos.models import Order, OrderLine
from pos.money import ZERO
from pos.services.dues import DUE, is_due

from .base import CUSTOMER, STORE, Asked, Chart, Column, Report, Row
from .behind import row_behind
from .customer_accounts import AGE_NAMES, AGES, in_age
from .documents import within
from .names import customer_names

MOST_ORDERS = 2000
MOST_PRODUCTS = 6  # named in one row


class CustomerOrders(Report):
    name = "customer-report"
    title = _("Customer report")
    description = _("Every order of one customer: when, who sold, what, for how much.")
    group = "customers"
    icon = "contact_page"
    rights = ("view_customer",)
    filters = (CUSTOMER, STORE)
    can_compare = False
    columns = (
        Column("day", _("Day"), "date", term="day"),
        Column("number", _("Order"), "code"),
        Column("customer", _("Customer")),
        Column("seller", _("Seller")),
        Column("products", _("Products")),
        Column("total", _("Total"), "money", term="total", is_summed=True),
        Column("returned", _("Refunds"), "money", term="refund_of_order", is_summed=True),
        Column("due", _("Due"), "money", term="due", is_summed=True),
    )
    sort = "-day"
    figures = ("total", "returned", "due")
    empty = _("Choose a customer above. Or this one bought nothing in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        if not asked.where.customers:
            return []
        orders = within(Order.objects.visible_to(asked.user).completed(), asked, day="sold_on")
        found = list(
            orders.select_related("customer", "seller").order_by("-sold_on", "-pk")[:MOST_ORDERS]
        )
        bought = _products([order.pk for order in found])
        return [
            Row(
                {
                    "day": order.sold_on,
                    "number": order.number,
                    "customer": str(order.customer),
                    "seller": str(order.seller),
                    "products": _words(bought[order.pk]),
                    "total": order.total_amount,
                    "returned": order.refunded_amount,
                    "due": order.due_amount,
                },
                behind=row_behind("order", id__exact=order.pk),
            )
            for order in found
        ]

    def notes(self, asked: Asked) -> list[Any]:
        return [_("At most the latest %(most)d orders.") % {"most": MOST_ORDERS}]


def _products(orders: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    lines = OrderLine.objects.filter(order__in=orders, kind=OrderLine.Kind.PRODUCT)
    for line in lines.order_by("order_id", "position").only("order_id", "name", "size"):
        found[line.order_id].append(str(line))
    return found


def _words(names: list[str]) -> str:
    more = len(names) - MOST_PRODUCTS
    words = ", ".join(names[:MOST_PRODUCTS])
    return f"{words} +{more}" if more > 0 else words


class Ageing(Report):
    name = "ageing"
    title = _("Dues by age")
    description = _("What each customer owes today, by the days since the sale.")
    group = "customers"
    icon = "hourglass_bottom"
    rights = ("view_customer",)
    filters = (STORE, CUSTOMER)
    has_period = False
    can_compare = False
    columns = (
        Column("name", _("Customer")),
        Column("orders", _("Orders"), "count", is_summed=True),
        Column("oldest", _("Oldest"), "date"),
        *(
            Column(f"age_{age}", AGE_NAMES[age], "money", term="ageing", is_summed=True)
            for age in AGES
        ),
        Column("due", _("Due"), "money", term="due", is_summed=True),
    )
    chart = Chart("bar", "name", ("due",), most=20)
    sort = "-due"
    figures = ("due", *(f"age_{age}" for age in list(AGES)[1:]))
    empty = _("Nobody owes anything.")

    def rows(self, asked: Asked) -> list[Row]:
        orders = Order.objects.visible_to(asked.user).completed().filter(is_due())
        if asked.where.stores is not None:
            orders = orders.filter(store_id__in=asked.where.stores)
        if asked.where.customers is not None:
            orders = orders.filter(customer_id__in=asked.where.customers)
        today = timezone.localdate()
        ages = {f"age_{age}": Sum(DUE, filter=in_age(age, today)) for age in AGES}
        found = orders.order_by().values("customer_id").annotate(
            orders=Count("pk"), oldest=Min("sold_on"), due=Sum(DUE), **ages
        )  # fmt: skip
        rows = list(found.order_by("-due", "customer_id"))
        names = customer_names([row["customer_id"] for row in rows])
        return [self._row(row, names) for row in rows]

    def _row(self, row: dict[str, Any], names: dict[int, str]) -> Row:
        customer = row.pop("customer_id")
        cells = {name: ZERO if value is None else value for name, value in row.items()}
        behinds = {
            f"age_{age}": row_behind("order", customer__id__exact=customer, due=age)
            for age in AGES
            if row[f"age_{age}"]
        }
        return Row(
            {"name": names.get(customer, ""), **cells},
            behind=row_behind("order", customer__id__exact=customer, due="any"),
            behinds=behinds,
        )
