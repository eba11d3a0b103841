"""Printing counts: the first print is the original, every later one is a copy.

And the customer's own address of a receipt, which shows one order to whoever has it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AccountPayment, AuditEntry, Order, User

from .audit import record
from .errors import Forbidden, NotFound
from .locks import lock_orders

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LINK = re.compile(rf"/r/({TOKEN.pattern})/?$")


def may_see_receipts(user: User) -> bool:
    """Whoever sells hands out receipts; whoever may look at orders reads them."""
    return user.has_perm("pos.view_order") or user.has_perm("pos.sell_order")


def receipt_orders(user: User) -> Any:
    """The orders whose receipts this person may hand out. Raises Forbidden."""
    if not may_see_receipts(user):
        raise Forbidden("no_right", _("You are not allowed to print receipts. Ask a manager."))
    return Order.objects.completed().visible_to(user)


def find_receipt(*, user: User, order_id: int) -> Order:
    """One of them, with what its receipt says. Raises Forbidden and NotFound."""
    orders = receipt_orders(user).select_related("store", "register", "seller", "customer")
    order: Order | None = orders.filter(pk=order_id).first()
    if order is None:
        raise NotFound("no_receipt", _("There is no such receipt."))
    return order


@transaction.atomic
def record_print(*, user: User, order: Order) -> int:
    """Count one print and return its number: 1 is the original, 2 the first copy.

    Raises Forbidden, and NotFound for an order that is not completed or not this person's to see.
    """
    return count_print(user=user, document=lock_receipt(user, order.pk))


def lock_receipt(user: User, order_id: int) -> Order:
    """One of them, held to count its print. Raises Forbidden and NotFound."""
    locked: Order | None = lock_orders(receipt_orders(user).filter(pk=order_id)).first()
    if locked is None:
        raise NotFound("no_receipt", _("There is no such receipt."))
    return locked


def count_print(*, user: User, document: Any) -> int:
    """The same for a sale, a refund or a payment on account.

    The caller has checked the right and locked the row, in its transaction.
    """
    before = document.print_count
    type(document)._default_manager.filter(pk=document.pk).update(print_count=F("print_count") + 1)
    document.print_count = before + 1
    if before:
        record(
            AuditEntry.Kind.REPRINT,
            user=user,
            obj=document,
            changes=[[_("times printed"), before, before + 1]],
            amount=document.amount
            if isinstance(document, AccountPayment)
            else document.total_amount,
        )
    return int(before + 1)


# --- The customer's link ----------------------------------------------------------------------


def public_order(token: str) -> Order | None:
    """The order behind a link; None for a wrong token and for one that is too old, all the same."""
    if not TOKEN.fullmatch(token):
        return None
    orders = Order.objects.completed().select_related("store", "register", "seller", "customer")
    order: Order | None = orders.filter(public_token=token).first()
    return order if order is not None and has_link(order) else None


def token_in(text: str) -> str:
    """The token of a link as it was scanned from a receipt; nothing where it is none."""
    link = LINK.search(text)
    return link[1] if link else ""


def has_link(order: Order) -> bool:
    """Whether the order's link shows anything: given at its sale, and not older than the store says."""
    days = order.store.receipt_link_days
    if not order.public_token or not order.completed_at or not days:
        return False
    return bool(timezone.now() < order.completed_at + timedelta(days=days))


def link_of(order: Order, base: str) -> str:
    """The whole address for the customer, or nothing.

    `base`: where the shop was reached (https://…), unless the settings say where customers do.
    """
    base = (settings.PUBLIC_URL or base).rstrip("/")
    if not base or not has_link(order):
        return ""
    return base + reverse("pos_public_receipt", args=[order.public_token])
