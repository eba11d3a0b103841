"""What a refund or a void needs another person's yes for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import Approval, Order, Register, User
from pos.money import format_money

from .limits import limit_of
from .needs import Need, fingerprint

Kind = Approval.Kind


def refund_needs(
    *,
    user: User,
    register: Register,
    order: Order | None,
    lines: Iterable[Sequence[object]],
    back: str,
    total: Decimal,
    customer_id: int | None,
) -> list[Need]:
    """More than this person may refund alone, or any refund without the right.

    `lines`: (line or product id, quantity, back on the shelf) of each. The yes is to exactly these.
    """
    lacks_right = not user.has_perm("pos.refund_order")
    limit = limit_of(user, "refund_amount")
    if not lacks_right and (limit is None or total <= limit):
        return []
    facts = {"amount": _money(total), "order": order.number if order else ""}
    summary = _("Refund %(amount)s of %(order)s") % facts
    if order is None:
        summary = _("Refund %(amount)s without a receipt") % facts
    message = _("You are not allowed to give money back. Ask for an approval.")
    if not lacks_right:
        message = _("A refund of %(amount)s is over your limit. Ask for an approval.") % facts
    content = sorted([list(line) for line in lines], key=str)
    print_ = fingerprint(
        Kind.REFUND, register.pk, order.pk if order else None, customer_id, back, content
    )
    return [Need(Kind.REFUND, total, summary, message, print_, lacks_right)]


def sale_void_needs(*, user: User, order: Order) -> list[Need]:
    """Taking a completed sale back as if it had never been."""
    if user.has_perm("pos.void_sale"):
        return []
    facts = {"order": order.number, "amount": _money(order.total_amount)}
    summary = _("Void sale %(order)s, %(amount)s") % facts
    message = _("You are not allowed to void sales. Ask for an approval.")
    print_ = fingerprint(Kind.VOID, "sale", order.pk, order.total_amount)
    return [Need(Kind.VOID, order.total_amount, summary, message, print_, lacks_right=True)]


def _money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)
