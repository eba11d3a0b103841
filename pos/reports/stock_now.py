"""What is on hand now: its value, what runs out, and what nobody buys."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pos.models import Product, StockLevel, StockMovement
from pos.money import ZERO, currency_decimals, quantise

from .base import CATEGORY, STORE, Asked, Chart, Column, Report, Row, in_order
from .behind import row_behind
from .grouped import ratio
from .names import categories, product_names, store_names
from .products_sold import NAMED

PACE_DAYS = 30  # what is sold a day is told from so many
SOON_DAYS = 14
COST = ("view_cost",)
SALES = (StockMovement.Kind.SALE, StockMovement.Kind.RETURN)


def levels_of(asked: Asked) -> QuerySet[StockLevel]:
    """What this person may see of what is on hand, of the stores and categories asked for."""
    levels = StockLevel.objects.visible_to(asked.user).order_by()
    if asked.where.stores is not None:
        levels = levels.filter(store_id__in=asked.where.stores)
    if asked.where.categories is not None:
        inside = categories().within(asked.where.categories)
        links = Product.categories.through.objects.filter(category_id__in=inside)
        levels = levels.filter(product_id__in=links.values("product_id"))
    return levels


def worth(quantity: Decimal, each: Decimal) -> Decimal:
    return quantise(quantity * each, currency_decimals(settings.POS_CURRENCY))


class StockReport(Report):
    group = "stock"
    rights = ("view_stocklevel",)
    filters = (STORE, CATEGORY)
    has_period = False
    can_compare = False


class Inventory(StockReport):
    name = "inventory"
    title = _("Stock on hand and its value")
    description = _("What lies in the stores now, what it had cost and what it would sell for.")
    icon = "inventory_2"
    choices = {"product": _("Product"), "store": _("Store")}
    columns = (
        *NAMED,
        Column("store", _("Store")),
        Column("on_hand", _("On hand"), "quantity", term="on_hand", is_summed=True),
        Column("cost", _("Cost of one"), "money", rights=COST),
        Column("value", _("Value at cost"), "money", "stock_value", rights=COST, is_summed=True),
        Column("price", _("Price of one"), "money"),
        Column("retail", _("Value at price"), "money", "retail_value", is_summed=True),
    )
    OF_STORE = ("store", "on_hand", "value", "retail")
    chart = Chart("bar", "name", ("retail",), most=20)
    sort = "-retail"
    figures = ("value", "retail", "on_hand")
    empty = _("Nothing is on hand. Give products their first stock on their own pages.")

    def columns_for(self, user: Any, asked: Asked | None = None) -> list[Column]:
        columns = super().columns_for(user, asked)
        if asked and asked.by == "store":
            return [each for each in columns if each.name in self.OF_STORE]
        return [each for each in columns if each.name != "store"]

    def rows(self, asked: Asked) -> list[Row]:
        levels = levels_of(asked).exclude(on_hand=0)
        by = "store_id" if asked.by == "store" else "product_id"
        found: dict[int, dict[str, Any]] = {}
        columns = ("product_id", "store_id", "on_hand", "product__cost", "product__price")
        for product, store, on_hand, cost, price in levels.values_list(*columns):
            cells = found.setdefault(
                store if by == "store_id" else product,
                {"on_hand": ZERO, "value": ZERO, "retail": ZERO, "cost": cost, "price": price},
            )
            cells["on_hand"] += on_hand
            cells["value"] += worth(on_hand, cost)
            cells["retail"] += worth(on_hand, price)
        return in_order(self._named(found, by), self.sort)

    def _named(self, found: dict[int, dict[str, Any]], by: str) -> list[Row]:
        if by == "store_id":
            stores = store_names(found)
            return [
                Row({**cells, "store": stores[pk]}, behind=row_behind("stocklevel", store=pk))
                for pk, cells in found.items()
            ]
        names = product_names(found)
        return [
            Row(
                {**cells, "name": names[pk].name, "size": names[pk].size, "code": names[pk].code},
                behind=row_behind("stocklevel", product__id__exact=pk),
            )
            for pk, cells in found.items()
        ]

    def notes(self, asked: Asked) -> list[Any]:
        return [_("By the cost and price that each product has now, tax as the prices have it.")]


class Reorder(StockReport):
    name = "reorder"
    title = _("Low stock and what to order")
    description = _("At or below the reorder point, or gone within two weeks at the present pace.")
    icon = "shopping_cart"
    columns = (
        *NAMED,
        Column("store", _("Store")),
        Column("on_hand", _("On hand"), "quantity", term="on_hand"),
        Column("reorder_point", _("Reorder point"), "quantity", term="reorder_point"),
        Column("per_day", _("Sold a day"), "quantity", term="per_day"),
        Column("days_left", _("Lasts for days"), "count", term="days_left"),
        Column("suggestion", _("Order"), "quantity", term="suggestion"),
        Column("cost", _("Costs"), "money", rights=COST, is_summed=True),
    )
    sort = "days_left"
    empty = _("Nothing is low. Give products a reorder point to see them here in time.")

    def rows(self, asked: Asked) -> list[Row]:
        levels = levels_of(asked).filter(product__is_active=True)
        sold = sold_lately(levels)
        # What neither is low nor sells is most of a large catalogue: it stays in the database.
        is_low = Q(product__reorder_point__gt=0, on_hand__lte=F("product__reorder_point"))
        levels = levels.filter(is_low | Q(product__in=sales_lately(levels).values("product_id")))
        rows = []
        for level in levels.select_related("product", "store").order_by("product__name", "pk"):
            pace = sold.get((level.product_id, level.store_id), ZERO)
            point = level.product.reorder_point
            left = days_left(level.on_hand, pace)
            is_low = point > 0 and level.on_hand <= point
            if is_low or (left is not None and left <= SOON_DAYS):
                rows.append(self._row(level, pace, left))
        return in_order(rows, self.sort)

    def _row(self, level: StockLevel, pace: Decimal, left: int | None) -> Row:
        product = level.product
        wanted = max(product.reorder_point + pace - level.on_hand, ZERO)
        if product.sold_by == Product.SoldBy.UNIT:
            wanted = wanted.to_integral_value(ROUND_CEILING)
        cells = {
            "name": product.name,
            "size": product.size,
            "code": product.code,
            "store": str(level.store),
            "on_hand": level.on_hand,
            "reorder_point": product.reorder_point,
            "per_day": ratio(pace, PACE_DAYS),
            "days_left": left,
            "suggestion": wanted,
            "cost": worth(wanted, product.cost),
        }
        return Row(cells, behind=row_behind("stocklevel", product__id__exact=product.pk))

    def notes(self, asked: Asked) -> list[Any]:
        return [
            _("Ordered up to the reorder point and what is sold in %(days)d days.")
            % {"days": PACE_DAYS}
        ]


def sales_lately(levels: QuerySet[StockLevel]) -> QuerySet[StockMovement]:
    """What was sold in the stores of `levels` in the last PACE_DAYS days, and what came back."""
    return StockMovement.objects.filter(
        kind__in=SALES,
        created_at__gte=timezone.now() - timedelta(days=PACE_DAYS),
        store_id__in=levels.order_by().values("store_id"),
    ).order_by()


def sold_lately(levels: QuerySet[StockLevel]) -> dict[tuple[int, int], Decimal]:
    """(product, store) -> what went out and did not come back in the last PACE_DAYS days."""
    rows = sales_lately(levels).values_list("product_id", "store_id").annotate(Sum("quantity"))
    found: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for product, store, quantity in rows:
        found[product, store] = max(-quantity, ZERO)
    return found


def days_left(on_hand: Decimal, pace: Decimal) -> int | None:
    """Whole days that this lasts when `pace` is sold in PACE_DAYS; None when nothing sells."""
    return int(Fraction(max(on_hand, ZERO)) * PACE_DAYS / Fraction(pace)) if pace > 0 else None


class DeadStock(StockReport):
    name = "dead-stock"
    title = _("Dead stock")
    description = _("On hand for longer than that, and nothing of it sold: what could go on sale.")
    icon = "hourglass_disabled"
    choices = {
        "90": _("90 days"), "30": _("30 days"), "60": _("60 days"),
        "180": _("180 days"), "365": _("A year"),
    }  # fmt: skip
    columns = (
        *NAMED,
        Column("store", _("Store")),
        Column("on_hand", _("On hand"), "quantity", term="on_hand"),
        Column("sold_on", _("Last sold"), "date"),
        Column("value", _("Value at cost"), "money", "stock_value", rights=COST, is_summed=True),
        Column("retail", _("Value at price"), "money", "retail_value", is_summed=True),
    )
    sort = "-retail"
    empty = _("All that is on hand has been sold or has come in lately.")

    def rows(self, asked: Asked) -> list[Row]:
        since = timezone.now() - timedelta(days=int(asked.by or "90"))
        moved = StockMovement.objects.filter(
            product_id=OuterRef("product_id"), store_id=OuterRef("store_id")
        )
        sold = moved.filter(kind=StockMovement.Kind.SALE).order_by("-created_at")
        levels = levels_of(asked).filter(on_hand__gt=0).annotate(
            sold_at=Subquery(sold.values("created_at")[:1]),
            came_at=Subquery(moved.order_by("created_at").values("created_at")[:1]),
        )  # fmt: skip
        dead = levels.filter(came_at__lte=since).exclude(sold_at__gt=since)
        rows = [self._row(level) for level in dead.select_related("product", "store")]
        return in_order(rows, self.sort)

    def _row(self, level: StockLevel) -> Row:
        product, sold_at = level.product, level.sold_at  # type: ignore[attr-defined]
        cells = {
            "name": product.name,
            "size": product.size,
            "code": product.code,
            "store": str(level.store),
            "on_hand": level.on_hand,
            "sold_on": timezone.localdate(sold_at) if sold_at else None,
            "value": worth(level.on_hand, product.cost),
            "retail": worth(level.on_hand, product.price),
        }
        return Row(cells, behind=row_behind("stocklevel", product__id__exact=product.pk))
