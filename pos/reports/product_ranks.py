"""Products over time, the quick ones, and which of them carry the shop."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from pos.models import StockLevel
from pos.money import ZERO

from .base import CATEGORY, PRODUCT, STORE, Asked, Behind, Chart, Column, Report, Row, in_order
from .behind import orders_behind
from .facts import Fact, Sums
from .grouped import Grouped, Key, ratio, share
from .products_sold import NAMED, by_product, product_labels

CLASSES = (("A", 80), ("B", 95), ("C", 100))  # up to so many percent of all net sales
NOTHING = _("Nothing was sold in these days. Choose other days or fewer filters.")


class ProductOverTime(Grouped):
    name = "product-report"
    title = _("Product report")
    description = _("Quantity and amount of one product, day by day. Choose the product above.")
    group = "products"
    icon = "timeline"
    filters = (STORE, PRODUCT, CATEGORY)
    fact = Fact.PRODUCTS
    by = ("day",)
    columns = (
        Column("day", _("Day"), "date", term="day"),
        Column("quantity_sold", _("Quantity"), "quantity", term="quantity", is_summed=True),
        Column("discount", _("Discounts"), "money", term="discount", is_summed=True),
        Column("net_sales", _("Net sales"), "money", term="net_sales", is_summed=True),
        Column("gross_sales", _("Amount"), "money", term="gross_sales", is_summed=True),
    )
    chart = Chart("column", "day", ("gross_sales",), most=400)
    sort = "day"
    can_compare = False
    figures = ("gross_sales", "quantity_sold", "discount")
    empty = NOTHING

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        return {key: {"day": key[0]} for key in keys}

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return orders_behind(asked, first=key[0], last=key[0])

    def notes(self, asked: Asked) -> list[Any]:
        return [] if asked.where.products else [_("All products together: none is chosen.")]


class FastMovers(Grouped):
    totals_need_rows = True
    name = "fast-movers"
    title = _("Fast movers")
    description = _("What sells most pieces a day, and how long what is on hand will last.")
    group = "products"
    icon = "speed"
    filters = (STORE, CATEGORY)
    fact = Fact.PRODUCTS
    by = ("product",)
    columns = (
        *NAMED,
        Column("quantity_sold", _("Quantity"), "quantity", term="quantity"),
        Column("per_day", _("A day"), "quantity", term="per_day"),
        Column("net_sales", _("Net sales"), "money", term="net_sales", is_summed=True),
        Column("on_hand", _("On hand now"), "quantity", rights=("view_stocklevel",)),
        Column(
            "days_left", _("Lasts for days"), "count", term="days_left", rights=("view_stocklevel",)
        ),
    )
    chart = Chart("bar", "name", ("per_day",), most=20)
    sort = "-quantity_sold"
    can_compare = False
    empty = NOTHING

    def rows(self, asked: Asked) -> list[Row]:
        found = self.found(asked, asked.span)
        keys = [key for key, each in found.items() if key[0] is not None and each.quantity_sold > 0]
        on_hand = _on_hand(asked)
        rows = []
        for key, label in product_labels(keys).items():
            sold, left = found[key].quantity_sold, on_hand.get(key[0], ZERO)
            cells = label | {
                "quantity_sold": sold,
                "per_day": ratio(sold, asked.span.days),
                "net_sales": found[key].net_sales,
                "on_hand": left,
                "days_left": int(max(left, ZERO) * asked.span.days / sold),
            }
            rows.append(Row(cells, behind=orders_behind(asked, product=key[0])))
        return in_order(rows, self.sort)

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        return Report.totals(self, asked, rows)


def _on_hand(asked: Asked) -> dict[int, Decimal]:
    levels = StockLevel.objects.visible_to(asked.user)
    if asked.where.stores is not None:
        levels = levels.filter(store_id__in=asked.where.stores)
    return dict(levels.order_by().values_list("product_id").annotate(Sum("on_hand")))


class ProductClasses(Report):
    name = "product-classes"
    title = _("Which products carry the shop")
    description = _("A: the few that make 80 % of net sales; B: the next 15 %; C: all others.")
    group = "products"
    icon = "leaderboard"
    filters = (STORE, CATEGORY)
    can_compare = False
    columns = (
        Column("class", _("Class"), "code", term="class"),
        *NAMED,
        Column("net_sales", _("Net sales"), "money", term="net_sales", is_summed=True),
        Column("part", _("Part of all"), "percent"),
        Column("running", _("With all above"), "percent"),
        Column(
            "profit", _("Profit"), "money", rights=("view_cost",), term="profit", is_summed=True
        ),
    )
    chart = Chart("bar", "name", ("net_sales",), most=20)
    sort = "-net_sales"
    empty = NOTHING

    def rows(self, asked: Asked) -> list[Row]:
        found = {
            key: each
            for key, each in by_product(asked, asked.span).items()
            if key[0] is not None and each.net_sales > 0
        }
        labels = product_labels(found)
        keys = sorted(found, key=lambda key: (-found[key].net_sales, labels[key]["code"]))
        whole, running, rows = sum((each.net_sales for each in found.values()), ZERO), ZERO, []
        for key in keys:
            # By where it begins: the product that crosses the line still belongs above it.
            letter = next(name for name, most in CLASSES if running * 100 < whole * most)
            running += found[key].net_sales
            cells = labels[key] | {"class": letter, **self._figures(found[key], running, whole)}
            rows.append(Row(cells, behind=orders_behind(asked, product=key[0])))
        return rows

    def _figures(self, each: Sums, running: Decimal, whole: Decimal) -> dict[str, Any]:
        return {
            "net_sales": each.net_sales,
            "part": share(each.net_sales, whole),
            "running": share(running, whole),
            "profit": each.profit,
        }
