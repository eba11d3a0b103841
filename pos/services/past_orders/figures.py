"""A past line's figures in whole numbers, from what was paid: value → price, discount, tax.

sales_value is what the shop received for the line, tax inside; retail_disc is what it took off
before. So subtotal = value + discount and gross = value, to the cent. The unit price is the one with
four decimals that gives the subtotal; where none does, the next higher, and the rest is discount.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from pos import money
from pos.models import Product
from pos.money import MONEY_PLACES, currency_decimals, half_up

from .reading import SoldRow

RATE_SCALE = 100_000
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax: percent in thousandths, and as text."""

    name: str
    percent: int
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """What a line copies from its product. `cost` in 10^-4 of the currency."""

    pk: int
    code: str
    name: str
    size: str
    cost: int
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Quantity in thousandths, price in 10^-4, amounts in units (cents); one tax per rate."""

    sold: Article
    quantity: int
    price: int
    subtotal: int
    discount: int
    net: int
    taxes: tuple[int, ...]

    @property
    def tax(self) -> int:
        return sum(self.taxes)


class Currency:
    """Units (cents) to the stored integer and to text."""

    def __init__(self) -> None:
        self.decimals = currency_decimals(settings.POS_CURRENCY)
        self.factor: int = 10 ** (MONEY_PLACES - self.decimals)

    def text(self, units: int) -> str:
        return f"{money.from_units(units, self.decimals):f}"

    def line(self, sold: Article, row: SoldRow) -> Line:
        price, subtotal = self._price(row.value + row.off, row.quantity)
        rates = [rate.percent for rate in sold.rates]
        whole = sum(rates)
        tax = half_up(row.value * whole, RATE_SCALE + whole)
        if len(rates) == 1:
            taxes = [tax]
        else:
            taxes = money.apportion(tax, [tax * rate for rate in rates], whole or 1)
        return Line(
            sold=sold,
            quantity=row.quantity,
            price=price,
            subtotal=subtotal,
            discount=subtotal - row.value,
            net=row.value - tax,
            taxes=tuple(taxes),
        )

    def _price(self, subtotal: int, quantity: int) -> tuple[int, int]:
        """The unit price, and the subtotal that comes of it: never less than asked for."""
        whole = subtotal * self.factor * THOUSAND
        price = half_up(whole, quantity)
        if half_up(price * quantity, THOUSAND * self.factor) != subtotal:
            price = -(-whole // quantity)
        return price, half_up(price * quantity, THOUSAND * self.factor)


def article(product: Product, *, with_tax: bool) -> Article:
    """What lines copy from `product`, whose tax rate is loaded with the one charged beside it."""
    rate = product.tax_rate if with_tax else None
    both = [each for each in (rate, rate and rate.combined_with) if each]
    return Article(
        pk=product.pk,
        code=product.code,
        name=product.name,
        size=product.size,
        cost=money.to_units(product.cost, MONEY_PLACES),
        rates=tuple(
            Rate(each.name, money.to_units(each.percent, 3), f"{each.percent.normalize():f}")
            for each in both
        ),
    )


def taxes_json(line: Line, currency: Currency) -> str:
    """[name, percent, tax] of each rate, as an order line keeps them."""
    parts: Sequence[tuple[Rate, int]] = list(zip(line.sold.rates, line.taxes, strict=True))
    return json.dumps([[rate.name, rate.text, currency.text(tax)] for rate, tax in parts])
