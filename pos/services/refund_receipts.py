"""Printing of refunds counts like that of receipts: every print but the first is a copy."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from pos.models import Refund, User

from .errors import Forbidden, NotFound
from .locks import lock_refunds
from .receipts import count_print


def may_see_refunds(user: User) -> bool:
    """Whoever sells hands out the receipts of refunds; whoever may look at refunds reads them."""
    return user.has_perm("pos.view_refund") or user.has_perm("pos.sell_order")


@transaction.atomic
def record_refund_print(*, user: User, refund_id: int) -> int:
    """Count one print and return its number: 1 is the original. Raises Forbidden and NotFound."""
    return count_print(user=user, document=lock_refund_receipt(user, refund_id))


def lock_refund_receipt(user: User, refund_id: int) -> Refund:
    """One refund, held to count its print. Raises Forbidden and NotFound."""
    if not may_see_refunds(user):
        raise Forbidden("no_right", _("You are not allowed to print receipts. Ask a manager."))
    rows = Refund.objects.visible_to(user).filter(pk=refund_id)
    locked: Refund | None = lock_refunds(rows).first()
    if locked is None:
        raise NotFound("no_receipt", _("There is no such receipt."))
    return locked
