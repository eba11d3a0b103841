"""Rows of a sales file as baskets, checked on their own: no look at the database.

One row is one line of one order. The rows of an order stand together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from pos import money
from pos.money import MAX_MONEY, QUANTITY_PLACES, ZERO, AmountError

from ..import_rows import SHOWN, RowError, is_blank

NEEDED = (
    *("basket_id", "store_id", "transaction_timestamp"),
    *("code", "quantity", "sales_value"),
)
COLUMNS = (*NEEDED, "household_id", "retail_disc", "coupon_disc")
FIRST_ROW = 2  # as a spreadsheet counts: the heading is row 1
EARLIEST = 1970
MOST_LINES = 32_767
# From so many on, at less than the smallest coin each, a quantity counts thousandths: fuel.
THOUSANDTHS_FROM = 100
_NAME = re.compile(r"[A-Za-z0-9._-]{1,24}")
_HOUSEHOLD = 100
_KNOWN_NUMBERS = 20_000

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SoldRow:
    """What one row says. Quantity in thousandths; amounts in units (cents) of the currency."""

    row: int
    code: str
    quantity: int
    value: int
    off: int


@dataclass(slots=True)
class Basket:
    """One order to be. `coupons` in units (cents): what a coupon paid of `value`."""

    row: int
    name: str
    store: str = ""
    household: str = ""
    moment: str = ""
    lines: list[SoldRow] = field(default_factory=list)
    coupons: int = 0
    rows: int = 0
    empty_rows: int = 0
    counted_as_one: int = 0
    counted_in_thousandths: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def value(self) -> int:
        return sum(line.value for line in self.lines)

    @property
    def is_empty(self) -> bool:
        """Nothing was sold and nothing paid."""
        return not self.lines and not self.coupons and not self.errors

    def refuse(self, column: str, value: object, message: object, *, row: int = 0) -> None:
        text = str(value)
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        self.errors.append(RowError(row or self.row, column, shown, str(message)))


class BasketReader:
    """Reads baskets in the shop's currency."""

    def __init__(self, *, decimals: int) -> None:
        self._seen: set[str] = set()
        self.largest = int(MAX_MONEY * 10**decimals)
        # The same few numbers stand in most rows: each is read once.
        self.amount = _remembered(
            lambda text: money.to_units(money.parse_amount(text, decimals=decimals), decimals)
        )
        self.quantity = _remembered(
            lambda text: money.to_units(money.parse_quantity(text, minimum=ZERO), QUANTITY_PLACES)
        )

    def baskets(self, rows: Iterable[Cells]) -> Iterator[Basket]:
        """Every basket with its errors, if any; one at a time."""
        numbered = (
            (number, cells)
            for number, cells in enumerate(rows, start=FIRST_ROW)
            if not is_blank(cells)
        )
        for name, group in groupby(numbered, key=lambda each: _cell(each[1], "basket_id")):
            yield self._basket(name, group)

    def _basket(self, name: str, group: Iterator[tuple[int, Cells]]) -> Basket:
        basket = Basket(0, name)
        for number, cells in group:
            if not basket.rows:
                self._begin(basket, number, cells)
            basket.rows += 1
            self._read_row(basket, number, cells)
        if len(basket.lines) > MOST_LINES or basket.value > self.largest:
            basket.refuse("basket_id", name, _("This order is too large."))
        elif basket.coupons > basket.value:
            message = _("The coupons are worth more than the whole order.")
            basket.refuse("coupon_disc", name, message)
        return basket

    def _begin(self, basket: Basket, number: int, cells: Cells) -> None:
        basket.row = number
        basket.store = _cell(cells, "store_id")
        basket.household = _cell(cells, "household_id")
        basket.moment = _cell(cells, "transaction_timestamp")
        if not _NAME.fullmatch(basket.name):
            message = _("An order needs a number: up to 24 letters, digits, points and dashes.")
            basket.refuse("basket_id", basket.name, message)
        elif basket.name in self._seen:
            message = _("This order stands further up already. Its rows must stand together.")
            basket.refuse("basket_id", basket.name, message)
        if len(basket.household) > _HOUSEHOLD:
            basket.refuse("household_id", basket.household, _("This is too long."))
        self._seen.add(basket.name)

    def _read_row(self, basket: Basket, number: int, cells: Cells) -> None:
        if extra := cells.get(""):
            basket.refuse("", extra, _("This row has more cells than the heading."), row=number)
        own = (
            ("store_id", basket.store),
            ("household_id", basket.household),
            ("transaction_timestamp", basket.moment),
        )
        for column, first in own:
            if (text := _cell(cells, column)) != first:
                message = _("The first row of this order says “%(first)s”.") % {"first": first}
                basket.refuse(column, text, message, row=number)
        errors = len(basket.errors)
        code = _cell(cells, "code")
        if not code:
            basket.refuse("code", "", _("Which product was it?"), row=number)
        quantity = self._number(basket, number, cells, "quantity", self.quantity)
        value = self._number(basket, number, cells, "sales_value", self.amount)
        off = self._number(basket, number, cells, "retail_disc", self.amount, "0")
        basket.coupons += self._number(basket, number, cells, "coupon_disc", self.amount, "0")
        if len(basket.errors) == errors:
            self._add(basket, SoldRow(number, code, quantity, value, off))

    @staticmethod
    def _number(
        basket: Basket,
        number: int,
        cells: Cells,
        column: str,
        read: Callable[[str], int | str],
        missing: str = "",
    ) -> int:
        text = _cell(cells, column) or missing
        value = read(text)
        if isinstance(value, int):
            return value
        basket.refuse(column, text, value, row=number)
        return 0

    @staticmethod
    def _add(basket: Basket, line: SoldRow) -> None:
        quantity, before = line.quantity, line.value + line.off
        if not quantity and not before:
            basket.empty_rows += 1
            return
        if not quantity:
            basket.counted_as_one += 1
            quantity = 1000
        pieces, rest = divmod(quantity, 1000)
        if before and pieces >= THOUSANDTHS_FROM and not rest and before < pieces:
            basket.counted_in_thousandths += 1
            quantity = pieces
        basket.lines.append(SoldRow(line.row, line.code, quantity, line.value, line.off))


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """A date and time of day by the store's clock (or with its own offset); None for no such thing.

    An hour that the clock shows twice is its first; one that it skips is an hour later.
    """
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.year >= EARLIEST and len(text) > len("2017-01-01") else None


def _cell(cells: Cells, column: str) -> str:
    return str(cells.get(column) or "").strip()


def _remembered(read: Callable[[str], int]) -> Callable[[str], int | str]:
    """The number in a text, or what is wrong with it."""

    @lru_cache(maxsize=_KNOWN_NUMBERS)
    def remembered(text: str) -> int | str:
        try:
            return read(text)
        except AmountError as error:
            return str(error)

    found: Any = remembered
    return found  # type: ignore[no-any-return]
