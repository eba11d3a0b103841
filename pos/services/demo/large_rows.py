"""Rows of ready sales as the database stores them: whole numbers and text, no objects.

The figures are those of pricing.price_cart and the rows those of services.orders.complete_order;
the tests compare them field by field. Only what the large shop sells is covered: prices include
tax, one rate per product, tax rounded on every line, no discount on the whole order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from pos.models import (
    Order,
    OrderLine,
    OrderTax,
    Payment,
    Product,
    RoundingLevel,
    StockMovement,
    Store,
)
from pos.money import MONEY_PLACES, currency_decimals, half_up
from pos.services.bulk_rows import insert_ready_rows

Row = tuple[Any, ...]

ORDER_COLUMNS = (
    *("id", "key", "request_hash", "number", "sequence", "status", "payment_status"),
    *("delivery_status", "store_id", "register_id", "session_id", "seller_id", "customer_id"),
    *("label", "held_by_id", "held_at", "note", "void_reason", "prices_include_tax"),
    *("rounding_level", "order_discount_percent", "order_discount_amount", "subtotal_amount"),
    *("discount_amount", "net_amount", "tax_amount", "gross_amount", "rounding_amount"),
    *("total_amount", "paid_amount", "refunded_amount", "delivery_address", "deliver_on"),
    *("delivery_note", "created_at", "completed_at", "sold_on", "print_count"),
)
LINE_COLUMNS = (
    *("order_id", "position", "kind", "product_id", "code", "name", "size", "quantity"),
    *("list_price", "unit_price", "unit_cost", "subtotal_amount", "discount_percent"),
    *("discount_amount", "order_discount_amount", "net_amount", "tax_amount", "gross_amount"),
    *("taxes", "has_own_discount", "note", "refunded_quantity"),
)
TAX_COLUMNS = ("order_id", "name", "percent", "net_amount", "tax_amount")
PAYMENT_COLUMNS = (
    *(
        "order_id",
        "store_id",
        "method_id",
        "session_id",
        "amount",
        "tendered_amount",
        "change_amount",
    ),
    *("reference", "received_by_id", "received_at", "received_on"),
)
_SALES = """
INSERT INTO {movement} (product_id, store_id, kind, quantity, order_id, unit_cost, reason, note,
    created_by_id, created_at)
SELECT line.product_id, sold.store_id, 'sale', -line.quantity, sold.id, line.unit_cost, '', '',
    sold.seller_id, sold.completed_at
FROM {order} sold JOIN {line} line ON line.order_id = sold.id
WHERE sold.id BETWEEN %s AND %s ORDER BY line.id
"""


@dataclass(frozen=True, slots=True)
class Article:
    """What a line copies from its product. Money in 10^-4 and units of the currency."""

    pk: int
    code: str
    name: str
    size: str
    is_weighed: bool
    price: int
    price_units: int
    cost: int
    rate: int
    tax_name: str
    taxes: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be; `row` lacks the order and the position. Amounts in units of the currency."""

    row: Row
    subtotal: int
    discount: int
    net: int
    tax: int


class Currency:
    """Units (cents) to the stored integer and to text."""

    def __init__(self) -> None:
        self.decimals = currency_decimals(settings.POS_CURRENCY)
        self.factor: int = 10 ** (MONEY_PLACES - self.decimals)
        self.unit: int = 10**self.decimals

    def text(self, units: int) -> str:
        if not self.decimals:
            return str(units)
        return f"{units // self.unit}.{units % self.unit:0{self.decimals}d}"


def article(product: Product, currency: Currency) -> Article:
    """Raises ValueError for a price between two units, or for two taxes at once."""
    rate = product.tax_rate
    if rate is None or rate.combined_with_id:
        raise ValueError(f"{product} must have one tax rate")
    price = int(product.price.scaleb(MONEY_PLACES))
    if price % currency.factor:
        raise ValueError(f"{product} has a price that cannot be paid")
    return Article(
        pk=product.pk,
        code=product.code,
        name=product.name,
        size=product.size,
        is_weighed=product.is_weighed,
        price=price,
        price_units=price // currency.factor,
        cost=int(product.cost.scaleb(MONEY_PLACES)),
        rate=int(rate.percent.scaleb(3)),
        tax_name=rate.name,
        taxes=f'[["{rate.name}", "{rate.percent.normalize():f}", "',
    )


def line(
    sold: Article, quantity: int, percent: int | None, is_own: bool, currency: Currency
) -> Line:
    """`quantity` in thousandths; `percent` in thousandths of a percent, the seller's if `is_own`."""
    factor = currency.factor
    subtotal = half_up(sold.price_units * quantity, 1000)
    discount = half_up(subtotal * percent, 100_000) if percent else 0
    gross = subtotal - discount
    tax = half_up(gross * sold.rate, 100_000 + sold.rate)
    net = gross - tax
    row = (
        *("product", sold.pk, sold.code, sold.name, sold.size, quantity, sold.price, sold.price),
        *(sold.cost, subtotal * factor, percent, discount * factor, 0, net * factor),
        *(tax * factor, gross * factor, f'{sold.taxes}{currency.text(tax)}"]]', is_own, "", 0),
    )
    return Line(row, subtotal, discount, net, tax)


@dataclass(frozen=True, slots=True)
class Head:
    """What an order has beside its lines."""

    pk: int
    key: str
    number: str
    sequence: int
    store: Store
    register_id: int
    session_id: int
    seller_id: int
    customer_id: int | None
    at: str
    sold_on: str
    method_id: int | None
    tendered: int | None  # None: exactly what is due


class Buffer:
    """Rows of many orders, written table by table."""

    def __init__(self, currency: Currency) -> None:
        self.currency = currency
        self.orders: list[Row] = []
        self.lines: list[Row] = []
        self.taxes: list[Row] = []
        self.payments: list[Row] = []

    def add(self, head: Head, sold: Sequence[tuple[Article, Line]]) -> int:
        """Add an order; returns its total in units."""
        factor = self.currency.factor
        subtotal = discount = net = tax = 0
        rates: dict[tuple[str, int], list[int]] = {}
        for place, (what, each) in enumerate(sold, start=1):
            self.lines.append((head.pk, place, *each.row))
            subtotal += each.subtotal
            discount += each.discount
            net += each.net
            tax += each.tax
            sums = rates.setdefault((what.tax_name, what.rate), [0, 0])
            sums[0] += each.net
            sums[1] += each.tax
        for (name, rate), (of_net, of_tax) in rates.items():
            self.taxes.append((head.pk, name, rate, of_net * factor, of_tax * factor))
        total = net + tax
        paid = total if head.method_id else 0
        amounts = (subtotal, discount, net, tax, total, 0, total, paid)
        self.orders.append(self._order(head, [units * factor for units in amounts], total == paid))
        if head.method_id:
            self._pay(head, total)
        return total

    def _order(self, head: Head, amounts: Iterable[int], is_paid: bool) -> Row:
        state = Order.PaymentStatus.PAID if is_paid else Order.PaymentStatus.UNPAID
        return (
            *(head.pk, head.key, "", head.number, head.sequence, "completed", state.value, "none"),
            *(head.store.pk, head.register_id, head.session_id, head.seller_id, head.customer_id),
            *("", None, None, "", "", True, RoundingLevel.LINE.value, None, 0, *amounts),
            *(0, "", None, "", head.at, head.at, head.sold_on, 0),
        )

    def _pay(self, head: Head, total: int) -> None:
        factor = self.currency.factor
        tendered = total if head.tendered is None else max(total, head.tendered)
        self.payments.append(
            (
                *(head.pk, head.store.pk, head.method_id, head.session_id, total * factor),
                *(tendered * factor, (tendered - total) * factor, "", head.seller_id, head.at),
                head.sold_on,
            )
        )

    def write(self) -> None:
        """Write everything, the stock movements too, and start anew."""
        if not self.orders:
            return
        first, last = self.orders[0][0], self.orders[-1][0]
        insert_ready_rows(Order, ORDER_COLUMNS, self.orders)
        insert_ready_rows(OrderLine, LINE_COLUMNS, self.lines)
        insert_ready_rows(OrderTax, TAX_COLUMNS, self.taxes)
        insert_ready_rows(Payment, PAYMENT_COLUMNS, self.payments)
        tables = {"movement": StockMovement, "order": Order, "line": OrderLine}
        names = {key: model._meta.db_table for key, model in tables.items()}
        with connection.cursor() as cursor:
            cursor.execute(_SALES.format(**names), [first, last])
        for rows in (self.orders, self.lines, self.taxes, self.payments):
            rows.clear()


class Clock:
    """Moments of a store's day as the database stores them."""

    def __init__(self, store: Store, day: date) -> None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(store.time_zone))
        offset = midnight.replace(hour=12).utcoffset()
        assert offset is not None
        self._behind = int(offset.total_seconds())
        self._day = day.isoformat()
        self._ending = "+00" if connection.vendor == "postgresql" else ""

    def text(self, second: int) -> str:
        """A moment in opening hours, in seconds since midnight by the store's clock."""
        second -= self._behind
        hours, minutes = second // 3600, second // 60 % 60
        return f"{self._day} {hours:02d}:{minutes:02d}:{second % 60:02d}{self._ending}"
