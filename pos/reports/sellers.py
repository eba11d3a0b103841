"""What each person sold: in a period, and day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from pos.models import Order, OrderLine

from .base import REGISTER, SELLER, STORE, Asked, Behind, Chart, Column, Row
from .behind import orders_behind, refunds_behind
from .documents import within
from .facts import Fact, Sums, sums
from .grouped import Grouped, Key, ratio, share
from .names import people_names

NOTHING = _("Nothing was sold in these days. Choose other days or fewer filters.")


class Sellers(Grouped):
    name = "sellers"
    title = _("Sellers")
    description = _("Orders, sales, discounts and refunds of each person, and sales per hour.")
    group = "people"
    icon = "social_leaderboard"
    filters = (STORE, SELLER)
    by = ("seller",)
    columns = (
        Column("name", _("Seller")),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("items_per_order", _("Items an order"), "quantity"),
        Column("average", _("Average order"), "money", term="average"),
        Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
        Column("rate", _("Discount rate"), "percent", term="discount_rate"),
        Column("refunds", _("Refunds"), "count", term="refunds", is_summed=True),
        Column("refund_total", _("Refunded"), "money", term="refund", is_summed=True),
        Column("sales", _("Sales"), "money", term="sales", is_summed=True),
        Column("hours", _("Hours with sales"), "count", term="hours"),
        Column("per_hour", _("Orders an hour"), "quantity", term="hours"),
        Column("sales_per_hour", _("Total an hour"), "money", term="hours"),
    )
    chart = Chart("bar", "name", ("sales",), most=20)
    sort = "-sales"
    figures = ("sales", "orders", "average", "discount")
    can_compare = False
    empty = NOTHING
    OF_HOURS = ("hours", "per_hour", "sales_per_hour")
    not_added = OF_HOURS

    def figure(self, found: Sums, name: str) -> Any:
        if name in self.OF_HOURS:
            return None
        return share(found.discount, found.subtotal) if name == "rate" else getattr(found, name)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names = people_names([key[0] for key in keys])
        found = sums(self.fact, user=asked.user, span=asked.span, by=self.by, where=asked.where)
        hours = self._hours(asked)
        return {
            key: {
                "name": names[key[0]],
                "hours": hours[key[0]],
                "per_hour": ratio(found[key].orders, hours[key[0]]),
                "sales_per_hour": ratio(found[key].total, hours[key[0]]),
            }
            for key in keys
        }

    def _hours(self, asked: Asked) -> Counter[int]:
        """Seller -> hours of the clock in which they sold something."""
        found = sums(
            Fact.HOURS,
            user=asked.user, span=asked.span, by=("seller", "day", "hour"), where=asked.where,
        )  # fmt: skip
        return Counter(key[0] for key, each in found.items() if each.orders)

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return orders_behind(asked, seller=key[0])

    def behinds(self, asked: Asked, key: Key) -> dict[str, Behind | None]:
        behind = refunds_behind(asked, seller=key[0])
        return {"refunds": behind, "refund_total": behind}


class SellerDays(Grouped):
    name = "seller-report"
    title = _("Seller report")
    description = _("Day by day: items, products, customers and the amount of each person.")
    group = "people"
    icon = "assignment_ind"
    filters = (SELLER, STORE, REGISTER)
    by = ("day", "seller")
    columns = (
        Column("day", _("Day"), "date", term="day"),
        Column("seller", _("Seller")),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("quantity", _("Items"), "quantity", term="items", is_summed=True),
        Column("products", _("Products"), "count", term="products_sold"),
        Column("customers", _("Customers"), "count", term="customers_served"),
        Column("total", _("Amount"), "money", term="total", is_summed=True),
    )
    chart = Chart("column", "day", ("total",), most=100)
    sort = "-day"
    figures = ("total", "orders", "quantity")
    can_compare = False
    empty = NOTHING
    COUNTED = ("products", "customers")
    not_added = COUNTED

    def figure(self, found: Sums, name: str) -> Any:
        return None if name in self.COUNTED else getattr(found, name)

    def rows(self, asked: Asked) -> list[Row]:
        return [row for row in super().rows(asked) if row.cells["orders"]]

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names = people_names({key[1] for key in keys})
        products, customers = self._counts(asked)
        return {
            key: {
                "day": key[0],
                "seller": names[key[1]],
                "products": products.get(key, 0),
                "customers": customers.get(key, 0),
            }
            for key in keys
        }

    def _counts(self, asked: Asked) -> tuple[dict[Key, int], dict[Key, int]]:
        """Different products, and different known customers, of a day and seller."""
        orders = within(Order.objects.visible_to(asked.user).completed(), asked, day="sold_on")
        lines = OrderLine.objects.filter(order__in=orders.order_by().values("pk"))
        products = lines.order_by().values_list("order__sold_on", "order__seller_id").annotate(
            Count("product_id", distinct=True)
        )  # fmt: skip
        customers = orders.order_by().values_list("sold_on", "seller_id").annotate(
            Count("customer_id", distinct=True)
        )  # fmt: skip
        return _by_key(products), _by_key(customers)

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        one = replace(asked, where=replace(asked.where, sellers=None))
        return orders_behind(one, seller=key[1], first=key[0], last=key[0])


def _by_key(rows: Iterable[tuple[Any, ...]]) -> dict[Key, int]:
    return {key: count for *key_, count in rows for key in [tuple(key_)]}
