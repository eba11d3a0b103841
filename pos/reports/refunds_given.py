"""What came back and what was voided: by whom, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from pos.models import Refund
from pos.money import ZERO

from .base import STORE, Asked, Behind, Chart, Column, Report, Row
from .behind import refunds_behind
from .documents import within
from .facts import Sums
from .grouped import Grouped, Key, share
from .names import people_names, store_names

MOST_REASONS = 500
COUNTED = (
    Column("refunds", _("Refunds"), "count", term="refunds", is_summed=True),
    Column("voids", _("Voided sales"), "count", term="voids", is_summed=True),
)


class Refunds(Grouped):
    name = "refunds"
    title = _("Refunds and voids")
    description = _("How much was given back or voided, and which part of sales it is.")
    group = "sales"
    icon = "assignment_return"
    rights = ("view_refund",)
    choices = {"seller": _("Seller"), "store": _("Store"), "day": _("Day")}
    columns = (
        Column("name", _("Seller")),
        *COUNTED,
        Column("returned", _("Refunded"), "money", term="returned", is_summed=True),
        Column("void_total", _("Voided"), "money", term="voids", is_summed=True),
        Column("refund_total", _("Together"), "money", term="refund", is_summed=True),
        Column("total", _("Total sold"), "money", term="total", is_summed=True),
        Column("rate", _("Rate"), "percent", term="refund_rate"),
    )
    chart = Chart("bar", "name", ("refund_total",), most=31)
    sort = "-refund_total"
    figures = ("refund_total", "refunds", "voids", "rate")
    empty = _("Nothing came back in these days.")

    def keys(self, asked: Asked) -> tuple[str, ...]:
        return (asked.by or "seller",)

    def columns_for(self, user: Any, asked: Asked | None = None) -> list[Column]:
        first, *others = super().columns_for(user, asked)
        by = (asked.by if asked else "") or "seller"
        return [Column(first.name, self.choices[by], "date" if by == "day" else "text"), *others]

    def has_documents(self, found: Sums) -> bool:
        return bool(found.refunds or found.voids)

    def figure(self, found: Sums, name: str) -> Any:
        if name == "returned":
            return found.refund_total - found.void_total
        return share(found.refund_total, found.total) if name == "rate" else getattr(found, name)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        if asked.by == "day":
            return {key: {"name": key[0]} for key in keys}
        names_of = store_names if asked.by == "store" else people_names
        names = names_of([key[0] for key in keys])
        return {key: {"name": names[key[0]]} for key in keys}

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        if asked.by == "day":
            return refunds_behind(asked, first=key[0], last=key[0])
        return refunds_behind(asked, **{asked.by or "seller": key[0]})


class RefundReasons(Report):
    name = "refund-reasons"
    title = _("Reasons of refunds")
    description = _("Why goods came back and sales were voided, in the words of whoever did it.")
    group = "sales"
    icon = "help_center"
    rights = ("view_refund",)
    filters = (STORE, "register", "seller")
    can_compare = False
    columns = (
        Column("reason", _("Reason")),
        *COUNTED,
        Column("total", _("Given back"), "money", term="refund", is_summed=True),
    )
    chart = Chart("bar", "reason", ("total",), most=15)
    sort = "-total"
    empty = _("Nothing came back in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        refunds = within(Refund.objects.visible_to(asked.user), asked, day="refunded_on")
        is_void = Q(kind=Refund.Kind.VOID)
        found = refunds.order_by().values("reason").annotate(
            refunds=Count("pk", filter=~is_void),
            voids=Count("pk", filter=is_void),
            total=Sum("total_amount"),
        )  # fmt: skip
        # The same words, however they are written.
        together: dict[str, dict[str, Any]] = {}
        for row in found.order_by("-total", "reason"):
            words = " ".join(row["reason"].split())
            cells = together.setdefault(
                words.casefold(), {"reason": words, "refunds": 0, "voids": 0, "total": ZERO}
            )
            for name in ("refunds", "voids", "total"):
                cells[name] += row[name]
        most = sorted(together.values(), key=lambda cells: cells["total"], reverse=True)
        return [Row(cells) for cells in most[:MOST_REASONS]]
