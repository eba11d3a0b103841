"""On hand follows from the ledger, and the ledger from what was sold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pos.models import Product, StockLevel, StockMovement
from pos.models.fields import QuantityField
from pos.money import QUANTITY_PLACES, ZERO, quantity_text

from . import sql
from .problem import Problem, Scope, as_problems, differs, order_text


def stock_levels(scope: Scope) -> Iterator[Problem]:
    """On hand is the sum of all movements."""
    ledger = StockMovement.objects.filter(product=OuterRef("product"), store=OuterRef("store"))
    total = ledger.order_by().values("product").annotate(total=Sum("quantity")).values("total")
    levels = scope.within(StockLevel.objects.select_related("product", "store"))
    wrong = levels.annotate(moved=Coalesce(Subquery(total), Value(ZERO, QuantityField()))).filter(
        differs("on_hand", "moved")
    )
    yield from as_problems(
        "stock_levels",
        wrong.iterator(),
        lambda level: (
            _("Stock of %(product)s in %(store)s")
            % {"product": level.product, "store": level.store},
            quantity_text(level.moved),
            quantity_text(level.on_hand),
        ),
    )


def stock_movements(scope: Scope) -> Iterator[Problem]:
    """Whatever moved is kept as a level."""
    level = StockLevel.objects.filter(product=OuterRef("product_id"), store=OuterRef("store_id"))
    moved = scope.within(StockMovement.objects.all())
    pairs = moved.values("product_id", "store_id", "product__name", "store__name")
    wrong = pairs.annotate(count=Count("id")).filter(~Exists(level))
    yield from as_problems(
        "stock_movements",
        wrong.iterator(),
        lambda row: (
            _("Stock of %(product)s in %(store)s")
            % {"product": row["product__name"], "store": row["store__name"]},
            _("a level for its %(count)s movements") % {"count": row["count"]},
            _("none"),
        ),
    )


def sale_movements(scope: Scope) -> Iterator[Problem]:
    """A completed order took exactly its goods, any other order nothing."""
    for low, high in scope.order_ranges():
        parameters = (low, high, low, high, scope.store_id)
        for order_id, number, product_id, sold, moved in sql.rows(sql.SOLD_LESS_MOVED, parameters):
            product = Product.objects.get(pk=product_id)
            what = f"{order_text(number, order_id)}, {product}"
            yield Problem(
                "sale_movements",
                _("%(what)s taken from stock") % {"what": what},
                quantity_text(Decimal(sold).scaleb(-QUANTITY_PLACES)),
                quantity_text(Decimal(moved).scaleb(-QUANTITY_PLACES)),
            )


def movement_stores(scope: Scope) -> Iterator[Problem]:
    """Goods leave the stock of the store that sold them, and come back to the one that took them."""
    moved = scope.within(StockMovement.objects.select_related("order", "store", "order__store"))
    wrong = moved.filter(~Q(store=F("order__store")), order__isnull=False)
    yield from as_problems(
        "movement_stores",
        wrong.iterator(),
        lambda row: (
            _("%(order)s took stock in") % {"order": order_text(row.order.number, row.order_id)},
            str(row.order.store),
            str(row.store),
        ),
    )
    returned = scope.within(StockMovement.objects.select_related("store", "refund__store"))
    astray = returned.filter(~Q(store=F("refund__store")), refund__isnull=False)
    yield from as_problems(
        "movement_stores",
        astray.iterator(),
        lambda row: (
            _("Refund %(number)s put stock into") % {"number": row.refund.number},
            str(row.refund.store),
            str(row.store),
        ),
    )
