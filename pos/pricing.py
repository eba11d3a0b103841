"""Prices a cart: lines, discounts and taxes become totals. Pure functions, no database.

The order of arithmetic, every step rounded half up to the decimals of the currency:

1. unit price x quantity = subtotal of the line;
2. less the line's own discount, or the customer level's percentage on lines without one;
3. less the line's share of the order discount, by largest remainder over the line totals;
4. tax of every rate on what is left. Prices without tax: base x rate on top. Prices with tax:
   price x rate / (1 + sum of the line's rates), so two rates are divided out once, together.
   Rounding "line" rounds on every line (with tax inside, the line's whole tax once, shared out over
   its rates); rounding "document" rounds the exact sum of each rate over all lines once and shares
   it out to the lines;
5. cash rounding, kept apart from all of the above.

Worked examples, recomputed by the tests. A cart line is quantity x price - discount + percent of
each tax; the last two columns are the smallest coin in use and what cash rounding adds.

    Cur Tax At   Cart                          Order    Before   Off   Net   Tax Gross  Coin   Adds
    USD top line 3x9.99+8.875                  -         29.97  0.00 29.97  2.66 32.63     -      -
    CAD top line 1x19.99+5+9.975               -         19.99  0.00 19.99  2.99 22.98     -      -
    CAD in  line 1x19.99+5+9.975               -         19.99  0.00 17.39  2.60 19.99     -      -
    EUR in  line 2x10.00+20,1x5.00+10          -         25.00  0.00 21.22  3.78 25.00     -      -
    EUR in  line 2x10.00-10%+20,1x5.00-0.50+10 -1.00     25.00  3.50 18.24  3.26 21.50     -      -
    EUR top line 1x0.33+19,1x0.33+19,1x0.33+19 -          0.99  0.00  0.99  0.18  1.17     -      -
    EUR top doc  1x0.33+19,1x0.33+19,1x0.33+19 -          0.99  0.00  0.99  0.19  1.18     -      -
    EUR in  doc  1x1.00+20,1x1.00+20,1x1.00+20 -10%       3.00  0.30  2.25  0.45  2.70     -      -
    EUR in  line 0.684x12.50+7                 -          8.55  0.00  7.99  0.56  8.55     -      -
    EUR in  line 1x8.00+20,1x8.00-0+20         level-5%  16.00  0.40 13.00  2.60 15.60     -      -
    CHF in  doc  1x10.52+8.1,1x3.00+2.6        -         13.52  0.00 12.65  0.87 13.52  0.05  -0.02
    JPY in  line 3x110+10,1x108+8              -           438     0   400    38   438     -      -
    KWD top line 0.125x3.450+5                 -         0.431 0.000 0.431 0.022 0.453 0.005 +0.002
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import lcm
from typing import Literal

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pos import money
from pos.money import MAX_MONEY, MAX_QUANTITY, MONEY_PLACES, QUANTITY_PLACES, ZERO, AmountError

RATE_PLACES = 3
_RATE_SCALE = 100 * 10**RATE_PLACES


class PricingError(ValueError):
    """A cart that cannot be priced; ``str(error)`` is for the cashier, ``code`` for programs.

    ``line`` is the position in the cart, counted from 0, or None when no single line is to blame.
    """

    def __init__(
        self, message: str | Promise, code: str = "invalid", line: int | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.line = code, line


@dataclass(frozen=True, slots=True)
class Tax:
    """One rate: ``percent`` from 0 to 100 with at most three decimals."""

    name: str
    percent: Decimal

    def __post_init__(self) -> None:
        _refuse_bad_percent(self.percent, "invalid_tax")


@dataclass(frozen=True, slots=True)
class Discount:
    """Either ``percent`` (0 to 100, at most three decimals) or ``amount`` (off the whole line or
    order, not per unit). A discount of zero is a discount: no level discount applies beside it.
    """

    percent: Decimal | None = None
    amount: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            message = _("Give a discount as a percentage or as an amount.")
            raise PricingError(message, "invalid_discount")
        if self.percent is not None:
            _refuse_bad_percent(self.percent, "invalid_discount")
        if self.amount is not None and not (self.amount.is_finite() and self.amount >= 0):
            raise PricingError(_("A discount cannot be negative."), "invalid_discount")


@dataclass(frozen=True, slots=True)
class Policy:
    """How a store prices: decimals of its currency, tax inside prices or on top, where to round."""

    decimals: int
    prices_include_tax: bool
    rounding: Literal["line", "document"]

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= MONEY_PLACES or self.rounding not in {"line", "document"}:
            raise PricingError(_("The store's rounding is not set up correctly."), "invalid_policy")


@dataclass(frozen=True, slots=True)
class CartLine:
    """What is asked for: a price with at most 4 decimals, a quantity above zero with at most 3.

    A fee (of a delivery, say) is not ``is_discountable``: no level, no share of the order's.
    """

    unit_price: Decimal
    quantity: Decimal
    taxes: tuple[Tax, ...] = ()
    discount: Discount | None = None
    is_discountable: bool = True


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """The tax of one rate, and the net amount of the line (or of all lines) which bears it."""

    name: str
    percent: Decimal
    net_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line, every amount with the currency's decimals; refuses figures that do not add up.

    ``subtotal_amount`` less ``discount_amount`` (own or by level) less ``order_discount_amount``
    is ``gross_amount`` when prices include tax, ``net_amount`` when they do not.
    """

    unit_price: Decimal
    quantity: Decimal
    subtotal_amount: Decimal
    discount_amount: Decimal
    order_discount_amount: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    taxes: tuple[TaxAmount, ...]

    def __post_init__(self) -> None:
        _refuse_inconsistent(self)

    @property
    def line_total(self) -> Decimal:
        """What the cashier sees on the line: before the order discount."""
        return self.subtotal_amount - self.discount_amount


@dataclass(frozen=True, slots=True)
class Totals:
    """The document: sums over its lines, and tax per rate in order of first appearance.

    ``discount_amount`` is all that was taken off; ``order_discount_amount`` is part of it.
    """

    lines: tuple[PricedLine, ...]
    subtotal_amount: Decimal
    discount_amount: Decimal
    order_discount_amount: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    taxes: tuple[TaxAmount, ...]

    def __post_init__(self) -> None:
        _refuse_inconsistent(self)
        lines = self.lines
        order_discount = sum([line.order_discount_amount for line in lines], ZERO)
        line_discount = sum([line.discount_amount for line in lines], ZERO)
        if (
            self.subtotal_amount != sum([line.subtotal_amount for line in lines], ZERO)
            or self.order_discount_amount != order_discount
            or self.discount_amount != line_discount + order_discount
            or self.net_amount != sum([line.net_amount for line in lines], ZERO)
            or self.tax_amount != sum([line.tax_amount for line in lines], ZERO)
        ):
            raise PricingError(_("The lines do not add up to the order."), "inconsistent")


@dataclass(slots=True)
class _Draft:
    """A line while it is being priced; amounts in units, rates in thousandths of a percent."""

    line: CartLine
    rates: list[int]
    divisor: int
    subtotal: int
    discount: int
    order_discount: int = 0
    base: int = 0
    taxes: list[int] = field(default_factory=list)


def price_cart(
    lines: Sequence[CartLine],
    *,
    policy: Policy,
    order_discount: Discount | None = None,
    level_percent: Decimal = ZERO,
) -> Totals:
    """Prices a cart; the order of arithmetic is the module's docstring.

    ``level_percent`` is the customer level's discount, for lines without a discount of their own.
    Raises PricingError: ``empty_cart``, ``invalid_price``, ``invalid_quantity``,
    ``invalid_discount``, ``discount_too_large``, ``too_precise``, ``too_large``, ``duplicate_tax``,
    ``tax_too_large``.
    """
    if not lines:
        raise PricingError(_("The cart is empty."), "empty_cart")
    _refuse_bad_percent(level_percent, "invalid_discount")
    level = Discount(percent=level_percent) if level_percent else None
    drafts = [_draft(index, line, policy, level) for index, line in enumerate(lines)]
    _share_order_discount(drafts, order_discount, policy.decimals)
    if policy.rounding == "document":
        _tax_per_document(drafts, policy.prices_include_tax)
    else:
        _tax_per_line(drafts, policy.prices_include_tax)
    return _totals(drafts, policy)


def _draft(index: int, line: CartLine, policy: Policy, level: Discount | None) -> _Draft:
    price, quantity, decimals = line.unit_price, line.quantity, policy.decimals
    if not (price.is_finite() and 0 <= price <= MAX_MONEY):
        raise PricingError(_("This price is negative or too large."), "invalid_price", index)
    if not (quantity.is_finite() and 0 < quantity <= MAX_QUANTITY):
        raise PricingError(_("This quantity is zero or too large."), "invalid_quantity", index)
    scaled = _units(price, MONEY_PLACES, index) * _units(quantity, QUANTITY_PLACES, index)
    subtotal = money.half_up(scaled * 10**decimals, 10 ** (MONEY_PLACES + QUANTITY_PLACES))
    if subtotal > _largest(decimals):
        raise PricingError(_("This line's total is too large."), "too_large", index)
    rates = [money.to_units(tax.percent, RATE_PLACES) for tax in line.taxes]
    if len(rates) > 1 and len(set(line.taxes)) < len(rates):
        raise PricingError(_("The same tax is on this line twice."), "duplicate_tax", index)
    divisor = _RATE_SCALE + sum(rates) if policy.prices_include_tax else _RATE_SCALE
    own_or_level = line.discount or (level if line.is_discountable else None)
    discount = _discount_units(own_or_level, subtotal, decimals, index)
    return _Draft(line, rates, divisor, subtotal, discount, base=subtotal - discount)


def _discount_units(discount: Discount | None, whole: int, decimals: int, index: int | None) -> int:
    if discount is None:
        return 0
    if discount.percent is not None:
        return money.half_up(whole * money.to_units(discount.percent, RATE_PLACES), _RATE_SCALE)
    units = _units(discount.amount or ZERO, decimals, index)
    if units > whole:
        limit = money.from_units(whole, decimals)
        message = format_lazy(_("The discount cannot be more than {amount}."), amount=limit)
        raise PricingError(message, "discount_too_large", index)
    return units


def _share_order_discount(drafts: list[_Draft], discount: Discount | None, decimals: int) -> None:
    if discount is None:
        return
    bases = [draft.base if draft.line.is_discountable else 0 for draft in drafts]
    whole = sum(bases)
    units = _discount_units(discount, whole, decimals, None)
    shares = money.apportion(units, [units * base for base in bases], whole or 1)
    for draft, share in zip(drafts, shares, strict=True):
        draft.order_discount = share
        draft.base -= share


def _tax_per_line(drafts: list[_Draft], is_tax_included: bool) -> None:
    for draft in drafts:
        if not is_tax_included:
            draft.taxes = [money.half_up(draft.base * rate, draft.divisor) for rate in draft.rates]
        else:
            rate_sum = sum(draft.rates)
            tax = money.half_up(draft.base * rate_sum, draft.divisor)
            draft.taxes = money.apportion(tax, [tax * rate for rate in draft.rates], rate_sum or 1)


def _tax_per_document(drafts: list[_Draft], is_tax_included: bool) -> None:
    """Rounds the exact sum of each rate once, then shares it out to the lines.

    Several taxes inside the price of a very cheap line must not all round up on it, or its net
    amount would be negative: ``limits`` is what each line can still bear. The rates with the
    fewest lines choose first, because the others have more lines to turn to.
    """
    common = lcm(*{draft.divisor for draft in drafts})
    bearers: dict[Tax, list[tuple[_Draft, int]]] = {}
    for draft in drafts:
        draft.taxes = [draft.base * rate // draft.divisor for rate in draft.rates]
        for position, tax in enumerate(draft.line.taxes):
            bearers.setdefault(tax, []).append((draft, position))
    for places in sorted(bearers.values(), key=len):
        shares = [line.base * line.rates[at] * (common // line.divisor) for line, at in places]
        limits = [line.base - sum(line.taxes) + line.taxes[at] for line, at in places]
        units = money.half_up(sum(shares), common)
        try:
            parts = money.apportion(units, shares, common, limits if is_tax_included else None)
        except AmountError as error:
            message = _("The tax is more than these prices. Check the tax rates.")
            raise PricingError(message, "tax_too_large") from error
        for (line, at), part in zip(places, parts, strict=True):
            line.taxes[at] = part


def _priced_line(draft: _Draft, policy: Policy) -> PricedLine:
    decimals, line = policy.decimals, draft.line
    tax = sum(draft.taxes)
    net = draft.base - tax if policy.prices_include_tax else draft.base
    net_amount = money.from_units(net, decimals)
    taxes = [
        TaxAmount(rate.name, rate.percent, net_amount, money.from_units(units, decimals))
        for rate, units in zip(line.taxes, draft.taxes, strict=True)
    ]
    return PricedLine(
        line.unit_price,
        line.quantity,
        money.from_units(draft.subtotal, decimals),
        money.from_units(draft.discount, decimals),
        money.from_units(draft.order_discount, decimals),
        net_amount,
        money.from_units(tax, decimals),
        money.from_units(net + tax, decimals),
        tuple(taxes),
    )


def _totals(drafts: list[_Draft], policy: Policy) -> Totals:
    decimals = policy.decimals
    subtotal = sum([draft.subtotal for draft in drafts])
    order_discount = sum([draft.order_discount for draft in drafts])
    base = sum([draft.base for draft in drafts])
    tax = sum([sum(draft.taxes) for draft in drafts])
    net = base - tax if policy.prices_include_tax else base
    if max(subtotal, net + tax) > _largest(decimals):
        raise PricingError(_("The order is too large."), "too_large")
    lines = tuple([_priced_line(draft, policy) for draft in drafts])
    return Totals(
        lines,
        money.from_units(subtotal, decimals),
        money.from_units(subtotal - base, decimals),
        money.from_units(order_discount, decimals),
        money.from_units(net, decimals),
        money.from_units(tax, decimals),
        money.from_units(net + tax, decimals),
        _taxes_of_document(lines),
    )


def _taxes_of_document(lines: tuple[PricedLine, ...]) -> tuple[TaxAmount, ...]:
    sums: dict[tuple[str, Decimal], tuple[Decimal, Decimal]] = {}
    for line in lines:
        for tax in line.taxes:
            key = (tax.name, tax.percent)
            net_amount, tax_amount = sums.get(key, (ZERO, ZERO))
            sums[key] = (net_amount + tax.net_amount, tax_amount + tax.tax_amount)
    return tuple([TaxAmount(*key, *amounts) for key, amounts in sums.items()])


def cash_rounding(total: Decimal, increment: Decimal, decimals: int) -> Decimal:
    """What to add to ``total`` (>= 0) so that coins can pay it: below zero it takes off.

    ``increment`` is the smallest coin, zero for no rounding. The sum is never negative.
    Raises PricingError: ``negative_total``, ``invalid_increment`` (not on the currency's grid).
    """
    if total < 0:
        raise PricingError(_("A negative total cannot be rounded."), "negative_total")
    if increment == 0:
        return ZERO
    if increment < 0 or money.quantise(increment, decimals) != increment:
        raise PricingError(_("The smallest coin is not set up correctly."), "invalid_increment")
    return money.quantise(money.round_to_increment(total, increment) - total, decimals)


def _units(amount: Decimal, decimals: int, index: int | None) -> int:
    try:
        return money.to_units(amount, decimals)
    except AmountError as error:
        raise PricingError(error.args[0], error.code, index) from error


def _largest(decimals: int) -> int:
    return int(MAX_MONEY * 10**decimals)


def _refuse_bad_percent(percent: Decimal, code: str) -> None:
    is_in_range = percent.is_finite() and 0 <= percent <= money.HUNDRED
    if not is_in_range or money.quantise(percent, RATE_PLACES) != percent:
        message = _("A percentage is from 0 to 100, with at most three decimals.")
        raise PricingError(message, code)


def _refuse_inconsistent(figures: PricedLine | Totals) -> None:
    if figures.net_amount + figures.tax_amount != figures.gross_amount:
        raise PricingError(_("Net and tax do not add up to gross."), "inconsistent")
    if figures.tax_amount != sum([tax.tax_amount for tax in figures.taxes], ZERO):
        raise PricingError(_("The taxes do not add up."), "inconsistent")
