"""Money of customers: what came is what was applied and credited, and every balance is its entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pos.models import AccountPayment, Balance, BalanceEntry, Order, Payment
from pos.models.fields import MoneyField
from pos.money import ZERO
from pos.payment_methods import BEHAVIOURS

from .problem import Problem, Scope, as_problems, differs, money_text

CREDITING = (BalanceEntry.Kind.LOADED, BalanceEntry.Kind.OVERPAID)


def account_payments(scope: Scope) -> Iterator[Problem]:
    """An account payment is the sum of its payments; those without an order are what was credited."""
    received = Payment.objects.all()
    rows = scope.within(AccountPayment.objects.all()).annotate(
        paid=_sum(received, "account_payment"),
        unapplied=_sum(received.filter(order=None), "account_payment"),
    )
    yield from as_problems(
        "account_payments",
        rows.filter(differs("amount", "paid")).iterator(),
        lambda row: (
            _("Account payment %(number)s") % {"number": row.number},
            money_text(row.paid),
            money_text(row.amount),
        ),
    )
    yield from as_problems(
        "account_payments",
        rows.filter(differs("credited_amount", "unapplied")).iterator(),
        lambda row: (
            _("Account payment %(number)s, to no order") % {"number": row.number},
            money_text(row.credited_amount),
            money_text(row.unapplied),
        ),
    )


def account_credits(scope: Scope) -> Iterator[Problem]:
    """What an account payment credits stands on its balance."""
    entries = BalanceEntry.objects.filter(kind__in=CREDITING, balance=OuterRef("balance"))
    rows = scope.within(AccountPayment.objects.all()).annotate(
        credited=_sum(entries, "account_payment")
    )
    yield from as_problems(
        "account_credits",
        rows.filter(differs("credited_amount", "credited")).iterator(),
        lambda row: (
            _("Account payment %(number)s, to the balance") % {"number": row.number},
            money_text(row.credited),
            money_text(row.credited_amount),
        ),
    )


def balances(scope: Scope) -> Iterator[Problem]:
    """A balance is the sum of its entries."""
    rows = scope.within(Balance.objects.select_related("customer")).annotate(
        recomputed=_sum(BalanceEntry.objects.all(), "balance")
    )
    yield from as_problems(
        "balances",
        rows.filter(differs("amount", "recomputed")).iterator(),
        lambda row: (str(row), money_text(row.recomputed), money_text(row.amount)),
    )


def spent_balances(scope: Scope) -> Iterator[Problem]:
    """Each order's and account payment's payments by balance are what was taken from balances."""
    kinds = [each.kind for each in BEHAVIOURS if each.balance]
    paid = Payment.objects.filter(method__kind__in=kinds, amount__gt=0)
    entries = BalanceEntry.objects.filter(kind=BalanceEntry.Kind.SPENT)
    of_orders = paid.filter(account_payment=None, order__isnull=False)
    orders, received = Order.objects.all(), AccountPayment.objects.all()
    yield from _spent_by(scope, orders, "order", of_orders, entries)
    yield from _spent_by(scope, received, "account_payment", paid, entries)


def _spent_by(
    scope: Scope,
    documents: QuerySet[Any],
    path: str,
    payments: QuerySet[Any],
    entries: QuerySet[Any],
) -> Iterator[Problem]:
    taken = entries.filter(**{path: OuterRef("pk")})
    has_any = Exists(taken) | Exists(payments.filter(**{path: OuterRef("pk")}))
    rows = scope.within(documents.filter(has_any)).annotate(
        paid=_sum(payments, path), spent=_sum(entries, path)
    )
    yield from as_problems(
        "spent_balances",
        rows.exclude(paid=Value(ZERO, MoneyField()) - F("spent")).iterator(),
        lambda row: (
            _("%(what)s, taken from balances") % {"what": row},
            money_text(row.paid),
            money_text(-row.spent),
        ),
    )


def _sum(rows: QuerySet[Any], path: str) -> Coalesce:
    of_row = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
    total = Subquery(of_row.annotate(total=Sum("amount")).values("total"))
    return Coalesce(total, Value(ZERO, MoneyField()), output_field=MoneyField())
