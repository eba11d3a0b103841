"""Exact decimal helpers: rounding, sharing out, reading and writing amounts and quantities.

Money and quantities are ``Decimal`` everywhere. A *unit* is the smallest step of an amount with a
given number of decimals (a cent at two decimals) and is an ``int``: sums and shares of units are
exact and fast. Nothing in here depends on the decimal context of the calling thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import cast

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, is_currency
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

ZERO = Decimal(0)
MONEY_PLACES = 4
QUANTITY_PLACES = 3
PERCENT_PLACES = 2
MAX_MONEY = Decimal("999999999.9999")
MAX_QUANTITY = Decimal("999999.999")
MIN_QUANTITY = Decimal("0.001")
HUNDRED = Decimal(100)
MAX_TEXT_LENGTH = 30
_MAX_INTEGER_BITS = 100

_CONTEXT = Context(prec=100)
_LETTER_BESIDE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_PLAIN_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


class AmountError(ValueError):
    """An amount that cannot be used; ``str(error)`` is for the cashier, ``code`` for programs.

    Codes: ``not_a_number``, ``too_precise``, ``too_small``, ``too_large``, ``unknown_currency``.
    """

    def __init__(self, message: str | Promise, code: str = "not_a_number") -> None:
        super().__init__(message)
        self.code = code


@lru_cache(maxsize=64)
def currency_decimals(currency: str) -> int:
    """Decimals of a currency by its ISO code: USD 2, JPY 0, KWD 3 (Unicode CLDR, by Babel).

    Raises AmountError (``unknown_currency``).
    """
    if not is_currency(currency):
        message = format_lazy(_("“{currency}” is not a known currency code."), currency=currency)
        raise AmountError(message, "unknown_currency")
    return get_currency_precision(currency)


@lru_cache(maxsize=32)
def _step(decimals: int) -> Decimal:
    if decimals < 0:
        raise ValueError("decimals must not be negative")
    return Decimal(1).scaleb(-decimals)


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a fraction; halves go away from zero. Denominator > 0."""
    if numerator < 0:
        return -half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def quantise(amount: Decimal | Fraction, decimals: int) -> Decimal:
    """The amount rounded half up (away from zero) to ``decimals``; never a negative zero.

    Raises AmountError for NaN, infinity and numbers of more than a hundred digits.
    """
    if isinstance(amount, Fraction):
        units = half_up(amount.numerator * 10**decimals, amount.denominator)
        return from_units(units, decimals)
    try:
        result = amount.quantize(_step(decimals), ROUND_HALF_UP, _CONTEXT)
    except InvalidOperation as error:
        raise AmountError(_("This number is too large."), "too_large") from error
    if not result.is_finite():
        raise AmountError(_("This is not a number."), "not_a_number")
    return result or result.copy_abs()


def to_units(amount: Decimal, decimals: int) -> int:
    """A finite amount as a whole number of its smallest steps: 10.50 at 2 decimals is 1050.

    Raises AmountError (``too_precise``) rather than round.
    """
    numerator, denominator = amount.as_integer_ratio()
    scale: int = 10**decimals
    units, rest = divmod(numerator * scale, denominator)
    if rest:
        raise _too_precise(decimals)
    return units


def from_units(units: int, decimals: int) -> Decimal:
    """The opposite of ``to_units``: 1050 at 2 decimals is Decimal("10.50")."""
    return Decimal(units).scaleb(-decimals, _CONTEXT)


def round_to_increment(amount: Decimal, increment: Decimal) -> Decimal:
    """The multiple of ``increment`` (> 0) nearest to the amount, half up: 10.52 by 0.05 is 10.50.

    Raises AmountError (``too_small``) for an increment that is not positive.
    """
    if increment <= 0:
        raise AmountError(_("The rounding step must be more than zero."), "too_small")
    steps = Fraction(amount) / Fraction(increment)
    return _CONTEXT.multiply(Decimal(half_up(steps.numerator, steps.denominator)), increment)


def apportion(
    units: int, numerators: Sequence[int], denominator: int, limits: Sequence[int] | None = None
) -> list[int]:
    """Whole parts of ``units`` by largest remainder, as near as can be to the exact shares.

    Share ``i`` is ``numerators[i] / denominator`` >= 0; ``units`` is the sum of the shares, rounded
    half up or exact. Each part is its share rounded down or that plus one; equal remainders favour
    the earlier part. A part that has reached its entry in ``limits`` gets no extra unit.
    Raises AmountError (``too_large``) when the limits leave no room.
    """
    parts = [numerator // denominator for numerator in numerators]
    left = units - sum(parts)
    if left == 0:
        return parts
    by_remainder = sorted(
        range(len(parts)), key=lambda index: parts[index] * denominator - numerators[index]
    )
    for index in by_remainder:
        if limits is None or parts[index] < limits[index]:
            parts[index] += 1
            left -= 1
            if left == 0:
                return parts
    raise AmountError(_("This amount cannot be shared out."), "too_large")


def allocate(total: Decimal, weights: Sequence[Decimal | Fraction], decimals: int) -> list[Decimal]:
    """Shares of ``total`` in proportion to ``weights`` (>= 0), which sum to it exactly.

    Largest remainder method; ties favour the earlier share; a negative total is shared out as its
    opposite. Weights that are all zero put everything into the first share.
    Raises AmountError when ``total`` has more than ``decimals``, a weight is negative, or there is
    something to share out and nobody to have it.
    """
    units = to_units(abs(total), decimals)
    scaled = _scaled_weights(weights)
    weight = sum(scaled)
    if weight:
        parts = apportion(units, [units * part for part in scaled], weight)
    elif scaled or units == 0:
        parts = [units, *[0] * (len(scaled) - 1)] if scaled else []
    else:
        raise AmountError(_("There is nothing to share this amount out to."), "too_large")
    sign = -1 if total < 0 else 1
    return [from_units(sign * part, decimals) for part in parts]


def _scaled_weights(weights: Sequence[Decimal | Fraction]) -> list[int]:
    ratios = [weight.as_integer_ratio() for weight in weights]
    if any(numerator < 0 for numerator, _denominator in ratios):
        raise AmountError(_("A share cannot be negative."), "too_small")
    common = lcm(*[denominator for _numerator, denominator in ratios])
    return [numerator * (common // denominator) for numerator, denominator in ratios]


def parse_amount(
    value: object, *, decimals: int, minimum: Decimal = ZERO, maximum: Decimal = MAX_MONEY
) -> Decimal:
    """An amount of money from a form, JSON or a spreadsheet: ``" 10.5 "`` becomes 10.50.

    ``value`` is text, an ``int`` or a ``Decimal``. Text is plain ASCII digits, an optional leading
    minus and one decimal point, at most 30 characters; no plus, no exponent, no separators.
    More decimals than allowed are accepted only when they are zeros: at two decimals ``"1.500"``
    is 1.50 and ``"1.505"`` is refused. The result has exactly ``decimals`` decimals.
    Raises AmountError, and nothing else whatever the value, with ``not_a_number``, ``too_small``,
    ``too_large`` or ``too_precise``.
    """
    return _parse(value, decimals, minimum, maximum)


def parse_quantity(
    value: object,
    *,
    decimals: int = QUANTITY_PLACES,
    minimum: Decimal = MIN_QUANTITY,
    maximum: Decimal = MAX_QUANTITY,
) -> Decimal:
    """A quantity (pieces, kilograms, metres) by the same rules as ``parse_amount``."""
    return _parse(value, decimals, minimum, maximum)


def parse_percent(value: object, *, decimals: int = PERCENT_PLACES) -> Decimal:
    """A percentage from 0 to 100, by the rules of ``parse_amount``; tax rates have 3 decimals."""
    return _parse(value, decimals, ZERO, HUNDRED)


def _parse(value: object, decimals: int, minimum: Decimal, maximum: Decimal) -> Decimal:
    number = _plain_number(value)
    if number < minimum:
        lowest = minimum.quantize(_step(decimals), ROUND_CEILING, _CONTEXT)
        message = format_lazy(_("This must be at least {minimum}."), minimum=f"{lowest:f}")
        raise AmountError(message, "too_small")
    if number > maximum:
        highest = maximum.quantize(_step(decimals), ROUND_FLOOR, _CONTEXT)
        message = format_lazy(_("This must be at most {maximum}."), maximum=f"{highest:f}")
        raise AmountError(message, "too_large")
    result = number.quantize(_step(decimals), ROUND_HALF_UP, _CONTEXT)
    if result != number:
        raise _too_precise(decimals)
    return result


def _plain_number(value: object) -> Decimal:
    # issubclass and unbound methods: an object may lie about its class or override its methods,
    # and neither may turn a refusal into a crash.
    kind = type(value)
    if issubclass(kind, str):
        return _number_in_text(str.strip(cast(str, value)))
    if issubclass(kind, float):
        raise AmountError(_("Send this number as text, such as “10.50”."), "not_a_number")
    if issubclass(kind, bool) or not issubclass(kind, int | Decimal):
        raise AmountError(_("Enter a number, such as 10.50."), "not_a_number")
    if issubclass(kind, int) and int.bit_length(cast(int, value)) > _MAX_INTEGER_BITS:
        raise AmountError(_("Enter a shorter number."), "not_a_number")
    number = Decimal(cast(Decimal, value))
    if not number.is_finite() or (number.is_signed() and not number):
        raise AmountError(_("Enter a number, such as 10.50."), "not_a_number")
    return number


def _number_in_text(text: str) -> Decimal:
    if not text:
        raise AmountError(_("Enter a number."), "not_a_number")
    if len(text) > MAX_TEXT_LENGTH:
        raise AmountError(_("Enter a shorter number."), "not_a_number")
    if "," in text:
        raise AmountError(_("Use a point for decimals and no commas: 1000.50."), "not_a_number")
    if not _PLAIN_NUMBER.fullmatch(text):
        raise AmountError(_("Enter digits only, such as 10.50."), "not_a_number")
    number = Decimal(text)
    if number.is_signed() and not number:
        raise AmountError(_("Zero has no minus sign."), "not_a_number")
    return number


def _too_precise(decimals: int) -> AmountError:
    if decimals == 0:
        return AmountError(_("Enter a whole number."), "too_precise")
    message = _("Use no more than {decimals} digits after the decimal point.")
    return AmountError(format_lazy(message, decimals=decimals), "too_precise")


def amount_text(amount: Decimal, decimals: int) -> str:
    """Plain text for JSON and files with fixed decimals: ``"10.50"``; never an exponent or -0."""
    return f"{quantise(amount, decimals):f}"


def quantity_text(quantity: Decimal) -> str:
    """A quantity without needless zeros: ``"2"``, ``"0.684"``; never an exponent or -0."""
    text = f"{quantity or ZERO:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_money(amount: Decimal, currency: str, locale: str | None = None) -> str:
    """The amount as people write it: ``"$10.50"`` in "en", ``"10,50 €"`` in "de" (Unicode CLDR).

    ``locale`` is a language code such as "de-at"; without one, the active language of Django.
    """
    rounded = quantise(amount, currency_decimals(currency))
    language = locale or get_language() or "en"
    text = format_currency(rounded, currency, locale=babel_locale(language))
    # Unicode TR 35 wants a space between "KWD" and "1.500"; Babel leaves it out.
    return _LETTER_BESIDE_DIGIT.sub("\u00a0", text)


@lru_cache(maxsize=128)
def babel_locale(language: str) -> Locale:
    for name in (to_locale(language.replace("_", "-")), language[:2], "en"):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("English is always there")  # pragma: no cover
