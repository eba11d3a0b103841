"""Paying with store credit and gift cards: found, checked and spent inside the sale's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from pos.models import AccountPayment, Balance, BalanceEntry, Customer, Order, Store, User
from pos.payment_methods import behaviour

from .balances import change_balance
from .card_numbers import last_digits
from .errors import Conflict
from .payments import PlannedPayment


def spend_balances(
    *,
    user: User,
    payments: Sequence[PlannedPayment],
    customer: Customer | None,
    store: Store,
    at: datetime,
    order: Order | None = None,
    account_payment: AccountPayment | None = None,
) -> None:
    """Take each payment that a balance makes from it. Balances come last in the lock order, by id.

    Raises Conflict: `no_balance`, `balance_blocked`, `balance_expired`, `balance_short`.
    """
    spent = [
        (usable_balance(payment, customer, store, at), payment)
        for payment in payments
        if behaviour(payment.method.kind).balance
    ]
    for balance, payment in sorted(spent, key=lambda each: each[0].pk):
        change_balance(
            user=user,
            balance=balance,
            kind=BalanceEntry.Kind.SPENT,
            amount=-payment.amount,
            store=store,
            at=at,
            order=order,
            account_payment=account_payment,
        )


def usable_balance(
    payment: PlannedPayment, customer: Customer | None, store: Store, at: datetime
) -> Balance:
    """The balance that makes this payment. Whether there is enough on it, the debit itself says."""
    balance = _balance_of(payment, customer)
    if not balance.is_active:
        raise Conflict("balance_blocked", _("%(what)s is blocked.") % {"what": balance})
    if balance.expires_on and balance.expires_on < store.business_day(at):
        raise Conflict("balance_expired", _("%(what)s has expired.") % {"what": balance})
    return balance


def _balance_of(payment: PlannedPayment, customer: Customer | None) -> Balance:
    if behaviour(payment.method.kind).balance == Balance.Kind.GIFT_CARD:
        card: Balance | None = Balance.objects.filter(code=payment.card_number).first()
        if card is None:
            message = _("There is no gift card %(digits)s.")
            raise Conflict("no_balance", message % {"digits": last_digits(payment.card_number)})
        return card
    kind = Balance.Kind.STORE_CREDIT
    balance = Balance.objects.filter(kind=kind, customer=customer).select_related("customer")
    found: Balance | None = balance.first()
    if found is None:
        message = _("%(customer)s has no store credit.") % {"customer": customer}
        raise Conflict("no_balance", message)
    return found
