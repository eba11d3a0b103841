"""Amounts as people write them in cells, made plain for `pos.money`: never another amount.

A comma or a point may part decimals or thousands. What both readings allow is refused, unless it is
known which sign the file uses (`decimal_sign`). A `plain` file has digits with a point, nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from babel.numbers import get_currency_symbol
from django.utils.translation import gettext as _

DecimalSign = Literal["", ".", ",", "plain"]
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
_GROUPED_BY_BLANKS = re.compile(
    r"[0-9]{1,3}(?:[\s\u00a0\u2007\u2009\u202f'’][0-9]{3})+(?:[.,][0-9]*)?"
)
_AMOUNT = re.compile(
    r"(?P<minus>-?)\s*(?P<before>[^\d\s.,'’+-]{1,4}\.?)?\s*(?P<minus_too>-?)"
    r"(?P<digits>[0-9.,](?:[\s\u00a0\u2007\u2009\u202f'’0-9.,]*[0-9.,])?)"
    r"\s*(?P<after>[^\d\s.,'’+-]{1,4}\.?)?"
)
# Signs that Babel knows in the currency's own country only.
_LOCAL_SIGNS = {
    "SEK": ("kr", "kr."),
    "NOK": ("kr", "kr."),
    "DKK": ("kr", "kr."),
    "ISK": ("kr", "kr."),
    "CHF": ("Fr", "Fr.", "SFr."),
    "PLN": ("zł",),
    "CZK": ("Kč",),
    "HUF": ("Ft",),
    "RON": ("lei",),
    "BGN": ("лв", "лв."),
    "RUB": ("₽",),
    "UAH": ("₴",),
    "TRY": ("₺", "TL"),
    "ZAR": ("R",),
    "BRL": ("R$",),
    "CNY": ("¥", "元"),
    "JPY": ("¥", "円"),
    "KRW": ("₩",),
}


class UnclearAmount(ValueError):
    """An amount that cannot be read one way only; `str(error)` is for the person who sent it."""


@lru_cache(maxsize=16)
def currency_signs(currency: str) -> frozenset[str]:
    """How the currency is written beside an amount: “€”, “EUR”; “$” for every kind of dollar."""
    sign = get_currency_symbol(currency, "en")
    signs = {currency, sign, *_LOCAL_SIGNS.get(currency, ())}
    if unicodedata.category(sign[-1]) == "Sc":
        signs.add(sign[-1])
    return frozenset(sign.casefold() for sign in signs)


def plain_amount(text: str, *, currency: str, sign: DecimalSign = "") -> str:
    """The text as digits with a point: “1.234,50 €” is “1234.50”. Raises UnclearAmount."""
    found = None if sign == "plain" else _AMOUNT.fullmatch(text)
    if found is None:
        return text  # let pos.money say what is wrong with it
    for beside in (found["before"], found["after"]):
        if beside and beside.casefold() not in currency_signs(currency):
            message = _("This amount is in “%(sign)s”; the shop counts in %(currency)s.")
            raise UnclearAmount(message % {"sign": beside, "currency": currency})
    if found["before"] and found["after"]:
        raise UnclearAmount(_("Write the amount alone, such as 10.50."))
    minus = found["minus"] + found["minus_too"]
    return minus + plain_number(found["digits"], sign=sign)


def plain_number(text: str, *, sign: DecimalSign = "") -> str:
    """Digits, perhaps with separators, as digits with a point. Raises UnclearAmount."""
    number = text
    if sign == "plain":
        return number
    if _BLANKS.search(number):
        if not _GROUPED_BY_BLANKS.fullmatch(number):
            raise UnclearAmount(_("The digits of this number are not in groups of three."))
        number = _BLANKS.sub("", number)
    points, commas = number.count("."), number.count(",")
    if not points and not commas:
        return number
    decimal = sign or _sign_within(number)
    if not decimal:
        raise UnclearAmount(_both_readings(number))
    return _with_point(number, decimal)


def _sign_within(number: str) -> DecimalSign:
    """The sign that parts the decimals of this number, as far as that can be seen; else ""."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "," if number.rindex(",") > number.rindex(".") else "."
    mark: DecimalSign = "." if points else ","
    other: DecimalSign = "," if points else "."
    if points + commas > 1:
        return other
    whole, rest = number.split(mark)
    could_be_group = len(rest) == 3 and 1 <= len(whole.lstrip("-")) <= 3 and whole[0] != "0"
    return "" if could_be_group else mark


def _with_point(number: str, decimal: str) -> str:
    group = "," if decimal == "." else "."
    whole, _mark, rest = number.partition(decimal)
    groups = whole.split(group)
    is_grouped = 1 <= len(groups[0]) <= 3 and all(len(part) == 3 for part in groups[1:])
    if group in rest or decimal in rest or (len(groups) > 1 and not is_grouped):
        message = _("This is no number with “%(sign)s” before the decimals.")
        raise UnclearAmount(message % {"sign": decimal})
    plain = "".join(groups)
    return f"{plain}.{rest}" if rest else plain


def _both_readings(number: str) -> str:
    large = number.replace(",", "").replace(".", "")
    small = number.replace(",", ".")
    message = _("This may be %(small)s or %(large)s. Write %(large)s, or %(small)s0.")
    return message % {"small": small, "large": large}


def decimal_sign(texts: Iterable[object]) -> DecimalSign:
    """The sign that all those texts use that leave no doubt; "" when none does, or they disagree."""
    found: set[DecimalSign] = set()
    for text in texts:
        amount = _AMOUNT.fullmatch(text.strip()) if isinstance(text, str) else None
        if amount is None:
            continue
        number = _BLANKS.sub("", amount["digits"])
        if "." in number or "," in number:
            found.add(_sign_within(number))
    found.discard("")
    return found.pop() if len(found) == 1 else ""
