"""What stands out: how often each seller does what the shop does rarely, against the shop's median."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet, Sum

from pos.models import AuditEntry, Order, OrderLine, User
from pos.money import ZERO

Kind = AuditEntry.Kind
WATCHED = (
    Kind.VOID,
    Kind.DISCOUNT,
    Kind.PRICE_CHANGE,
    Kind.LINE_REMOVED,
    Kind.CART_CLEARED,
    Kind.NO_SALE,
    Kind.REPRINT,
)
# Above so many times the median, from so many cases on.
HIGH, VERY_HIGH = 2, 4
FEWEST = 3
HUNDRED = Decimal(100)
MOST_LOWERED = 500
MOST_LINES = 5000


@dataclass
class Figure:
    """One kind of event of one seller. `rate`: per 100 sales; None for somebody who sold nothing."""

    kind: str
    count: int = 0
    amount: Decimal = ZERO
    rate: Decimal | None = None
    median: Decimal = ZERO

    @property
    def level(self) -> str:
        """ "", "high" or "very_high"."""
        if self.count < FEWEST:
            return ""
        if self.rate is None:
            return "high"
        if self.rate > VERY_HIGH * max(self.median, Decimal(1)):
            return "very_high"
        return "high" if self.rate > HIGH * max(self.median, Decimal(1)) else ""


@dataclass
class SellerFigures:
    seller: User
    sales: int
    figures: list[Figure] = field(default_factory=list)


def unusual_activity(
    *, user: User, start: datetime, end: datetime, store_id: int | None = None
) -> list[SellerFigures]:
    """Everybody who sold or did one of WATCHED from `start` until before `end`, most striking first.

    Three queries, whatever the number of sellers.
    """
    entries = _within(AuditEntry.objects.visible_to(user), "at", start, end, store_id)
    orders = _within(
        Order.objects.completed().visible_to(user), "completed_at", start, end, store_id
    )
    sales = dict(orders.order_by().values_list("seller").annotate(Count("pk")))
    counted: dict[int, dict[str, Figure]] = {}
    grouped = entries.filter(kind__in=WATCHED, actor__isnull=False).order_by()
    for row in grouped.values("actor", "kind").annotate(count=Count("pk"), total=Sum("amount")):
        figure = Figure(row["kind"], row["count"], row["total"] or ZERO)
        counted.setdefault(row["actor"], {})[row["kind"]] = figure
    people = User.objects.in_bulk({*sales, *counted})
    found = [
        SellerFigures(
            person,
            sales.get(pk, 0),
            [counted.get(pk, {}).get(kind) or Figure(kind) for kind in WATCHED],
        )
        for pk, person in people.items()
    ]
    _compare(found)
    return sorted(found, key=_strikingness, reverse=True)


def _within(
    rows: QuerySet, stamp: str, start: datetime, end: datetime, store_id: int | None
) -> Any:
    rows = rows.filter(**{f"{stamp}__gte": start, f"{stamp}__lt": end})
    return rows if store_id is None else rows.filter(store=store_id)


def _compare(found: Iterable[SellerFigures]) -> None:
    """Rates per 100 sales, and the median of those who sold."""
    found = list(found)
    for place in range(len(WATCHED)):
        rates = []
        for each in found:
            figure = each.figures[place]
            if each.sales:
                figure.rate = figure.count * HUNDRED / each.sales
                rates.append(figure.rate)
        middle = median(rates) if rates else ZERO
        for each in found:
            each.figures[place].median = middle


def _strikingness(each: SellerFigures) -> tuple[int, int, int]:
    levels = [figure.level for figure in each.figures]
    return (levels.count("very_high"), levels.count("high"), each.sales)


# --- Lowered, sold, raised again -------------------------------------------------------------


@dataclass
class Dip:
    """A price that was lowered and raised again, with what was sold of it meanwhile."""

    lowered: AuditEntry
    raised: AuditEntry
    lines: list[OrderLine] = field(default_factory=list)

    @property
    def lost(self) -> Decimal:
        """What the shop got less than before the dip."""
        quantity = sum((line.quantity for line in self.lines), ZERO)
        return (self.lowered.amount or ZERO) * quantity

    @property
    def was_own(self) -> bool:
        """Whether whoever lowered it sold it too."""
        return any(line.order.seller_id == self.lowered.actor_id for line in self.lines)


def price_dips(
    *, user: User, start: datetime, end: datetime, store_id: int | None = None
) -> list[Dip]:
    """Prices lowered in the period, sold, and raised again by anybody until `end`; newest first.

    Looks at the latest MOST_LOWERED. Three queries.
    """
    changes = AuditEntry.objects.visible_to(user).filter(
        kind__in=(Kind.CHANGED, Kind.REVERTED), model="pos.product", at__gte=start, at__lt=end
    )
    lowered = list(
        changes.filter(amount__gt=0).select_related("actor").order_by("-at", "-id")[:MOST_LOWERED]
    )
    ids = {entry.object_id for entry in lowered}
    raised = list(
        changes.filter(amount__lt=0, object_id__in=ids).select_related("actor").order_by("at", "id")
    )
    dips = list(_pairs(lowered, raised))
    _fill(dips, Order.objects.completed().visible_to(user), store_id)
    return [dip for dip in dips if dip.lines]


def _pairs(lowered: Sequence[AuditEntry], raised: Sequence[AuditEntry]) -> Iterable[Dip]:
    for low in lowered:
        later = (
            each
            for each in raised
            if each.object_id == low.object_id and (each.at, each.pk) > (low.at, low.pk)
        )
        first = next(later, None)
        if first:
            yield Dip(low, first)


def _fill(dips: Sequence[Dip], orders: QuerySet, store_id: int | None) -> None:
    if not dips:
        return
    if store_id is not None:
        orders = orders.filter(store=store_id)
    span = (min(dip.lowered.at for dip in dips), max(dip.raised.at for dip in dips))
    lines = OrderLine.objects.filter(
        product_id__in={int(dip.lowered.object_id) for dip in dips},
        order__in=orders.filter(completed_at__range=span),
    )
    for line in lines.select_related("order__seller").order_by("order__completed_at")[:MOST_LINES]:
        for dip in dips:
            is_same = str(line.product_id) == dip.lowered.object_id
            at = line.order.completed_at
            if is_same and at and dip.lowered.at <= at <= dip.raised.at:
                dip.lines.append(line)
