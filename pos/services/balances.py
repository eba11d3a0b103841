"""Store credit and gift cards: each change is one conditional update and one entry."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Value
from django.utils.translation import gettext as _

from pos.models import (
    AccountPayment,
    Balance,
    BalanceEntry,
    Customer,
    Order,
    Refund,
    Store,
    User,
)
from pos.models.fields import MoneyField
from pos.money import ZERO

from .errors import Conflict


def store_credit_of(*, user: User, customer: Customer, store: Store, at: datetime) -> Balance:
    """The customer's store credit, made empty at the first time. Balances come last in lock order."""
    Balance.objects.bulk_create(
        [
            Balance(
                kind=Balance.Kind.STORE_CREDIT,
                customer=customer,
                store=store,
                amount=ZERO,
                created_by=user,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return Balance.objects.get(kind=Balance.Kind.STORE_CREDIT, customer=customer)


def change_balance(
    *,
    user: User,
    balance: Balance,
    kind: str,
    amount: Decimal,
    store: Store,
    at: datetime,
    order: Order | None = None,
    refund: Refund | None = None,
    account_payment: AccountPayment | None = None,
    reason: str = "",
) -> BalanceEntry:
    """Add (+) or take (−) `amount`; inside the caller's transaction.

    The condition stands in the update: two tills cannot spend the same money. Raises
    Conflict("balance_short") when there is not that much or it is switched off.
    """
    rows = Balance.objects.filter(pk=balance.pk)
    if amount < 0:
        rows = rows.filter(amount__gte=-amount)
        if kind != BalanceEntry.Kind.ADJUSTED:  # what is on a stolen card is taken off it
            rows = rows.filter(is_active=True)
    if rows.update(amount=F("amount") + Value(amount, MoneyField())) != 1:
        raise Conflict(
            "balance_short", _("There is not that much left on %(what)s.") % {"what": balance}
        )
    return BalanceEntry.objects.create(
        balance=balance,
        kind=kind,
        amount=amount,
        store=store,
        order=order,
        refund=refund,
        account_payment=account_payment,
        reason=reason,
        created_by=user,
        created_at=at,
    )
