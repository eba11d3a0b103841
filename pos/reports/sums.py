"""What was summed, and what follows from it: each figure of the shop has its one definition here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.conf import settings

from pos.money import HUNDRED, currency_decimals, quantise


class Sums:
    """The measures of one fact as attributes: Decimal, or int for counts; 0 where there is nothing.

    A measure that the fact does not have raises AttributeError, and so does what follows from it.
    """

    __slots__ = ("_places", "_values")

    def __init__(
        self, places: Mapping[str, int], values: Sequence[int | Decimal | None] = ()
    ) -> None:
        """`places`: decimals of each measure (0: a count); `values`: its integers, in that order."""
        self._places = places
        self._values = dict.fromkeys(places, 0)
        if values:
            found = (int(value or 0) for value in values)
            self._values = dict(zip(places, found, strict=True))

    def __getattr__(self, name: str) -> Decimal:
        if name.startswith("_") or name not in self._places:
            raise AttributeError(name)
        value, places = self._values[name], self._places[name]
        # A count is an int, for whoever asks; to the type checker all are amounts.
        return Decimal(value).scaleb(-places) if places else value  # type: ignore[return-value]

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(self._places)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self._places, [value + other._values[name] for name, value in self._values.items()]
        )

    def __sub__(self, other: Sums) -> Sums:
        return Sums(
            self._places, [value - other._values[name] for name, value in self._values.items()]
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sums):
            return NotImplemented
        return (self._places, self._values) == (other._places, other._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.values()))

    def __bool__(self) -> bool:
        return any(self._values.values())

    def __repr__(self) -> str:
        told = self._values.items()
        return (
            f"Sums({', '.join(f'{name}={getattr(self, name)}' for name, value in told if value)})"
        )

    @property
    def sales(self) -> Decimal:
        """What customers paid or owe for what they keep: total less refunds."""
        return self.total - self.refund_total

    @property
    def net_sales(self) -> Decimal:
        """The same before tax."""
        return self.net - self.refund_net

    @property
    def gross_sales(self) -> Decimal:
        """With tax, before cash rounding."""
        return self.gross - self.refund_gross

    @property
    def tax_due(self) -> Decimal:
        return self.tax - self.refund_tax

    @property
    def cost_of_sales(self) -> Decimal:
        """Cost of what was sold, less what went back on the shelf."""
        return self.cost - self.refund_cost

    @property
    def profit(self) -> Decimal:
        return self.net_sales - self.cost_of_sales

    @property
    def margin(self) -> Decimal | None:
        """Profit in percent of net sales, one decimal; None where nothing was earned."""
        earned = self.net_sales
        return quantise(self.profit * HUNDRED / earned, 1) if earned > 0 else None

    @property
    def average(self) -> Decimal:
        """What an order came to, in the currency's decimals; 0 without orders."""
        decimals = currency_decimals(settings.POS_CURRENCY)
        return quantise(self.total / self.orders, decimals) if self.orders else self.total * 0

    @property
    def items_per_order(self) -> Decimal | None:
        """Pieces (or kilograms) of one order, one decimal; None without orders."""
        return quantise(self.quantity / self.orders, 1) if self.orders else None

    @property
    def quantity_sold(self) -> Decimal:
        """What was sold and did not come back."""
        return self.quantity - self.refund_quantity

    @property
    def kept(self) -> Decimal:
        """Money received less what was given back."""
        return self.received - self.given_back
