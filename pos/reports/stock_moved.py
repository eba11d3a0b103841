"""Why stock changed: how much came and went, by kind, product or store."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from pos.models import StockMovement
from pos.models.fields import MoneyField, QuantityField
from pos.money import ZERO, currency_decimals, from_units, quantise

from .base import STORE, Asked, Chart, Column, Report, Row, in_order
from .documents import moments
from .names import product_names, store_names

# Integers of quantity × cost as they lie in the database.
PLACES = QuantityField.places + MoneyField.places


class StockMovements(Report):
    name = "stock-movements"
    title = _("Stock movements")
    description = _("What came in and went out, by why it did, by product or by store.")
    group = "stock"
    icon = "swap_vert"
    rights = ("view_stockmovement",)
    filters = (STORE,)
    can_compare = False
    choices = {"kind": _("Kind"), "product": _("Product"), "store": _("Store")}
    columns = (
        Column("name", _("Kind")),
        Column("reason", _("Reason")),
        Column("movements", _("Movements"), "count", is_summed=True),
        Column("added", _("Added"), "quantity", is_summed=True),
        Column("taken", _("Taken"), "quantity", is_summed=True),
        Column("change", _("Change"), "quantity", is_summed=True),
        Column("cost", _("Change at cost"), "money", rights=("view_cost",), is_summed=True),
    )
    chart = Chart("bar", "name", ("change",), most=20)
    sort = "name"
    empty = _("Nothing moved in these days.")

    def columns_for(self, user: Any, asked: Asked | None = None) -> list[Column]:
        first, *others = super().columns_for(user, asked)
        by = (asked.by if asked else "") or "kind"
        others = [each for each in others if by == "kind" or each.name != "reason"]
        return [Column(first.name, self.choices[by]), *others]

    def rows(self, asked: Asked) -> list[Row]:
        start, end = moments(asked)
        moved = StockMovement.objects.visible_to(asked.user).filter(
            created_at__gte=start, created_at__lt=end
        )
        if asked.where.stores is not None:
            moved = moved.filter(store_id__in=asked.where.stores)
        by = {"product": ("product_id",), "store": ("store_id",)}.get(asked.by, ("kind", "reason"))
        at_cost = ExpressionWrapper(F("quantity") * F("unit_cost"), BigIntegerField())
        found = list(
            moved.order_by().values(*by).annotate(
                movements=Count("pk"),
                added=Sum("quantity", filter=Q(quantity__gt=0)),
                taken=Sum("quantity", filter=Q(quantity__lt=0)),
                at_cost=Sum(at_cost),
            )
        )  # fmt: skip
        return in_order(self._named(found, by), self.sort)

    def _named(self, found: list[dict[str, Any]], by: tuple[str, ...]) -> list[Row]:
        ids = [row[by[0]] for row in found]
        if by == ("product_id",):
            names: dict[Any, Any] = dict(product_names(ids))
        elif by == ("store_id",):
            names = dict(store_names(ids))
        else:
            names = dict(StockMovement.Kind.choices)
        reasons = dict(StockMovement.Reason.choices)
        return [
            Row(
                {
                    "name": str(names[row[by[0]]]),
                    "reason": str(reasons[row["reason"]]) if row.get("reason") else "",
                    **_amounts(row),
                }
            )
            for row in found
        ]

    def notes(self, asked: Asked) -> list[Any]:
        return [_("By the cost of each product at the time it moved.")]


def _amounts(row: dict[str, Any]) -> dict[str, Any]:
    added, taken = row["added"] or ZERO, -(row["taken"] or ZERO)
    cost = from_units(int(row["at_cost"]), PLACES)
    return {
        "movements": row["movements"],
        "added": added,
        "taken": taken,
        "change": added - taken,
        "cost": quantise(cost, currency_decimals(settings.POS_CURRENCY)),
    }
