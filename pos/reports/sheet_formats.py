"""How the cells of a spreadsheet look, and what a cell and the name of a sheet may hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_symbol
from django.conf import settings
from django.utils.translation import get_language

from pos.money import babel_locale, currency_decimals
from pos.text import REPLACEMENT

HEAD = "head"
NOTE_WIDTH = 90
LONGEST_CELL = 32_000  # Excel's end is 32,767
LONGEST_NAME = 31
# XML holds none of these; other controls xlsxwriter escapes.
_UNSTORABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_UNNAMEABLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_AMOUNT = re.compile(r"[#,]*0(?:\.0*)?")


@lru_cache(maxsize=32)
def money_format(currency: str, language: str) -> str:
    """Excel's pattern for amounts, as the language writes them: ``"$"#,##0.00``, ``#,##0.00 "€"``."""
    locale = babel_locale(language)
    decimals = currency_decimals(currency)
    amount = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    pattern = locale.currency_formats["standard"].pattern.split(";")[0]
    symbol = get_currency_symbol(currency, locale=locale).replace('"', "")
    if symbol[-1:].isalpha() and pattern.startswith("¤") and not pattern[1:2].isspace():
        symbol += "\u00a0"  # KWD 1.500
    return _AMOUNT.sub(amount, pattern, count=1).replace("¤", f'"{symbol}"')


def book_formats(book: Any) -> dict[str, Any]:
    """By kind of column; `whole_` without decimals, `total_` for the row of totals."""
    money = money_format(settings.POS_CURRENCY, get_language() or "en")
    patterns: dict[str, dict[str, Any]] = {
        "text": {"num_format": "@"},
        "code": {"num_format": "@"},
        "money": {"num_format": money},
        "quantity": {"num_format": "#,##0.0##"},
        "whole_quantity": {"num_format": "#,##0"},
        "percent": {"num_format": "0.0##%"},
        "whole_percent": {"num_format": "0%"},
        "count": {"num_format": "#,##0"},
        "date": {"num_format": "yyyy-mm-dd"},
        "datetime": {"num_format": "yyyy-mm-dd hh:mm:ss"},
        "bool": {},
    }
    total = {"bold": True, "top": 1}
    formats = {name: book.add_format({**look, "valign": "top"}) for name, look in patterns.items()}
    formats |= {
        f"total_{name}": book.add_format({**look, **total}) for name, look in patterns.items()
    }
    formats[HEAD] = book.add_format({"bold": True, "bottom": 1})
    formats["head_right"] = book.add_format({"bold": True, "bottom": 1, "align": "right"})
    return formats


def storable(text: str) -> str:
    """The text as a cell can hold it: no sign that breaks the file, not too long."""
    if not text.isprintable():
        text = _UNSTORABLE.sub(REPLACEMENT, text)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def sheet_name(title: str, number: int = 1) -> str:
    """A name that Excel takes, with "(2)" and so on from the second sheet."""
    end = f" ({number})" if number > 1 else ""
    name = _UNNAMEABLE.sub(" ", storable(title)).strip(" '")[: LONGEST_NAME - len(end)].strip(" '")
    return f"{name or number}{end}"
