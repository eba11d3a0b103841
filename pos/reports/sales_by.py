"""Sales by store, by register, by seller and by customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .base import CUSTOMER, STORE, Asked, Behind, Chart, Column
from .behind import orders_behind, refunds_behind
from .facts import Fact
from .grouped import Grouped, Key
from .names import customer_names, people_names, register_names, store_names

NOTHING = _("Nothing was sold in these days. Choose other days or fewer filters.")
SOLD = (
    Column("orders", _("Orders"), "count", term="orders", is_summed=True),
    Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
    Column("net", _("Net"), "money", term="net", is_summed=True),
    Column("tax", _("Tax"), "money", term="tax", is_summed=True),
    Column("total", _("Total"), "money", term="total", is_summed=True),
    Column("refund_total", _("Refunds"), "money", term="refund", is_summed=True),
    Column("sales", _("Sales"), "money", term="sales", is_summed=True),
    Column("average", _("Average order"), "money", term="average"),
)


class SalesBy(Grouped):
    """Subclasses say by what."""

    group = "sales"
    chart = Chart("bar", "name", ("sales",), most=20)
    sort = "-sales"
    figures = ("sales", "orders", "average", "discount")
    empty = NOTHING

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return orders_behind(asked, **{self.by[0]: key[0]})

    def behinds(self, asked: Asked, key: Key) -> dict[str, Behind | None]:
        return {"refund_total": refunds_behind(asked, **{self.by[0]: key[0]})}


class SalesByStore(SalesBy):
    name = "sales-by-store"
    title = _("Sales by store")
    description = _("Which store sold how much.")
    icon = "storefront"
    by = ("store",)
    columns = (Column("name", _("Store")), *SOLD)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names = store_names([key[0] for key in keys])
        return {key: {"name": names[key[0]]} for key in keys}


class SalesByRegister(SalesBy):
    name = "sales-by-register"
    title = _("Sales by register")
    description = _("Which register sold how much.")
    icon = "point_of_sale"
    by = ("register",)
    columns = (Column("store", _("Store")), Column("name", _("Register")), *SOLD)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names = register_names([key[0] for key in keys])
        return {key: dict(zip(("store", "name"), names[key[0]], strict=True)) for key in keys}


class SalesBySeller(SalesBy):
    name = "sales-by-seller"
    title = _("Sales by seller")
    description = _("Who sold how much. What was given back counts for whoever gave it back.")
    icon = "badge"
    by = ("seller",)
    columns = (Column("name", _("Seller")), *SOLD)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names = people_names([key[0] for key in keys])
        return {key: {"name": names[key[0]]} for key in keys}


class SalesByCustomer(SalesBy):
    """Sales without a customer are in no row of it."""

    name = "sales-by-customer"
    title = _("Best customers")
    description = _("Who bought most. Sales without a customer are not in it.")
    group = "customers"
    icon = "loyalty"
    rights = ("view_customer",)
    filters = (STORE, CUSTOMER)
    fact = Fact.CUSTOMERS
    by = ("customer",)
    figures = ("sales", "orders", "average")
    columns = (
        Column("name", _("Customer")),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
        Column("total", _("Total"), "money", term="total", is_summed=True),
        Column("refund_total", _("Refunds"), "money", term="refund", is_summed=True),
        Column("sales", _("Sales"), "money", term="sales", is_summed=True),
        Column("average", _("Average order"), "money", term="average"),
        Column(
            "profit", _("Profit"), "money", term="profit", rights=("view_cost",), is_summed=True
        ),
    )

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names = customer_names([key[0] for key in keys])
        return {key: {"name": names[key[0]]} for key in keys}
