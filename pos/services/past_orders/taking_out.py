"""Taking a batch of past orders out again, as if it had never come."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import (
    AuditEntry,
    Customer,
    CustomerDay,
    Order,
    OrderBatch,
    OrderLine,
    OrderTax,
    Payment,
    PrintJob,
    User,
)

from ..audit import record
from ..bulk_rows import insert_history
from ..days.rolling import mark_stale
from ..errors import Conflict
from ..locks import lock_batch, lock_orders
from ..rights import require
from .places import reason

# What goes with an order. Anything else that points at one keeps its batch in the shop.
OWN: tuple[type[Model], ...] = (OrderLine, OrderTax, Payment, PrintJob)


def take_out(*, user: User, batch: OrderBatch) -> int:
    """Delete the orders of `batch` with lines, taxes, payments and prints; how many orders it were.

    Customers it made go, too, where nobody changed or used them since; products, stores and the
    register for past orders stay.
    Raises Forbidden; Conflict `taken_out_already`, `order_in_use` when goods of such an order came
    back, were delivered, or money was taken or given for it since.
    """
    require(user, "import_order")
    with transaction.atomic():
        batch = lock_batch(batch.pk)
        if batch.taken_out_at:
            raise Conflict("taken_out_already", _("These orders were taken out already."))
        orders = Order.objects.filter(batch=batch).order_by()
        stores = list(orders.values_list("store_id", flat=True).distinct())
        for store_id in stores:
            require(user, "import_order", store=store_id)
        list(lock_orders(orders).values_list("pk", flat=True))  # no refund meanwhile
        _refuse_used(orders)
        for model in OWN:
            _delete(model._base_manager.filter(order__batch=batch))
        count = _delete(orders)
        if batch.first_on and batch.last_on:
            for store_id in stores:
                mark_stale(store_id=store_id, first=batch.first_on, last=batch.last_on)
        customers = _remove_customers(user, batch)
        batch.taken_out_by, batch.taken_out_at = user, timezone.now()
        batch.save(update_fields=["taken_out_by", "taken_out_at"])
        _record(user, batch, count, customers)
    return count


def _refuse_used(orders: QuerySet[Order]) -> None:
    in_use: Any = Q(refunded_amount__gt=0)
    in_use |= ~Q(delivery_status=Order.DeliveryStatus.NONE)
    paid_since = Q(session__isnull=False) | Q(account_payment__isnull=False)
    in_use |= Exists(Payment.objects.filter(paid_since, order=OuterRef("pk")))
    for relation in _pointing_at(Order):
        if relation.related_model not in OWN:
            rows = relation.related_model._base_manager
            in_use |= Exists(rows.filter(**{relation.field.name: OuterRef("pk")}))
    used = orders.filter(in_use).first()
    if used is not None:
        message = _(
            "%(order)s is in use: goods came back, were delivered, or money changed hands for it since. These orders stay."
        )
        raise Conflict("order_in_use", message % {"order": used})


def _pointing_at(model: type[Model]) -> list[Any]:
    """Every relation that leads to `model`, also those without a name back."""
    fields = model._meta.get_fields(include_hidden=True)
    return [field for field in fields if field.auto_created and not field.concrete]


def _delete(rows: QuerySet[Model]) -> int:
    """Row by row nobody would look at them: past orders have no history of their own."""
    deleted: int = rows.order_by()._raw_delete(rows.db)
    return deleted


def _remove_customers(user: User, batch: OrderBatch) -> int:
    """Those that came with the batch, were never changed since, and that nothing points at now."""
    history = Customer.history.model.objects
    made = history.filter(
        history_type="+", history_date=batch.imported_at, history_user=batch.imported_by
    )
    changed = history.exclude(history_type="+").filter(id__in=made.values("id"))
    unused = Customer.objects.filter(pk__in=made.values("id")).exclude(pk__in=changed.values("id"))
    for relation in _pointing_at(Customer):
        if relation.related_model is not CustomerDay:
            rows = relation.related_model._base_manager
            unused = unused.exclude(Exists(rows.filter(**{relation.field.name: OuterRef("pk")})))
    customers = list(unused)
    insert_history(customers, sign="-", user=user, reason=reason(), at=timezone.now())
    gone = [customer.pk for customer in customers]
    for first in range(0, len(gone), 5000):
        some = gone[first : first + 5000]
        _delete(CustomerDay.objects.filter(customer_id__in=some))
        _delete(Customer.objects.filter(pk__in=some))
    return len(gone)


def _record(user: User, batch: OrderBatch, orders: int, customers: int) -> None:
    counts = ((_("orders"), orders), (_("customers"), customers))
    record(
        AuditEntry.Kind.DELETED,
        user=user,
        obj=batch,
        changes=[[label, str(count), ""] for label, count in counts if count],
        reason=_("Past orders taken out again"),
    )
