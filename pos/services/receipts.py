"""Printing counts: the first print is the original, every later one is a copy."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Order, User

from .audit import record
from .errors import Forbidden, NotFound
from .locks import lock_orders


def may_see_receipts(user: User) -> bool:
    """Whoever sells hands out receipts; whoever may look at orders reads them."""
    return user.has_perm("pos.view_order") or user.has_perm("pos.sell_order")


@transaction.atomic
def record_print(*, user: User, order: Order) -> int:
    """Count one print and return its number: 1 is the original, 2 the first copy.

    Raises Forbidden, and NotFound for an order that is not completed or not this person's to see.
    """
    if not may_see_receipts(user):
        raise Forbidden("no_right", _("You are not allowed to print receipts. Ask a manager."))
    orders = Order.objects.completed().visible_to(user).filter(pk=order.pk)
    locked = lock_orders(orders).first()
    if locked is None:
        raise NotFound("no_receipt", _("There is no such receipt."))
    Order.objects.filter(pk=locked.pk).update(print_count=F("print_count") + 1)
    if locked.print_count:
        count = [_("times printed"), locked.print_count, locked.print_count + 1]
        record(
            AuditEntry.Kind.REPRINT,
            user=user,
            obj=locked,
            changes=[count],
            amount=locked.total_amount,
        )
    return locked.print_count + 1
