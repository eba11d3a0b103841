"""How money settles an order: what each tender pays, the change, what stays due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import Balance, Customer, Order, PaymentMethod
from pos.money import ZERO, amount_text, currency_decimals, format_money
from pos.payment_methods import Behaviour, behaviour, is_offered
from pos.pricing import cash_rounding

from .card_numbers import last_digits, read_card_number
from .errors import Conflict, Invalid
from .methods import method_of_kind

_DIGITS = re.compile(r"\d+")
_GROUPED_DIGITS = re.compile(r"\d(?:[ .-]?\d)*")


@dataclass(frozen=True)
class Tender:
    """What the customer hands over with one method."""

    method: str
    tendered: Decimal
    reference: str = ""


@dataclass(frozen=True)
class PlannedPayment:
    """One payment row to be: amount = tendered − change. `card_number`: the gift card it spends."""

    method: PaymentMethod
    tendered: Decimal
    amount: Decimal
    reference: str
    card_number: str = ""

    @property
    def change(self) -> Decimal:
        return self.tendered - self.amount


def exchanged(credit: Decimal, gross: Decimal) -> PlannedPayment | None:
    """What goods that came back for `credit` pay of a sale of `gross`; None for nothing."""
    amount = min(credit, gross)
    if not amount:
        return None
    return PlannedPayment(method_of_kind("exchange"), amount, amount, "")


@dataclass(frozen=True)
class Settlement:
    """gross + rounding = total; total = Σ amounts + due."""

    rounding: Decimal
    total: Decimal
    payments: tuple[PlannedPayment, ...]

    @property
    def paid(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def due(self) -> Decimal:
        return self.total - self.paid

    @property
    def change(self) -> Decimal:
        return sum((payment.change for payment in self.payments), ZERO)

    @property
    def status(self) -> str:
        if not self.due:
            return Order.PaymentStatus.PAID
        return Order.PaymentStatus.PARTIAL if self.payments else Order.PaymentStatus.UNPAID


@dataclass
class _Tendered:
    method: PaymentMethod
    behaviour: Behaviour
    tendered: Decimal
    reference: str
    card_number: str = ""

    def planned(self, amount: Decimal) -> PlannedPayment:
        return PlannedPayment(self.method, self.tendered, amount, self.reference, self.card_number)


def settle(
    *,
    gross: Decimal,
    expected_total: Decimal,
    tenders: Sequence[Tender],
    customer: Customer | None,
    prepaid: PlannedPayment | None = None,
) -> Settlement:
    """Work out what each tender pays of `gross`. `prepaid`: what an exchange has paid of it already.

    Only cash gives change, and only what is left after the other methods. What stays unpaid is
    due on the customer's account. `expected_total` is what the customer was told, before or after
    cash rounding. Raises Invalid, or Conflict with the codes `total_changed`,
    `overpaid`, `customer_needed` and `payment_short`.
    """
    given = _merged(tenders)
    before = prepaid.amount if prepaid else ZERO
    rounding = rounding_for([each.method for each in given], gross - before)
    # First of all: tenders that fitted the old price must not be called short or too much.
    _refuse_other_total(expected_total, gross, gross + rounding)
    _refuse_without_customer(given, customer)
    if sum((each.tendered for each in given), ZERO) < min(gross, gross + rounding) - before:
        rounding = ZERO  # something stays due, so it is not settled in coins
    total = gross + rounding
    payments = _apply(given, total - before)
    settlement = Settlement(rounding, total, (*([prepaid] if prepaid else []), *payments))
    _check_due(settlement, given, customer)
    _refuse_other_total(expected_total, gross, total)
    return settlement


def _refuse_other_total(expected: Decimal, gross: Decimal, total: Decimal) -> None:
    """The total that was shown, before or after cash rounding, is the one that is charged."""
    if expected in (gross, total):
        return
    message = _(
        "Prices have changed: the total is now %(total)s. Tell the customer, then pay again."
    )
    decimals = currency_decimals(settings.POS_CURRENCY)
    raise Conflict(
        "total_changed", message % {"total": _text(gross)}, total=amount_text(gross, decimals)
    )


def rounding_for(methods: Sequence[PaymentMethod], gross: Decimal) -> Decimal:
    """What cash rounding adds when all methods are cash, else nothing."""
    if not methods or not all(behaviour(method.kind).is_cash for method in methods):
        return ZERO
    decimals = currency_decimals(settings.POS_CURRENCY)
    return cash_rounding(gross, max(method.cash_rounding for method in methods), decimals)


def _merged(tenders: Sequence[Tender]) -> list[_Tendered]:
    """The tenders with their methods; two of the same cash method are one heap of cash."""
    methods = {
        method.code: method
        for method in PaymentMethod.objects.filter(
            code__in={tender.method for tender in tenders}, is_active=True
        )
    }
    merged: list[_Tendered] = []
    for tender in tenders:
        method = methods.get(tender.method)
        if method is None or not is_offered(method.kind):
            raise Invalid("unknown_method", _("This payment method is not in use."))
        rules = behaviour(method.kind)
        each = _checked(tender, method, rules)
        heap = next((one for one in merged if rules.allows_change and one.method == method), None)
        if heap:
            heap.tendered += tender.tendered
        else:
            merged.append(each)
    return merged


def _checked(tender: Tender, method: PaymentMethod, rules: Behaviour) -> _Tendered:
    _refuse_bad_tender(tender, method)
    if rules.balance != Balance.Kind.GIFT_CARD:
        return _Tendered(method, rules, tender.tendered, tender.reference)
    number = read_card_number(tender.reference)
    return _Tendered(method, rules, tender.tendered, last_digits(number), number)


def one_tender(tender: Tender, customer: Customer | None) -> PlannedPayment:
    """A single tender as a payment of all of it: money for an account, not for an order.

    Raises Invalid, and Conflict("customer_needed").
    """
    given = _merged([tender])
    _refuse_without_customer(given, customer)
    if not given[0].behaviour.is_money:
        raise Invalid("no_money", _("What is owed cannot be paid on account. Take money."))
    return given[0].planned(tender.tendered)


def _refuse_without_customer(given: list[_Tendered], customer: Customer | None) -> None:
    for each in given:
        if each.behaviour.balance and each.behaviour.needs_customer and customer is None:
            message = _("Choose whose %(method)s it is first.") % {"method": each.method}
            raise Conflict("customer_needed", message)


def _refuse_bad_tender(tender: Tender, method: PaymentMethod) -> None:
    if tender.tendered <= 0:
        raise Invalid("too_small", _("Enter an amount above zero."))
    if method.needs_reference and not tender.reference:
        message = _("%(method)s needs a reference: type the number on the slip.")
        raise Invalid("reference_needed", message % {"method": method})
    if looks_like_card_number(tender.reference):
        raise Invalid(
            "card_number", _("Never type a card number here. Use the number on the slip.")
        )


def looks_like_card_number(text: str) -> bool:
    """Somewhere in it 13 to 19 digits, grouped or not, with a valid Luhn check digit (PCI DSS)."""
    runs = [*_GROUPED_DIGITS.findall(text), *_DIGITS.findall(text)]
    return any(_has_luhn_digit([int(sign) for sign in run if sign.isdecimal()]) for run in runs)


def _has_luhn_digit(digits: list[int]) -> bool:
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _apply(given: list[_Tendered], total: Decimal) -> list[PlannedPayment]:
    left = total
    payments = []
    for each in sorted(given, key=lambda one: one.behaviour.allows_change):
        amount = min(each.tendered, left)
        if amount < each.tendered and not each.behaviour.allows_change or not amount:
            message = _("That is more than the %(due)s still to pay. Only cash gives change.")
            raise Conflict("overpaid", message % {"due": _text(left)})
        left -= amount
        if each.behaviour.is_money:
            payments.append(each.planned(amount))
    return payments


def _check_due(settlement: Settlement, given: list[_Tendered], customer: Customer | None) -> None:
    if not settlement.due:
        return
    on_account = sum((each.tendered for each in given if not each.behaviour.is_money), ZERO)
    if customer is None:
        short = on_account == 0
        code = "payment_short" if short else "customer_needed"
        message = _(
            "%(due)s is still to pay. Take another payment, or choose a customer and put it on account."
        )
        raise Conflict(code, message % {"due": _text(settlement.due)})
    if on_account and on_account != settlement.due:
        message = _("The payments do not add up: %(due)s would stay on account.")
        raise Conflict("payment_short", message % {"due": _text(settlement.due)})


def _text(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)
