"""What was sold by product, category and size."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from .base import CATEGORY, PRODUCT, STORE, Asked, Behind, Chart, Column
from .behind import orders_behind
from .facts import Fact, Found, Span, sums
from .grouped import Grouped, Key, folded
from .names import Categories, categories, product_names

FEES, NONE = ("fees",), ("none",)  # keys of what is in no category, or has no size
SOLD = (
    Column("quantity_sold", _("Quantity"), "quantity", term="quantity", is_summed=True),
    Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
    Column("net_sales", _("Net sales"), "money", term="net_sales", is_summed=True),
    Column("gross_sales", _("With tax"), "money", term="gross_sales", is_summed=True),
    Column("profit", _("Profit"), "money", term="profit", rights=("view_cost",), is_summed=True),
    Column("margin", _("Margin"), "percent", term="margin", rights=("view_cost",)),
)
NAMED = (
    Column("name", _("Product")),
    Column("size", _("Size")),
    Column("code", _("Code"), "code"),
)


class ProductsSold(Grouped):
    """Subclasses say by what."""

    group = "sales"
    fact = Fact.PRODUCTS
    by = ("product",)
    filters = (STORE, CATEGORY)
    sort = "-net_sales"
    chart = Chart("bar", "name", ("net_sales",), most=20)
    figures = ("net_sales", "quantity_sold", "profit", "margin")
    empty = _("Nothing was sold in these days. Choose other days or fewer filters.")


class SalesByProduct(ProductsSold):
    name = "sales-by-product"
    title = _("Sales by product")
    description = _("Every product that was sold, with quantity, sales and profit.")
    icon = "sell"
    filters = (STORE, CATEGORY, PRODUCT)
    columns = (
        *NAMED,
        Column("orders", _("Orders"), "count", term="orders_with"),
        *SOLD,
    )
    not_added = ("orders",)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        return product_labels(keys)

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return orders_behind(asked, product=key[0])


class SalesByCategory(ProductsSold):
    name = "sales-by-category"
    title = _("Sales by category")
    description = _("Every category, or only the top ones with all that lies in them.")
    icon = "category"
    choices = {"category": _("Category"), "top": _("Top category")}
    columns = (Column("name", _("Category")), *SOLD)

    def found(self, asked: Asked, span: Span) -> Found:
        return by_category(asked, span, categories())

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        tree = categories()
        without = {FEES: now("Delivery fees"), NONE: now("Without a category")}
        return {key: {"name": without.get(key[0]) or tree.path(key[0])} for key in keys}

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return None if key[0] in (FEES, NONE) else orders_behind(asked, category=key[0])

    def notes(self, asked: Asked) -> list[Any]:
        return [_("A product in two categories counts in both, and once in the total.")]


class SalesBySize(ProductsSold):
    name = "sales-by-size"
    title = _("Sales by size")
    description = _("Which sizes sell. Best read with one category chosen.")
    icon = "straighten"
    columns = (Column("name", _("Size")), *SOLD)

    def found(self, asked: Asked, span: Span) -> Found:
        found = by_product(asked, span)
        names = product_names([key[0] for key in found])
        return folded(found, lambda key: [FEES if key[0] is None else names[key[0]].size or NONE])

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        without = {FEES: now("Delivery fees"), NONE: now("Without a size")}
        return {key: {"name": without.get(key[0], key[0])} for key in keys}

    def notes(self, asked: Asked) -> list[Any]:
        return [_("By the size that the product has now.")]


def by_product(asked: Asked, span: Span) -> Found:
    return sums(Fact.PRODUCTS, user=asked.user, span=span, by=("product",), where=asked.where)


def product_labels(keys: Collection[Key]) -> dict[Key, dict[str, Any]]:
    names = product_names([key[0] for key in keys])
    found = {key: names[key[0]] for key in keys}
    return {
        key: {"name": each.name, "size": each.size, "code": each.code}
        for key, each in found.items()
    }


def by_category(asked: Asked, span: Span, tree: Categories) -> Found:
    """Sums of products in each of their categories; of the chosen ones where some are chosen."""
    chosen = asked.where.categories
    shown = None if chosen is None else tree.within(chosen)

    def groups(key: Key) -> Collection[Any]:
        inside = tree.of_product.get(key[0], frozenset())
        if shown is not None:
            inside &= shown
        if asked.by == "top":
            inside = frozenset(tree.top(each) for each in inside)
        return inside or [FEES if key[0] is None else NONE]

    return folded(by_product(asked, span), groups)
