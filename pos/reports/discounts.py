"""What was taken off, by whom; and the orders with the largest discounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from pos.models import Order

from .base import REGISTER, SELLER, STORE, Asked, Behind, Chart, Column, Report, Row
from .behind import orders_behind, row_behind
from .documents import within
from .facts import Sums
from .grouped import Grouped, Key, share
from .names import people_names, store_names

MOST_ORDERS = 200


class Discounts(Grouped):
    name = "discounts"
    title = _("Discounts")
    description = _("What was taken off, in money and as a part of prices, by seller or store.")
    group = "sales"
    icon = "percent"
    choices = {"seller": _("Seller"), "store": _("Store")}
    columns = (
        Column("name", _("Seller")),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("subtotal", _("Before discounts"), "money", term="subtotal", is_summed=True),
        Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
        Column("rate", _("Rate"), "percent", term="discount_rate"),
    )
    chart = Chart("bar", "name", ("discount",), most=20)
    sort = "-discount"
    figures = ("discount", "rate", "subtotal", "orders")
    empty = _("Nothing was sold in these days.")

    def keys(self, asked: Asked) -> tuple[str, ...]:
        return (asked.by or "seller",)

    def columns_for(self, user: Any, asked: Asked | None = None) -> list[Column]:
        _first, *others = super().columns_for(user, asked)
        return [Column("name", self.choices[(asked.by if asked else "") or "seller"]), *others]

    def figure(self, found: Sums, name: str) -> Any:
        return share(found.discount, found.subtotal) if name == "rate" else getattr(found, name)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names_of = store_names if asked.by == "store" else people_names
        names = names_of([key[0] for key in keys])
        return {key: {"name": names[key[0]]} for key in keys}

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return orders_behind(asked, **{asked.by or "seller": key[0]})


class LargestDiscounts(Report):
    name = "largest-discounts"
    title = _("Largest discounts")
    description = _("The orders on which most was taken off.")
    group = "sales"
    icon = "money_off"
    filters = (STORE, REGISTER, SELLER)
    can_compare = False
    columns = (
        Column("number", _("Order"), "code"),
        Column("at", _("Sold"), "datetime"),
        Column("store", _("Store")),
        Column("seller", _("Seller")),
        Column("customer", _("Customer")),
        Column("subtotal", _("Before discounts"), "money", term="subtotal", is_summed=True),
        Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
        Column("rate", _("Rate"), "percent", term="discount_rate"),
        Column("total", _("Total"), "money", term="total", is_summed=True),
    )
    sort = "-discount"
    empty = _("No discount was given in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        orders = within(Order.objects.visible_to(asked.user).completed(), asked, day="sold_on")
        found = orders.filter(discount_amount__gt=0).order_by("-discount_amount", "-pk")
        return [
            Row(
                {
                    "number": order.number,
                    "at": order.completed_at,
                    "store": str(order.store),
                    "seller": str(order.seller),
                    "customer": str(order.customer or ""),
                    "subtotal": order.subtotal_amount,
                    "discount": order.discount_amount,
                    "rate": share(order.discount_amount, order.subtotal_amount),
                    "total": order.total_amount,
                },
                behind=row_behind("order", id__exact=order.pk),
            )
            for order in found.select_related("store", "seller", "customer")[:MOST_ORDERS]
        ]

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        found = super().totals(asked, rows)
        return found | {"rate": share(found["discount"], found["subtotal"])}

    def notes(self, asked: Asked) -> list[Any]:
        return [_("At most the %(most)d largest.") % {"most": MOST_ORDERS}]
