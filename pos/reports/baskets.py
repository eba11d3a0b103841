"""How much is in a basket, and what is bought together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Sum, Value, When
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from pos.models import Order, OrderLine, Product
from pos.models.fields import MoneyField, QuantityField
from pos.money import ZERO, from_units, quantise

from .base import Asked, Chart, Column, Report, Row
from .documents import within
from .grouped import ratio, share
from .names import product_names

# Items in a basket: from, to (None: and more).
SIZES: tuple[tuple[int, int | None], ...] = (
    *((size, size) for size in range(6)),
    (6, 10),
    (11, 20),
    (21, None),
)
LATEST_ORDERS = 20_000
MOST_PAIRS = 200
SEEN = 2  # once is chance


class Baskets(Report):
    name = "baskets"
    title = _("Baskets")
    description = _("How many items customers buy at once, and what such a basket comes to.")
    group = "sales"
    icon = "shopping_basket"
    can_compare = False
    columns = (
        Column("items", _("Items")),
        Column("orders", _("Orders"), "count", term="orders", is_summed=True),
        Column("part", _("Part of all"), "percent"),
        Column("pieces", _("Items sold"), "count", term="items", is_summed=True),
        Column("total", _("Total"), "money", term="total", is_summed=True),
        Column("average", _("Average order"), "money", term="average"),
    )
    chart = Chart("column", "items", ("orders",))
    figures = ("orders", "average", "pieces", "total")
    empty = _("Nothing was sold in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        found = self._sizes(asked)
        every = sum(row["orders"] for row in found.values())
        return [
            Row(
                {
                    "items": size_text(*SIZES[place]),
                    **row,
                    "part": share(row["orders"], every),
                    "average": ratio(row["total"], row["orders"]),
                }
            )
            for place, row in sorted(found.items())
        ]

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        found = super().totals(asked, rows)
        average = ratio(found["total"], found["orders"])
        return found | {"average": average, "part": Decimal(100)}

    def _sizes(self, asked: Asked) -> dict[int, dict[str, Any]]:
        """Place in SIZES -> its orders, items and total. Baskets of a size are counted in SQL."""
        orders = within(Order.objects.visible_to(asked.user).completed(), asked, day="sold_on")
        lines = OrderLine.objects.filter(order__in=orders.order_by().values("pk")).order_by()
        baskets = lines.values_list("order_id", "order__total_amount").annotate(
            pieces=Sum(_pieces())
        )
        sql, parameters = baskets.query.sql_with_params()
        statement = (
            f"WITH basket(id, total, pieces) AS ({sql}) "
            "SELECT pieces, COUNT(*), SUM(total) FROM basket GROUP BY pieces"
        )
        found: dict[int, dict[str, Any]] = {}
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            for pieces, count, total in cursor.fetchall():
                items = int(pieces) // 10**QuantityField.places
                cells = found.setdefault(_place(items), {"orders": 0, "pieces": 0, "total": ZERO})
                cells["orders"] += count
                cells["pieces"] += items * count
                cells["total"] += from_units(int(total), MoneyField.places)
        return found


def _pieces() -> Case:
    """Of one line: what is weighed is one item, whatever it weighs; a delivery fee is none."""
    none, one = (Value(Decimal(count), QuantityField()) for count in (0, 1))
    return Case(
        When(kind=OrderLine.Kind.DELIVERY, then=none),
        When(product__sold_by=Product.SoldBy.WEIGHT, then=one),
        default=F("quantity"),
        output_field=QuantityField(),
    )


def _place(items: int) -> int:
    return next(
        place for place, (_least, most) in enumerate(SIZES) if most is None or items <= most
    )


def size_text(least: int, most: int | None) -> str:
    if most is None:
        return now("%(least)d and more") % {"least": least}
    return str(least) if least == most else f"{least}–{most}"


class BoughtTogether(Report):
    name = "bought-together"
    title = _("Bought together")
    description = _("Pairs of products that customers put in the same basket.")
    group = "sales"
    icon = "join_inner"
    can_compare = False
    columns = (
        Column("first", _("Who buys")),
        Column("second", _("also buys")),
        Column("orders", _("Orders with both"), "count"),
        Column("support", _("Of all orders"), "percent", term="support"),
        Column("confidence", _("Of orders with the first"), "percent", term="confidence"),
        Column("lift", _("Likelier than by chance"), "quantity", term="lift"),
    )
    sort = "-orders"
    empty = _("No two products were bought together more than once in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        pairs = self._pairs(asked)
        if not pairs:
            return []
        bought, every = self._bought(asked, {product for pair in pairs for product in pair[:2]})
        names = product_names(bought)
        rows = []
        for one, other, both in pairs:
            # Told from the rarer one: whoever buys it is the better bet.
            first, second = sorted((one, other), key=lambda product: (bought[product], product))
            cells = {"first": str(names[first]), "second": str(names[second]), "orders": both}
            lift = Fraction(both * every, bought[first] * bought[second])
            cells |= {
                "support": share(both, every),
                "confidence": share(both, bought[first]),
                "lift": quantise(lift, 1),
            }
            rows.append(Row(cells))
        return rows

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        return {}

    def notes(self, asked: Asked) -> list[Any]:
        return [
            _("Of the latest %(most)s orders of these days; at most %(pairs)d pairs.")
            % {"most": f"{LATEST_ORDERS:,}", "pairs": MOST_PAIRS}
        ]

    def _latest(self, asked: Asked) -> Any:
        orders = within(Order.objects.visible_to(asked.user).completed(), asked, day="sold_on")
        return orders.order_by("-sold_on", "-pk").values("pk")[:LATEST_ORDERS]

    def _pairs(self, asked: Asked) -> list[tuple[int, int, int]]:
        """(product, product, orders with both), the most first."""
        lines = OrderLine.objects.filter(order__in=self._latest(asked), product__isnull=False)
        once = lines.order_by().values("order_id", "product_id").distinct()
        sql, parameters = once.query.sql_with_params()
        statement = (
            f"WITH bought(basket, product) AS ({sql}) "
            "SELECT a.product, b.product, COUNT(*) FROM bought a "
            "JOIN bought b ON a.basket = b.basket AND a.product < b.product "
            "GROUP BY a.product, b.product HAVING COUNT(*) >= %s "
            "ORDER BY COUNT(*) DESC, a.product, b.product LIMIT %s"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [*parameters, SEEN, MOST_PAIRS])
            return cursor.fetchall()

    def _bought(self, asked: Asked, products: set[int]) -> tuple[dict[int, int], int]:
        """Orders with each of these products, and all orders that were looked at."""
        lines = OrderLine.objects.filter(order__in=self._latest(asked), product__in=products)
        rows = lines.order_by().values_list("product_id")
        bought = dict(rows.annotate(orders=Count("order_id", distinct=True)))
        return bought, self._latest(asked).count()
