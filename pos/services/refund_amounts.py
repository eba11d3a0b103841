"""What a part of a line sold is worth: parts that come back add up to the line exactly, per tax too.

Nothing is remembered: a part is what all of the first x pieces are worth, less what those before it
were. So the parts may come in any sizes and any order, and the last one takes the remainder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings

from pos.models import OrderLine
from pos.money import ZERO, currency_decimals, from_units, half_up, to_units

TaxKey = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """net + tax = gross; `taxes`: (name, percent as text, tax) of each rate, Σ = tax."""

    net: Decimal
    tax: Decimal
    taxes: tuple[tuple[str, str, Decimal], ...]

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def tax_rows(self) -> list[list[str]]:
        """As a line keeps them."""
        return [[name, percent, str(tax)] for name, percent, tax in self.taxes]


def part_of(line: OrderLine, quantity: Decimal, *, prices_include_tax: bool) -> Part:
    """What `quantity` more of the line is worth, after `line.refunded_quantity` came back before.

    Discounts are in it: shares are of what the line came to. Never below zero.
    """
    before = _first(line, line.refunded_quantity, prices_include_tax)
    after = _first(line, line.refunded_quantity + quantity, prices_include_tax)
    decimals = currency_decimals(settings.POS_CURRENCY)
    net, *taxes = [from_units(new - old, decimals) for new, old in zip(after, before, strict=True)]
    rates = [(str(name), str(percent)) for name, percent, _tax in line.taxes]
    rows = tuple((name, percent, tax) for (name, percent), tax in zip(rates, taxes, strict=True))
    return Part(net, sum(taxes, ZERO), rows)


def _first(line: OrderLine, quantity: Decimal, prices_include_tax: bool) -> list[int]:
    """Net and each tax of the first `quantity`, in the smallest units.

    What the customer reads is rounded first (gross where prices include tax, else net), then the tax
    on it, then each rate: every step rounds a share of the step before, so none ever goes down.
    """
    decimals = currency_decimals(settings.POS_CURRENCY)
    net, tax = to_units(line.net_amount, decimals), to_units(line.tax_amount, decimals)
    share = Fraction(quantity) / Fraction(line.quantity)
    base = net + tax if prices_include_tax else net
    base_part = _round(base * share)
    tax_part = _round(Fraction(tax * base_part, base)) if base else _round(tax * share)
    rates = _split(tax_part, [to_units(Decimal(each[2]), decimals) for each in line.taxes])
    return [base_part - tax_part if prices_include_tax else base_part, *rates]


def _split(part: int, rates: Sequence[int]) -> list[int]:
    """`part` of Σ rates, rate by rate from the last: what is left shrinks with its own share."""
    found: list[int] = []
    for place in range(len(rates) - 1, -1, -1):
        rest, whole = sum(rates[:place]), sum(rates[: place + 1])
        left = _round(Fraction(rest * part, whole)) if whole else 0
        found.insert(0, part - left)
        part = left
    return found


def _round(value: Fraction) -> int:
    return half_up(value.numerator, value.denominator)


def taxes_of_parts(
    parts: Iterable[tuple[Any, Decimal]],
) -> list[tuple[str, str, Decimal, Decimal]]:
    """(name, percent, net, tax) per rate over (tax rows of a line, net of that line)."""
    sums: dict[TaxKey, tuple[Decimal, Decimal]] = {}
    for rows, net in parts:
        for name, percent, tax in rows:
            net_before, tax_before = sums.get((name, percent), (ZERO, ZERO))
            sums[(name, percent)] = (net_before + net, tax_before + Decimal(tax))
    return [(name, percent, net, tax) for (name, percent), (net, tax) in sums.items()]
