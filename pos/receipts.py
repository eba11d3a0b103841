"""A receipt as a list of blocks: what it says, in order. Knows no printer and no HTML."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine, OrderTax, Payment, Store
from pos.money import ZERO, amount_text, currency_decimals, format_money, quantise, quantity_text

UNIT_SPACE = "\N{NO-BREAK SPACE}"  # keeps a figure and its unit on one line


@dataclass(frozen=True, slots=True)
class Row:
    """A label on the left and a figure on the right."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Header:
    """The store, centred: its name large, then one text per line."""

    kind: ClassVar[str] = "header"
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """A loud word over the whole width."""

    kind: ClassVar[str] = "marker"
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and text pairs: number, date, seller."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sale: `detail` is quantity × unit price, `amount` their product."""

    name: str
    detail: str
    amount: str
    discount: Row | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    kind: ClassVar[str] = "items"
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures that lead to the total."""

    kind: ClassVar[str] = "sums"
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """The one figure everybody looks for, with its currency."""

    kind: ClassVar[str] = "total"
    row: Row


@dataclass(frozen=True, slots=True)
class Payments:
    """What was given; `results` (change, due) stand out."""

    kind: ClassVar[str] = "payments"
    rows: tuple[Row, ...]
    results: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TaxTable:
    """One row per rate: name, net, tax, gross."""

    kind: ClassVar[str] = "taxes"
    headings: tuple[str, str, str, str]
    rows: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A heading and lines of free text."""

    kind: ClassVar[str] = "text"
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    kind: ClassVar[str] = "rule"


@dataclass(frozen=True, slots=True)
class Codes:
    """The number as barcode and QR code, so that a scan finds the order again."""

    kind: ClassVar[str] = "codes"
    value: str


@dataclass(frozen=True, slots=True)
class Footer:
    """Centred closing lines."""

    kind: ClassVar[str] = "footer"
    lines: tuple[str, ...]


Block = (
    Header
    | Marker
    | Facts
    | Items
    | Sums
    | Total
    | Payments
    | TaxTable
    | Text
    | Rule
    | Codes
    | Footer
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`blocks` from top to bottom; `number` is the order's."""

    number: str
    blocks: tuple[Block, ...]


def build_receipt(order: Order, *, print_number: int | None = None) -> Receipt:
    """What a completed order's receipt says, in the active language.

    `print_number`: 1 is the original, later ones are marked as copies; default: the prints so far.
    """
    number = order.print_count if print_number is None else print_number
    return Receipt(order.number or "", tuple(_blocks(order, number)))


def copy_text(print_number: int) -> str:
    """The word on every print but the first; empty on the original."""
    return _("COPY %(number)s") % {"number": print_number} if print_number > 1 else ""


def _blocks(order: Order, print_number: int) -> Iterator[Block]:
    lines = list(order.lines.select_related("product").order_by("position"))
    taxes = list(order.taxes.order_by("id"))
    yield _header(order.store)
    if print_number > 1:
        yield Marker(copy_text(print_number))
    yield Rule()
    yield Facts(tuple(_facts(order)))
    yield Rule()
    yield Items(tuple(_item(line) for line in lines))
    yield Rule()
    yield Sums(tuple(_sums(order, taxes)))
    yield Total(Row(_("Total"), format_money(order.total_amount, settings.POS_CURRENCY)))
    yield _payments(order)
    if taxes:
        yield Rule()
        yield _tax_table(taxes)
    if order.delivery_address or order.deliver_on:
        yield Rule()
        yield _delivery(order)
    if order.note:
        yield Text(_("Note"), _lines(order.note))
    yield Codes(order.number or "")
    if order.store.receipt_footer.strip():
        yield Footer(_lines(order.store.receipt_footer))


def _header(store: Store) -> Header:
    lines = [*_lines(store.address)]
    if store.phone:
        lines.append(_("Phone %(phone)s") % {"phone": store.phone})
    if store.tax_number:
        lines.append(_("Tax no. %(number)s") % {"number": store.tax_number})
    return Header(store.name, (*lines, *_lines(store.receipt_header)))


def _facts(order: Order) -> Iterator[tuple[str, str]]:
    yield _("Receipt"), order.number or ""
    if order.completed_at:
        yield _("Date"), local_time(order.completed_at, order.store)
    yield _("Register"), order.register.name
    yield _("Served by"), order.seller.first_name or order.seller.username
    if order.customer:
        yield _("Customer"), order.customer.name


def local_time(at: datetime, store: Store) -> str:
    """A moment by the store's clock, with the month as a word: 3/4 means two days in the world."""
    local = at.astimezone(zoneinfo.ZoneInfo(store.time_zone))
    return date_format(local, _("j M Y, H:i"))


def _item(line: OrderLine) -> Item:
    is_weighed = line.product is not None and line.product.is_weighed
    quantity = quantity_text(line.quantity)
    pattern = _("%(quantity)s kg × %(price)s") if is_weighed else _("%(quantity)s × %(price)s")
    discount = None
    if line.discount_amount:
        discount = Row(
            _discount_label(_("Discount"), line.discount_percent), _taken(line.discount_amount)
        )
    return Item(
        name=str(line),
        detail=pattern % {"quantity": quantity, "price": _unit_price(line.unit_price)},
        amount=_amount(line.subtotal_amount),
        discount=discount,
        note=line.note,
    )


def _sums(order: Order, taxes: Iterable[OrderTax]) -> Iterator[Row]:
    # The discounts of single lines are printed with their lines.
    line_discounts = order.discount_amount - order.order_discount_amount
    yield Row(_("Subtotal"), _amount(order.subtotal_amount - line_discounts))
    if order.order_discount_amount:
        label = _discount_label(_("Order discount"), order.order_discount_percent)
        yield Row(label, _taken(order.order_discount_amount))
    if not order.prices_include_tax:
        for tax in taxes:
            yield Row(_tax_label(tax), _amount(tax.tax_amount))
    if order.rounding_amount:
        yield Row(_("Cash rounding"), _amount(order.rounding_amount))


def _payments(order: Order) -> Payments:
    payments = list(order.payments.select_related("method").order_by("received_at", "id"))
    rows = tuple(
        Row(_payment_label(each, order), _amount(each.tendered_amount)) for each in payments
    )
    change = sum((payment.change_amount for payment in payments), ZERO)
    results = []
    if change:
        results.append(Row(_("Change"), _amount(change)))
    if order.due_amount:
        results.append(Row(_("Due on account"), _amount(order.due_amount)))
    return Payments(rows, tuple(results))


def _payment_label(payment: Payment, order: Order) -> str:
    """A payment of another day says so: an order on account is settled later."""
    parts = [payment.method.name, payment.reference]
    if order.completed_at and payment.received_at.date() > order.completed_at.date():
        parts.append(local_time(payment.received_at, order.store))
    return " · ".join(part for part in parts if part)


def _tax_table(taxes: Iterable[OrderTax]) -> TaxTable:
    rows = tuple(
        (
            _tax_label(tax),
            _amount(tax.net_amount),
            _amount(tax.tax_amount),
            _amount(tax.net_amount + tax.tax_amount),
        )
        for tax in taxes
    )
    return TaxTable((_("Rate"), _("Net"), _("Tax"), _("Gross")), rows)


def _tax_label(tax: OrderTax) -> str:
    percent = quantity_text(tax.percent)
    return tax.name if percent in tax.name else f"{tax.name} {percent}{UNIT_SPACE}%"


def _delivery(order: Order) -> Text:
    lines = list(_lines(order.delivery_address))
    if order.deliver_on:
        lines.append(_("On %(day)s") % {"day": date_format(order.deliver_on, _("l j M Y"))})
    return Text(_("Delivery to"), tuple(lines))


def _discount_label(label: str, percent: Decimal | None) -> str:
    return f"{label} {quantity_text(percent)}{UNIT_SPACE}%" if percent else label


def _amount(amount: Decimal) -> str:
    return amount_text(amount, currency_decimals(settings.POS_CURRENCY))


def _taken(amount: Decimal) -> str:
    return _amount(-amount)


def _unit_price(price: Decimal) -> str:
    """A price finer than the smallest coin keeps its digits: 0.0375 per screw."""
    decimals = currency_decimals(settings.POS_CURRENCY)
    return _amount(price) if quantise(price, decimals) == price else quantity_text(price)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
