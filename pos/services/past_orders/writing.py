"""Rows of past orders as the database stores them, written table by table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine, OrderTax, Payment, RoundingLevel

from ..bulk_rows import insert_ready_rows, reserve_ids
from .figures import Currency, Line, Rate, taxes_json
from .places import Place

# An order's place in its register's series: past every number that a till could reach, one range
# for each batch.
BATCH_RANGE = 10**9

ORDER_COLUMNS = (
    *("id", "key", "request_hash", "number", "sequence", "status", "payment_status"),
    *("delivery_status", "store_id", "register_id", "session_id", "seller_id", "customer_id"),
    *("batch_id", "label", "held_by_id", "held_at", "note", "void_reason"),
    *("prices_include_tax", "rounding_level", "order_discount_percent"),
    *("order_discount_amount", "subtotal_amount", "discount_amount", "net_amount", "tax_amount"),
    *("gross_amount", "rounding_amount", "total_amount", "paid_amount", "refunded_amount"),
    *("delivery_address", "deliver_on", "delivery_note", "created_at", "completed_at"),
    *("sold_on", "print_count", "public_token"),
)
LINE_COLUMNS = (
    *("order_id", "position", "kind", "product_id", "code", "name", "size", "quantity"),
    *("list_price", "unit_price", "unit_cost", "subtotal_amount", "discount_percent"),
    *("discount_amount", "order_discount_amount", "net_amount", "tax_amount", "gross_amount"),
    *("taxes", "has_own_discount", "note", "refunded_quantity"),
)
TAX_COLUMNS = ("order_id", "name", "percent", "net_amount", "tax_amount")
PAYMENT_COLUMNS = (
    *("order_id", "refund_id", "account_payment_id", "store_id", "method_id", "session_id"),
    *("amount", "tendered_amount", "change_amount", "reference"),
    *("received_by_id", "received_at", "received_on"),
)


@dataclass(frozen=True, slots=True)
class Head:
    """What an order has beside its lines. `coupons` in units (cents)."""

    key: UUID
    name: str
    place: Place
    at: datetime
    sold_on: date
    coupons: int


class Writer:
    """Writes the orders of one batch, a chunk at a time."""

    def __init__(
        self, *, batch_id: int, seller_id: int, method_id: int, currency: Currency
    ) -> None:
        self.batch_id, self.seller_id, self.method_id = batch_id, seller_id, method_id
        self.currency = currency
        self.written = 0
        self._coupons = _("Coupons")
        self._is_postgres = connection.vendor == "postgresql"
        self._orders: list[tuple[Any, ...]] = []
        self._lines: list[tuple[Any, ...]] = []
        self._taxes: list[tuple[Any, ...]] = []
        self._payments: list[tuple[Any, ...]] = []

    def write(self, orders: Sequence[tuple[Head, int | None, list[Line]]]) -> None:
        """(head, customer id, lines) of each order."""
        if not orders:
            return
        for pk, order in zip(reserve_ids(Order, len(orders)), orders, strict=True):
            self._add(pk, *order)
        insert_ready_rows(Order, ORDER_COLUMNS, self._orders)
        insert_ready_rows(OrderLine, LINE_COLUMNS, self._lines)
        insert_ready_rows(OrderTax, TAX_COLUMNS, self._taxes)
        insert_ready_rows(Payment, PAYMENT_COLUMNS, self._payments)
        for rows in (self._orders, self._lines, self._taxes, self._payments):
            rows.clear()

    def _add(self, pk: int, head: Head, customer_id: int | None, lines: list[Line]) -> None:
        factor = self.currency.factor
        subtotal = discount = net = tax = 0
        rates: dict[Rate, list[int]] = {}
        for place, line in enumerate(lines, start=1):
            self._lines.append(self._line(pk, place, line))
            subtotal += line.subtotal
            discount += line.discount
            net += line.net
            tax += line.tax
            for rate, part in zip(line.sold.rates, line.taxes, strict=True):
                sums = rates.setdefault(rate, [0, 0])
                sums[0] += line.net
                sums[1] += part
        for rate, (of_net, of_tax) in rates.items():
            self._taxes.append((pk, rate.name, rate.percent, of_net * factor, of_tax * factor))
        total = net + tax
        at = connection.ops.adapt_datetimefield_value(head.at)
        amounts = (subtotal, discount, net, tax, total, 0, total, total, 0)
        scaled = [units * factor for units in amounts]
        self._orders.append(self._order(pk, head, customer_id, at, scaled))
        for amount, reference in ((total - head.coupons, ""), (head.coupons, self._coupons)):
            if amount:
                self._payments.append(self._payment(pk, head, at, amount * factor, reference))

    def _order(
        self, pk: int, head: Head, customer_id: int | None, at: Any, amounts: Sequence[int]
    ) -> tuple[Any, ...]:
        self.written += 1
        place = head.place
        return (
            *(pk, str(head.key) if self._is_postgres else head.key.hex, ""),
            *(f"PAST-{self.batch_id}-{head.name.upper()}", self._sequence(), "completed", "paid"),
            *("none", place.store.pk, place.register.pk, None, self.seller_id, customer_id),
            *(self.batch_id, "", None, None, "", "", True, RoundingLevel.LINE.value, None, 0),
            *(*amounts, "", None, "", at, at, head.sold_on.isoformat(), 0, None),
        )

    def _sequence(self) -> int:
        return self.batch_id * BATCH_RANGE + self.written

    def _line(self, pk: int, place: int, line: Line) -> tuple[Any, ...]:
        sold, factor = line.sold, self.currency.factor
        tax = line.tax
        return (
            *(pk, place, "product", sold.pk, sold.code, sold.name, sold.size, line.quantity),
            *(line.price, line.price, sold.cost, line.subtotal * factor, None),
            *(line.discount * factor, 0, line.net * factor, tax * factor),
            *((line.net + tax) * factor, taxes_json(line, self.currency)),
            *(line.discount > 0, "", 0),
        )

    def _payment(
        self, pk: int, head: Head, at: Any, amount: int, reference: str
    ) -> tuple[Any, ...]:
        return (
            *(
                pk,
                None,
                None,
                head.place.store.pk,
                self.method_id,
                None,
                amount,
                amount,
                0,
                reference,
            ),
            *(self.seller_id, at, head.sold_on.isoformat()),
        )
