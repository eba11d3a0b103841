"""Counting a drawer: what is counted, the rows of it, and how far off it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.denominations import worth
from pos.figures import Difference, Figures
from pos.models import CashCount, CashSession, Payment, PaymentMethod, User
from pos.money import ZERO, AmountError, amount_text, currency_decimals, format_money
from pos.payment_methods import BEHAVIOURS, cash_kinds

from .errors import Conflict, Invalid

MOST_COUNTS = 100


def countable_methods(session: CashSession) -> list[PaymentMethod]:
    """What may be counted beside the cash: slips and vouchers. Not what stays due, nor cash itself.

    A way of paying that is switched off by now is there while this session has payments of it.
    """
    kinds = [each.kind for each in BEHAVIOURS if each.is_money and not each.is_cash]
    used = Exists(Payment.objects.filter(session=session, method=OuterRef("pk")))
    methods = PaymentMethod.objects.filter(kind__in=kinds).filter(Q(is_active=True) | used)
    return list(methods.exclude(kind__in=cash_kinds()))


def new_count(
    *,
    user: User,
    session: CashSession,
    cash_amount: Decimal,
    denominations: Mapping[str, int] | None = None,
    amounts: Mapping[str, Decimal] | None = None,
) -> CashCount:
    """A count that may be saved; the session is locked. Raises Invalid, and Conflict after too many."""
    pieces = {text: number for text, number in (denominations or {}).items() if number != 0}
    _check_cash(cash_amount, pieces)
    position = session.counts.count() + 1
    if position > MOST_COUNTS:
        raise Conflict("too_many_counts", _("Counted too often. Close with the last count."))
    return CashCount(
        session=session,
        position=position,
        cash_amount=cash_amount,
        denominations=pieces,
        amounts=_checked_amounts(session, amounts or {}),
        counted_by=user,
        counted_at=timezone.now(),
    )


def _check_cash(cash_amount: Decimal, pieces: Mapping[str, int]) -> None:
    if cash_amount < 0:
        raise Invalid("too_small", _("A count cannot be negative."))
    try:
        total = worth(pieces, settings.POS_CURRENCY)
    except AmountError as error:
        raise Invalid(error.code, str(error)) from error
    if pieces and total != cash_amount:
        raise Invalid(
            "count_differs",
            _("Notes and coins come to %(pieces)s, but %(total)s is entered as their sum.")
            % {"pieces": _money(total), "total": _money(cash_amount)},
        )


def _checked_amounts(session: CashSession, amounts: Mapping[str, Decimal]) -> dict[str, str]:
    """As they are kept: text, in the order of the payment screen."""
    known = {method.code: method for method in countable_methods(session)} if amounts else {}
    if not known.keys() >= amounts.keys():
        raise Invalid("unknown_method", _("This way of paying is not counted."))
    if any(amount < 0 for amount in amounts.values()):
        raise Invalid("too_small", _("A count cannot be negative."))
    decimals = currency_decimals(settings.POS_CURRENCY)
    return {code: amount_text(amounts[code], decimals) for code in known if code in amounts}


def last_count(session: CashSession) -> CashCount | None:
    count: CashCount | None = session.counts.order_by("-position").first()
    return count


def has_moved_since(session: CashSession, count: CashCount) -> bool:
    """Whether money came or went after it was counted, so that the count says nothing any more."""
    payments = Payment.objects.filter(session=session, received_at__gt=count.counted_at)
    moved = session.movements.filter(created_at__gt=count.counted_at)
    return payments.exists() or moved.exists()


def differences(figures: Figures, count: CashCount) -> list[Difference]:
    """Cash first, then each way of paying that was counted."""
    tenders = {tender.code: tender for tender in figures.tenders}
    missing = [code for code in count.amounts if code not in tenders]
    names = dict(PaymentMethod.objects.filter(code__in=missing).values_list("code", "name"))
    found = [Difference("", _("Cash"), figures.expected_cash, count.cash_amount)]
    for code, counted in count.amounts.items():
        tender = tenders.get(code)
        expected = tender.net if tender else ZERO
        name = tender.name if tender else names.get(code, code)
        found.append(Difference(code, name, expected, Decimal(counted)))
    return found


def total_off(found: list[Difference]) -> Decimal:
    """Σ |difference|: too much of one does not hide too little of another."""
    return sum((abs(each.amount) for each in found), ZERO)


def _money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)
