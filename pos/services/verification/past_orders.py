"""Past orders of an earlier system: in no drawer, from no shelf, and all of their batch."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from pos.models import Order, OrderBatch, Payment, StockMovement
from pos.money import ZERO

from ..past_orders import BATCH_RANGE
from .problem import Problem, Scope, as_problems, order_text


def imported_orders(scope: Scope) -> Iterator[Problem]:
    """A past order has no session, sold nothing from stock, and lies in its batch's own range."""
    past = scope.within(Order.objects.filter(batch__isnull=False))
    of_order = {"order": OuterRef("pk")}
    low = F("batch_id") * BATCH_RANGE
    # Money that came; a refund is paid out of the drawer of its own day.
    paid = Payment.objects.filter(amount__gt=ZERO, session__isnull=False, **of_order)
    moved = StockMovement.objects.filter(kind=StockMovement.Kind.SALE, **of_order)
    wrong = past.filter(
        Q(session__isnull=False)
        | ~Q(status=Order.Status.COMPLETED)
        | Q(sequence__lte=low)
        | Q(sequence__gte=low + BATCH_RANGE)
        | Exists(paid)
        | Exists(moved)
    )
    yield from as_problems(
        "imported_orders",
        wrong.iterator(),
        lambda order: (
            order_text(order.number, order.pk),
            _("a past order: no session, no stock, numbered in its batch"),
            _("one that was sold here"),
        ),
    )


def order_batches(scope: Scope) -> Iterator[Problem]:
    """A batch has the orders and lines that it says; taken out, none."""
    if scope.store_id is not None:
        return  # a batch may be of several stores
    batches = OrderBatch.objects.order_by().annotate(
        found_orders=Count("orders", distinct=True), found_lines=Count("orders__lines")
    )
    right = Q(found_orders=F("orders_count"), found_lines=F("lines_count"), taken_out_at=None)
    right |= Q(found_orders=0, taken_out_at__isnull=False)
    for batch in batches.exclude(right):
        is_out = batch.taken_out_at is not None
        words = _("%(orders)s orders, %(lines)s lines")
        expected = {"orders": batch.orders_count, "lines": batch.lines_count}
        yield Problem(
            "order_batches",
            _("Past orders of %(batch)s") % {"batch": batch},
            words % ({"orders": 0, "lines": 0} if is_out else expected),
            words % {"orders": batch.found_orders, "lines": batch.found_lines},
        )
