"""A number cell as the person sees it: plain, a date, a percentage, or a code with zeros before it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation, localcontext

from django.utils.translation import gettext_lazy as _

from .cells import Cell, UnusableCell

_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENTS = {9, 10}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_SIGNS = re.compile(r"[dmyhs]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,}")
_EXACT_DIGITS = 15  # a spreadsheet shows no more; the others are noise of binary fractions
_MAX_EXPONENT = 30
_DAYS_1904 = 1462
_DAYS_LAST = 2_958_465  # 9999-12-31
_SECONDS = 86_400

Style = str  # "", "date", "percent", or zeros: a code of that many digits


def style_of(format_id: int, code: str) -> Style:
    """What a number format makes of a number. `code` is empty for those that every program knows."""
    if not code:
        if format_id in _DATES:
            return "date"
        return "percent" if format_id in _PERCENTS else ""
    plain = _QUOTED.sub("", code.split(";")[0])
    if _ZEROS.fullmatch(plain):
        return plain
    if "%" in plain:
        return "percent"
    if plain.casefold() == "general" or "general" in plain.casefold():
        return ""
    return "date" if _DATE_SIGNS.search(plain) else ""


def number(text: str) -> int | Decimal | UnusableCell:
    """The number that a spreadsheet shows for the digits it has stored."""
    if text.isdigit() and text.isascii() and len(text) <= _EXACT_DIGITS:
        return int(text)
    try:
        value = Decimal(text)
        if not value.is_finite() or abs(value.adjusted()) > _MAX_EXPONENT:
            raise InvalidOperation
    except InvalidOperation:
        return UnusableCell(text[:100], _("This cell holds no number that can be read."))
    exact = value.as_tuple()
    if len(exact.digits) > _EXACT_DIGITS and value != value.to_integral_value():
        with localcontext() as context:
            context.prec = _EXACT_DIGITS
            value = +value
    if value == value.to_integral_value():
        return int(value)
    return value.normalize()


def shown(text: str, style: Style, is_1904: bool) -> Cell:
    """The cell that the stored number `text` is in a format of that style."""
    value = number(text)
    if isinstance(value, UnusableCell) or not style:
        return value
    if style == "date":
        return _moment(Decimal(value), is_1904)
    if style == "percent":
        percent = Decimal(value) * 100
        return f"{percent.normalize():f}%"
    if isinstance(value, int) and value >= 0:
        return str(value).zfill(len(style))
    return value


def _moment(serial: Decimal, is_1904: bool) -> Cell:
    """A date, or a date with a time of day; a time of day alone as text."""
    days = int(serial // 1)
    seconds = int(((serial - days) * _SECONDS).to_integral_value())
    if 0 <= serial < 1 and seconds and not is_1904:
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if is_1904:
        days += _DAYS_1904
    if not 1 <= days <= _DAYS_LAST:
        return UnusableCell(f"{serial:f}", _("This cell holds no date that can be read."))
    # Excel believes in 29 February 1900: days before are one off, and that day is none.
    day = date(1899, 12, 31 if days < 60 else 30) + timedelta(days=days)
    if not seconds:
        return day
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001
