"""Selling on account: what the seller may, and what the customer may owe."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import Approval, Register, User
from pos.money import format_money

from .carts import PricedCart
from .dues import open_balance
from .limits import limit_of
from .needs import Need, cart_fingerprint
from .payments import Settlement

KIND = Approval.Kind.CREDIT


def credit_needs(
    *, user: User, register: Register, priced: PricedCart, settlement: Settlement
) -> list[Need]:
    """What stays due on the customer's account: over the seller's limit, or the customer's.

    The customer's is about all that they owe, in every store; the seller learns the limit only.
    """
    if not settlement.due:
        return []
    lacks_right = not user.has_perm("pos.sell_on_account")
    limit = limit_of(user, "credit_amount")
    is_over = limit is not None and settlement.due > limit
    facts = {"amount": _money(settlement.due), "customer": str(priced.customer or "–")}
    owed = _over_own_limit(priced, settlement)
    if not (lacks_right or is_over or owed):
        return []
    summary = _("%(amount)s on the account of %(customer)s") % facts
    if owed:
        text = _(
            "%(amount)s on the account of %(customer)s, who owes %(owed)s of at most %(limit)s"
        )
        summary = text % {**facts, **owed}
    if lacks_right:
        message = _("You are not allowed to sell on account. Ask for an approval.")
    elif is_over:
        message = _("%(amount)s on account is over your limit. Ask for an approval.") % facts
    else:
        text = _("%(customer)s may owe at most %(limit)s. Take money, or ask for an approval.")
        message = text % {**facts, **owed}
    print_ = cart_fingerprint(KIND, register, priced)
    return [Need(KIND, settlement.due, summary, message, print_, lacks_right)]


def _over_own_limit(priced: PricedCart, settlement: Settlement) -> Mapping[str, str]:
    """What the customer owes and may owe, where this sale is more than that; else nothing."""
    customer = priced.customer
    if customer is None or customer.credit_limit is None:
        return {}
    owed = open_balance(customer)
    if owed + settlement.due <= customer.credit_limit:
        return {}
    return {"owed": _money(owed), "limit": _money(customer.credit_limit)}


def _money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)
