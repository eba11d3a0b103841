"""Receipts of payments on account: who may see them, and the count of their prints."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pos.models import AccountPayment, User

from .errors import Forbidden, NotFound
from .locks import lock_account_payments
from .receipts import count_print

RIGHTS = ("view_accountpayment", "receive_payment", "load_balance")


def may_see_account_receipts(user: User) -> bool:
    """Whoever takes such payments hands out their receipts; whoever may look at them reads them."""
    return any(user.has_perm(f"pos.{right}") for right in RIGHTS)


def account_receipts(user: User) -> QuerySet[AccountPayment]:
    """What this person may hand a receipt of. Raises Forbidden."""
    if not may_see_account_receipts(user):
        raise Forbidden("no_right", _("You are not allowed to print receipts. Ask a manager."))
    return AccountPayment.objects.visible_to(user)


@transaction.atomic
def record_account_print(*, user: User, payment_id: int) -> int:
    """Count one print: 1 is the original. Raises Forbidden and NotFound."""
    return count_print(user=user, document=lock_account_receipt(user, payment_id))


def lock_account_receipt(user: User, payment_id: int) -> AccountPayment:
    """One of them, held to count its print. Raises Forbidden and NotFound."""
    rows = account_receipts(user).filter(pk=payment_id)
    locked: AccountPayment | None = lock_account_payments(rows).first()
    if locked is None:
        raise NotFound("no_receipt", _("There is no such receipt."))
    return locked
