"""What stands out: how often each seller does what the shop does rarely, against the shop's median."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from statistics import median

from django.db.models import Count, Q, QuerySet, Sum

from pos.models import AuditEntry, Order, Product, StockMovement, Store, User
from pos.money import ZERO

Kind = AuditEntry.Kind
WATCHED = (
    Kind.REFUND,
    Kind.SALE_VOIDED,
    Kind.VOID,
    Kind.DISCOUNT,
    Kind.PRICE_CHANGE,
    Kind.LINE_REMOVED,
    Kind.CART_CLEARED,
    Kind.NO_SALE,
    Kind.REPRINT,
)
EDITED = (Kind.CHANGED, Kind.REVERTED)  # how a price of the catalogue changes
# Above so many times the median, from so many cases on.
HIGH, VERY_HIGH = 2, 4
FEWEST = 3
HUNDRED = Decimal(100)
MOST_LOWERED = 500
MOST_SOLD = 5000


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
    entries = AuditEntry.objects.visible_to(user).filter(at__gte=start, at__lt=end).order_by()
    if store_id is not None:
        entries = entries.walking(Q(store=store_id))  # by kind and time, whatever the store
    sold = entries.filter(kind=Kind.SALE, actor__isnull=False)
    sales = dict(sold.values_list("actor").annotate(Count("pk")))
    counted: dict[int, dict[str, Figure]] = {}
    grouped = entries.filter(kind__in=WATCHED, actor__isnull=False)
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
    sold: list[StockMovement] = field(default_factory=list)

    @property
    def quantity(self) -> Decimal:
        return -sum((each.quantity for each in self.sold), ZERO)

    @property
    def lost(self) -> Decimal:
        """What the shop got less than before the dip."""
        return (self.lowered.amount or ZERO) * self.quantity

    @property
    def orders(self) -> list[Order]:
        return [each.order for each in self.sold if each.order]

    @property
    def was_own(self) -> bool:
        """Whether whoever lowered it sold it too."""
        return any(order.seller_id == self.lowered.actor_id for order in self.orders)


def price_dips(
    *, user: User, start: datetime, end: datetime, store_id: int | None = None
) -> list[Dip]:
    """Prices lowered in the period, sold, and raised again by anybody until `end`.

    First those where whoever lowered it sold it too, then the newest. Looks at the latest
    MOST_LOWERED. Six queries.
    """
    changes = AuditEntry.objects.visible_to(user).filter(model=Product._meta.label_lower)
    lowered = _lowered(changes.filter(at__gte=start, at__lt=end))
    dips = list(_pairs(lowered, _raised(changes, lowered, end)))
    _fill(dips, Store.objects.visible_to(user), store_id)
    found = [dip for dip in dips if dip.sold]
    return sorted(found, key=lambda dip: not dip.was_own)


def _lowered(changes: QuerySet) -> list[AuditEntry]:
    """The newest, each kind by its own index."""
    ids: list[int] = []
    for kind in EDITED:
        rows = changes.filter(kind=kind, amount__gt=0).order_by("-at", "-id")
        ids += rows.values_list("pk", flat=True)[:MOST_LOWERED]
    rows = AuditEntry.objects.filter(pk__in=ids).select_related("actor").defer("search_text")
    return list(rows.order_by("-at", "-id")[:MOST_LOWERED])


def _raised(
    changes: QuerySet, lowered: Sequence[AuditEntry], end: datetime
) -> dict[str, list[AuditEntry]]:
    """Per product, rising in time. Found by product: the other conditions are hidden from the planner."""
    if not lowered:
        return {}
    later = Q(kind__in=EDITED, at__gte=lowered[-1].at, at__lt=end)
    of_these = changes.filter(object_id__in={entry.object_id for entry in lowered}, amount__lt=0)
    rows = of_these.walking(later).select_related("actor").defer("search_text").order_by()
    found: dict[str, list[AuditEntry]] = {}
    for entry in sorted(rows, key=lambda row: (row.at, row.pk)):
        found.setdefault(entry.object_id, []).append(entry)
    return found


def _pairs(
    lowered: Sequence[AuditEntry], raised: Mapping[str, Sequence[AuditEntry]]
) -> Iterable[Dip]:
    for low in lowered:
        later = (
            each for each in raised.get(low.object_id, ()) if (each.at, each.pk) > (low.at, low.pk)
        )
        first = next(later, None)
        if first:
            yield Dip(low, first)


def _fill(dips: Sequence[Dip], stores: QuerySet[Store], store_id: int | None) -> None:
    """What was sold of each, by the ledger, whose index has product, store and time."""
    if not dips:
        return
    ids = [pk for pk in stores.values_list("pk", flat=True) if store_id in (None, pk)]
    of_product: dict[int, list[Dip]] = {}
    meanwhile = Q()
    for dip in dips:
        product, span = int(dip.lowered.object_id), (dip.lowered.at, dip.raised.at)
        of_product.setdefault(product, []).append(dip)
        meanwhile |= Q(product=product, store__in=ids, created_at__range=span)
    sold = StockMovement.objects.filter(meanwhile, kind=StockMovement.Kind.SALE)
    newest = sold.select_related("order__seller").order_by("-created_at", "-id")
    for each in newest[:MOST_SOLD]:
        for dip in of_product[each.product_id]:
            if dip.lowered.at <= each.created_at <= dip.raised.at:
                dip.sold.append(each)
