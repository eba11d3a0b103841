"""Printing of refunds counts like that of receipts: every print but the first is a copy."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Refund, User

from .audit import record
from .errors import Forbidden, NotFound


def may_see_refunds(user: User) -> bool:
    """Whoever sells hands out the receipts of refunds; whoever may look at refunds reads them."""
    return user.has_perm("pos.view_refund") or user.has_perm("pos.sell_order")


@transaction.atomic
def record_refund_print(*, user: User, refund_id: int) -> int:
    """Count one print and return its number: 1 is the original. Raises Forbidden and NotFound."""
    if not may_see_refunds(user):
        raise Forbidden("no_right", _("You are not allowed to print receipts. Ask a manager."))
    rows = Refund.objects.visible_to(user).filter(pk=refund_id)
    refund = rows.first()
    if refund is None:
        raise NotFound("no_receipt", _("There is no such receipt."))
    rows.update(print_count=F("print_count") + 1)
    # The update holds the row: the number that is read is this print's.
    refund.refresh_from_db(fields=["print_count"])
    count: int = refund.print_count
    if count > 1:
        changes = [[_("times printed"), count - 1, count]]
        record(
            AuditEntry.Kind.REPRINT,
            user=user,
            obj=refund,
            changes=changes,
            amount=refund.total_amount,
        )
    return count
