"""Coins and notes in use, by currency: what a drawer is counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .money import ZERO, AmountError, amount_text, currency_decimals

MOST_PIECES = 999_999
# Notes, then coins, largest first. What is both (10 rupees) is counted together, as a note.
IN_USE = {
    "AED": ("1000 500 200 100 50 20 10 5", "1 0.50 0.25"),
    "AUD": ("100 50 20 10 5", "2 1 0.50 0.20 0.10 0.05"),
    "BRL": ("200 100 50 20 10 5 2", "1 0.50 0.25 0.10 0.05"),
    "CAD": ("100 50 20 10 5", "2 1 0.25 0.10 0.05"),
    "CHF": ("1000 200 100 50 20 10", "5 2 1 0.50 0.20 0.10 0.05"),
    "CNY": ("100 50 20 10 5", "1 0.50 0.10"),
    "CZK": ("5000 2000 1000 500 200 100", "50 20 10 5 2 1"),
    "DKK": ("1000 500 200 100 50", "20 10 5 2 1 0.50"),
    "EUR": ("500 200 100 50 20 10 5", "2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "GBP": ("50 20 10 5", "2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "HKD": ("1000 500 100 50 20", "10 5 2 1 0.50 0.20 0.10"),
    "INR": ("500 200 100 50 20 10", "5 2 1"),
    "JPY": ("10000 5000 2000 1000", "500 100 50 10 5 1"),
    "KRW": ("50000 10000 5000 1000", "500 100 50 10"),
    "KWD": ("20 10 5 1 0.500 0.250", "0.100 0.050 0.020 0.010 0.005"),
    "MXN": ("1000 500 200 100 50", "20 10 5 2 1 0.50"),
    "NOK": ("1000 500 200 100 50", "20 10 5 1"),
    "NZD": ("100 50 20 10 5", "2 1 0.50 0.20 0.10"),
    "PLN": ("500 200 100 50 20 10", "5 2 1 0.50 0.20 0.10 0.05 0.02 0.01"),
    "SEK": ("1000 500 200 100 50 20", "10 5 2 1"),
    "SGD": ("1000 100 50 10 5 2", "1 0.50 0.20 0.10 0.05"),
    "THB": ("1000 500 100 50 20", "10 5 2 1 0.50 0.25"),
    "TRY": ("200 100 50 20 10 5", "1 0.50 0.25 0.10"),
    "USD": ("100 50 20 10 5 2 1", "0.50 0.25 0.10 0.05 0.01"),
    "ZAR": ("200 100 50 20 10", "5 2 1 0.50 0.20 0.10"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A note or a coin. `text` is its value as it is written, and its name in a count: 50, 0.20."""

    value: Decimal
    text: str
    is_note: bool


@lru_cache(maxsize=32)
def pieces(currency: str) -> tuple[Piece, ...]:
    """Notes and coins of a currency, largest first; any other currency has steps of 5, 2 and 1."""
    decimals = currency_decimals(currency)
    if currency in IN_USE:
        notes, coins = (part.split() for part in IN_USE[currency])
        named = [(Decimal(text), True) for text in notes] + [
            (Decimal(text), False) for text in coins
        ]
    else:
        powers = range(3, -decimals - 1, -1)
        steps = [Decimal(step).scaleb(power) for power in powers for step in (5, 2, 1)]
        named = [(step, step >= 5) for step in steps]
    return tuple(Piece(value, _text(value, decimals), is_note) for value, is_note in named)


def _text(value: Decimal, decimals: int) -> str:
    return amount_text(value, 0 if value == value.to_integral_value() else decimals)


def worth(counted: Mapping[str, int], currency: str) -> Decimal:
    """What so many pieces (text of a piece -> how many) are worth together.

    Raises AmountError for a piece that the currency does not have (`unknown_piece`), and for a
    number of pieces that nobody can have counted (`not_a_number`).
    """
    values = {piece.text: piece.value for piece in pieces(currency)}
    total = ZERO
    for text, number in counted.items():
        if text not in values:
            message = _("There is no coin or note of {value}.")
            raise AmountError(format_lazy(message, value=text[:20]), "unknown_piece")
        if type(number) is not int or not 0 <= number <= MOST_PIECES:
            message = _("Enter how many pieces of {value} there are, in digits.")
            raise AmountError(format_lazy(message, value=text))
        total += values[text] * number
    return total
