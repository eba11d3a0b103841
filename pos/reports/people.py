"""What people sell: figures of one page of a list, and of one person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import (
    Aggregate,
    Count,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from pos.models import Order, User
from pos.money import ZERO, currency_decimals, quantise

LATEST = 10


@dataclass(frozen=True)
class Figures:
    """Sales of one period: `sales` and `discounts` are amounts, `average` per order."""

    orders: int = 0
    sales: Decimal = ZERO
    discounts: Decimal = ZERO

    @property
    def average(self) -> Decimal:
        decimals = currency_decimals(settings.POS_CURRENCY)
        return quantise(self.sales / self.orders, decimals) if self.orders else ZERO


def month_start() -> date:
    return timezone.localdate().replace(day=1)


def sold_since(orders: QuerySet[Order], first: date) -> QuerySet[Order]:
    """Completed orders of the business days from `first` on, found by the indexes on their time."""
    early = datetime.combine(first - timedelta(days=2), time.min)
    found: QuerySet[Order] = orders.filter(
        status=Order.Status.COMPLETED,
        created_at__gte=timezone.make_aware(early),
        sold_on__gte=first,
    )
    return found


def month_of(*, user: User, people: Collection[int]) -> dict[int, Figures]:
    """This month's orders of these people (ids), as far as `user` sees them: one query."""
    orders = sold_since(Order.objects.visible_to(user).filter(seller__in=people), month_start())
    rows = orders.order_by().values("seller_id").annotate(n=Count("pk"), sales=Sum("total_amount"))
    return {row["seller_id"]: Figures(row["n"], row["sales"]) for row in rows}


def month_sum(*, user: User, figure: Aggregate) -> Combinable:
    """A figure of this month's orders of each person, to sort people by; nothing sold is the least."""
    orders = sold_since(Order.objects.visible_to(user).filter(seller=OuterRef("pk")), month_start())
    each = orders.order_by().values("seller").annotate(figure=figure).values("figure")
    return Coalesce(Subquery(each), Value(0), output_field=IntegerField())


def figures_of(*, user: User, person: User) -> tuple[Figures, Figures]:
    """Today's and this month's figures of one person, as far as `user` sees them: one query."""
    mine = sold_since(Order.objects.visible_to(user).filter(seller=person), month_start())
    today = Q(sold_on=timezone.localdate())
    sums = mine.order_by().aggregate(
        n=Count("pk"),
        sales=Sum("total_amount"),
        discounts=Sum("discount_amount"),
        n_today=Count("pk", filter=today),
        sales_today=Sum("total_amount", filter=today),
        discounts_today=Sum("discount_amount", filter=today),
    )
    return (
        Figures(sums["n_today"], sums["sales_today"] or ZERO, sums["discounts_today"] or ZERO),
        Figures(sums["n"], sums["sales"] or ZERO, sums["discounts"] or ZERO),
    )


def latest_orders(*, user: User, person: User) -> QuerySet[Order]:
    """The person's last sales that `user` sees."""
    mine: QuerySet[Order] = Order.objects.visible_to(user).filter(seller=person)
    return mine.filter(status=Order.Status.COMPLETED).select_related("store", "customer")[:LATEST]
