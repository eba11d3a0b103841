"""Profit and margin by product, category or day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from .base import CATEGORY, STORE, Asked, Behind, Chart, Column
from .behind import orders_behind
from .facts import Fact, Found, Span, sums
from .grouped import Grouped, Key
from .names import categories, product_names
from .products_sold import FEES, NONE, by_category, by_product


class Profit(Grouped):
    name = "profit"
    title = _("Profit and margin")
    description = _("What is left of net sales after what the goods had cost.")
    group = "sales"
    icon = "savings"
    rights = ("view_cost",)
    filters = (STORE, CATEGORY)
    fact = Fact.PRODUCTS
    choices = {"product": _("Product"), "category": _("Category"), "day": _("Day")}
    columns = (
        Column("name", _("Product")),
        Column("quantity_sold", _("Quantity"), "quantity", term="quantity", is_summed=True),
        Column("net_sales", _("Net sales"), "money", term="net_sales", is_summed=True),
        Column("cost_of_sales", _("Cost"), "money", term="cost", is_summed=True),
        Column("profit", _("Profit"), "money", term="profit", is_summed=True),
        Column("margin", _("Margin"), "percent", term="margin"),
    )
    chart = Chart("bar", "name", ("profit",), most=20)
    sort = "-profit"
    figures = ("profit", "margin", "net_sales", "cost_of_sales")
    empty = _("Nothing was sold in these days. Choose other days or fewer filters.")

    def columns_for(self, user: Any, asked: Asked | None = None) -> list[Column]:
        first, *others = super().columns_for(user, asked)
        by = (asked.by if asked else "") or "product"
        kind, term = ("date", "day") if by == "day" else ("text", "")
        return [Column(first.name, self.choices[by], kind, term=term), *others]

    def found(self, asked: Asked, span: Span) -> Found:
        if asked.by == "category":
            return by_category(asked, span, categories())
        if asked.by == "day":
            where = asked.where
            return sums(Fact.PRODUCTS, user=asked.user, span=span, by=("day",), where=where)
        return by_product(asked, span)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        if asked.by == "day":
            return {key: {"name": key[0]} for key in keys}
        if asked.by == "category":
            tree = categories()
            without = {FEES: now("Delivery fees"), NONE: now("Without a category")}
            return {key: {"name": without.get(key[0]) or tree.path(key[0])} for key in keys}
        names = product_names([key[0] for key in keys])
        return {key: {"name": str(names[key[0]])} for key in keys}

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        if asked.by == "day":
            return orders_behind(asked, first=key[0], last=key[0])
        if key[0] in (FEES, NONE):
            return None
        return orders_behind(asked, **{asked.by or "product": key[0]})

    def notes(self, asked: Asked) -> list[Any]:
        found = [_("By the cost of each product at the time it was sold; 0 where none was known.")]
        if asked.by == "category":
            found.append(_("A product in two categories counts in both, and once in the total."))
        return found
