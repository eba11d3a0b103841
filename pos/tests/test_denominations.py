"""Coins and notes: what a drawer is counted in, and what they come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pos.denominations import IN_USE, pieces, worth
from pos.money import AmountError, currency_decimals


@pytest.mark.parametrize(
    ("currency", "first", "last"),
    [
        ("EUR", ["500", "200", "100"], ["0.05", "0.02", "0.01"]),
        ("USD", ["100", "50", "20"], ["0.10", "0.05", "0.01"]),
        ("GBP", ["50", "20", "10"], ["0.05", "0.02", "0.01"]),
        ("CHF", ["1000", "200", "100"], ["0.20", "0.10", "0.05"]),
        ("JPY", ["10000", "5000", "2000"], ["10", "5", "1"]),
        ("INR", ["500", "200", "100"], ["5", "2", "1"]),
        ("KWD", ["20", "10", "5"], ["0.020", "0.010", "0.005"]),
        ("ISK", ["5000", "2000", "1000"], ["5", "2", "1"]),  # not listed: steps of 5, 2 and 1
    ],
)
def test_pieces_follow_the_currency(currency: str, first: list[str], last: list[str]) -> None:
    texts = [piece.text for piece in pieces(currency)]
    assert (texts[:3], texts[-3:]) == (first, last)


@pytest.mark.parametrize("currency", [*IN_USE, "ISK", "VND", "TND", "UYU"])
def test_every_list_runs_from_the_largest_note_to_the_smallest_coin(currency: str) -> None:
    found = pieces(currency)
    values = [piece.value for piece in found]
    assert values == sorted(set(values), reverse=True)
    assert [piece.is_note for piece in found] == sorted(
        (piece.is_note for piece in found), reverse=True
    )
    decimals = currency_decimals(currency)
    for piece in found:
        assert Decimal(piece.text) == piece.value > 0
        assert -int(piece.value.as_tuple().exponent) <= decimals or piece.value == int(piece.value)


def test_pieces_come_to_their_sum() -> None:
    counted = {"50": 1, "20": 2, "0.10": 73, "0.05": 2, "0.01": 0}
    assert worth(counted, "EUR") == Decimal("97.40")
    assert worth({"0.005": 3}, "KWD") == Decimal("0.015")
    assert worth({}, "EUR") == 0


@pytest.mark.parametrize(
    ("counted", "code", "words"),
    [
        ({"25": 1}, "unknown_piece", "There is no coin or note of 25."),
        ({"0.1": 1}, "unknown_piece", "There is no coin or note of 0.1."),
        ({"50": -1}, "not_a_number", "Enter how many pieces of 50 there are, in digits."),
        ({"50": 1_000_000}, "not_a_number", "Enter how many pieces of 50 there are, in digits."),
        ({"50": True}, "not_a_number", "Enter how many pieces of 50 there are, in digits."),
        ({"50": "3"}, "not_a_number", "Enter how many pieces of 50 there are, in digits."),
    ],
)
def test_what_nobody_can_have_counted_is_refused(
    counted: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(AmountError) as caught:
        worth(counted, "EUR")
    assert (caught.value.code, str(caught.value)) == (code, words)
