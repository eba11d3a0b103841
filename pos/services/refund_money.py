"""Money that goes back: what a refund takes off the account first, and by which methods the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from pos.models import (
    Balance,
    BalanceEntry,
    CashSession,
    Order,
    Payment,
    PaymentMethod,
    Refund,
    User,
)
from pos.money import ZERO, currency_decimals
from pos.payment_methods import cash_kinds
from pos.pricing import cash_rounding

from .balances import change_balance, store_credit_of
from .cash import expected_cash
from .errors import Conflict, Invalid
from .methods import method_of_kind

ORIGINAL, CASH, STORE_CREDIT = "original", "cash", "store_credit"
CHOICES = (ORIGINAL, CASH, STORE_CREDIT)
EXCHANGE = "exchange"
# What nobody can pay with, nobody can be paid back with: it goes back in cash.
ONLY_IN_CASH = (EXCHANGE, "imported")
# Money that never left the shop: it goes back to where it was taken from.
ON_BALANCES = ("store_credit", "gift_card")


@dataclass(frozen=True)
class MoneyBack:
    """One negative payment to be."""

    method: PaymentMethod
    amount: Decimal


@dataclass(frozen=True)
class Worth:
    """What comes off an order. gross + rounding = total = cancelled (of what is due) + money."""

    gross: Decimal
    rounding: Decimal
    cancelled: Decimal

    @property
    def total(self) -> Decimal:
        return self.gross + self.rounding

    @property
    def money(self) -> Decimal:
        return self.total - self.cancelled


def worth_on_order(
    *, order: Order, gross: Decimal, gross_before: Decimal, is_last: bool, back: str
) -> Worth:
    """What `gross` of goods takes off the order; `gross_before` came back earlier.

    All parts add up to the order's total: the last one (`is_last`) takes the remainder.
    """
    left = order.total_amount - order.refunded_amount
    if is_last:
        total = left
    else:
        coin = _coin(order, back)
        total = gross
        if coin:
            total += _off(gross_before + gross, coin) - _off(gross_before, coin)
        total = min(max(total, ZERO), left)
    return Worth(gross, total - gross, min(total, order.due_amount))


def _coin(order: Order, back: str) -> Decimal:
    """The smallest coin, where all goes back in cash and the sale's total can be paid in such coins."""
    if order.due_amount or back == STORE_CREDIT:
        return ZERO
    methods = {method for method, _net in _paid_by_method(order)}
    if back == CASH or not methods:
        methods = {method_of_kind("cash")}
    if not all(method.kind in cash_kinds() for method in methods):
        return ZERO
    coin = max(method.cash_rounding for method in methods)
    return ZERO if not coin or order.total_amount % coin else coin


def _off(gross: Decimal, coin: Decimal) -> Decimal:
    return cash_rounding(gross, coin, currency_decimals(settings.POS_CURRENCY))


def rounded_in_cash(gross: Decimal, back: str) -> Decimal:
    """What rounding adds to goods without a receipt."""
    coin = method_of_kind("cash").cash_rounding if back == CASH else ZERO
    return _off(gross, coin) if coin else ZERO


def plan_money(*, order: Order | None, money: Decimal, back: str) -> list[MoneyBack]:
    """By which methods `money` goes back. Raises Invalid for a choice that is none."""
    if back not in CHOICES or (order is None and back == ORIGINAL):
        raise Invalid("unknown_choice", _("Choose how the money goes back."))
    if not money:
        return []
    if back != ORIGINAL or order is None:
        return [MoneyBack(method_of_kind(back), money)]
    return _by_original_methods(order, money)


def _by_original_methods(order: Order, money: Decimal) -> list[MoneyBack]:
    """Last paid first, never more than was paid by a method; what an exchange or
    an earlier system had taken, in cash."""
    sums: dict[PaymentMethod, Decimal] = {}
    for method, net in _paid_by_method(order):
        part = min(net, money)
        if part > 0:
            paying = method_of_kind("cash") if method.kind in ONLY_IN_CASH else method
            sums[paying] = sums.get(paying, ZERO) + part
            money -= part
    assert not money, "no more goes back than was paid"
    return [MoneyBack(method, amount) for method, amount in sums.items()]


def _paid_by_method(order: Order) -> list[tuple[PaymentMethod, Decimal]]:
    """What was paid by each method less what went back by it; the one used last first.

    What an exchange took off the order went into another sale: of the methods paid last.
    """
    rows = list(
        Payment.objects.filter(order=order)
        .values("method_id")
        .annotate(net=Sum("amount"), last=Max("id", filter=Q(amount__gt=0)))
    )
    methods = PaymentMethod.objects.in_bulk([row["method_id"] for row in rows])
    rows.sort(key=lambda row: -(row["last"] or 0))
    return [(methods[row["method_id"]], row["net"]) for row in rows if row["net"] > 0]


# --- Writing it ------------------------------------------------------------------------------


def pay_back(
    *,
    user: User,
    refund: Refund,
    session: CashSession,
    plan: Sequence[MoneyBack],
    at: datetime,
) -> list[Payment]:
    """The negative payments of a refund, and what they put back on balances.

    Raises Conflict("not_enough_cash") and Invalid("customer_needed").
    """
    _refuse_empty_drawer(session, plan)
    payments = [
        Payment(
            order=refund.order,
            refund=refund,
            store=refund.store,
            method=each.method,
            session=session,
            amount=-each.amount,
            tendered_amount=-each.amount,
            received_by=user,
            received_at=at,
            received_on=refund.refunded_on,
        )
        for each in plan
    ]
    Payment.objects.bulk_create(payments)
    for each in plan:
        if each.method.kind in ON_BALANCES:
            _put_on_balances(user, refund, each, at)
    return payments


def _refuse_empty_drawer(session: CashSession, plan: Sequence[MoneyBack]) -> None:
    cash = sum((each.amount for each in plan if each.method.kind in cash_kinds()), ZERO)
    if cash and cash > expected_cash(session):
        raise Conflict(
            "not_enough_cash",
            _("There is not that much cash in the drawer. Choose another way of giving it back."),
        )


def _put_on_balances(user: User, refund: Refund, back: MoneyBack, at: datetime) -> None:
    """To the cards and the credit it was paid from; store credit that was chosen, to the customer's."""
    left = back.amount
    for balance, spent in _spent_from(refund.order, back.method.kind):
        part = min(left, spent)
        if part > 0:
            _credit(user, refund, balance, part, at)
            left -= part
    if not left:
        return
    if refund.customer is None:
        raise Invalid("customer_needed", _("Choose the customer whose store credit it becomes."))
    balance = store_credit_of(user=user, customer=refund.customer, store=refund.store, at=at)
    _credit(user, refund, balance, left, at)


def _spent_from(order: Order | None, kind: str) -> Iterable[tuple[Balance, Decimal]]:
    """Balances that paid for this order, with what has not gone back yet."""
    if order is None:
        return []
    of_order = Q(order=order) | Q(refund__order=order)
    entries = BalanceEntry.objects.filter(of_order, balance__kind=kind)
    rows = entries.order_by().values("balance_id").annotate(net=Sum("amount"))
    spent = {row["balance_id"]: -row["net"] for row in rows if row["net"] < 0}
    balances = Balance.objects.filter(pk__in=spent).order_by("pk")
    return [(balance, spent[balance.pk]) for balance in balances]


def _credit(user: User, refund: Refund, balance: Balance, amount: Decimal, at: datetime) -> None:
    change_balance(
        user=user,
        balance=balance,
        kind=BalanceEntry.Kind.REFUNDED,
        amount=amount,
        store=refund.store,
        at=at,
        refund=refund,
        reason=refund.reason,
    )
