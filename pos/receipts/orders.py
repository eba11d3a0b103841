"""The receipt of a sale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine, OrderTax, Payment
from pos.money import ZERO, format_money, quantity_text

from .blocks import (
    Block,
    Codes,
    Facts,
    Footer,
    Item,
    Items,
    Marker,
    Payments,
    Receipt,
    Row,
    Rule,
    Sums,
    TaxTable,
    Text,
    Total,
)
from .texts import (
    UNIT_SPACE,
    amount,
    copy_text,
    discount_label,
    is_weighed,
    local_time,
    store_header,
    taken,
    text_lines,
    unit_price,
)


def build_receipt(
    order: Order,
    *,
    print_number: int | None = None,
    link: str = "",
    marker: str = "",
    is_public: bool = False,
) -> Receipt:
    """What a completed order's receipt says, in the active language.

    `print_number`: 1 is the original, later ones are marked as copies; default: the prints so far.
    `link`: the customer's own address of this receipt, as a QR code. `marker`: another loud word.
    `is_public`: nothing of the staff but a first name.
    """
    number = order.print_count if print_number is None else print_number
    return Receipt(
        order.number or "",
        tuple(_blocks(order, marker or copy_text(number), link, is_public=is_public)),
    )


def _blocks(order: Order, marker: str, link: str, *, is_public: bool) -> Iterator[Block]:
    lines = list(order.lines.select_related("product").order_by("position"))
    taxes = list(order.taxes.order_by("id"))
    yield store_header(order.store)
    if marker:
        yield Marker(marker)
    yield Rule()
    yield Facts(tuple(_facts(order, is_public=is_public)))
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
        yield Text(_("Note"), text_lines(order.note))
    yield Codes(order.number or "", link)
    if order.store.receipt_footer.strip():
        yield Footer(text_lines(order.store.receipt_footer))


def _facts(order: Order, *, is_public: bool) -> Iterator[tuple[str, str]]:
    yield _("Receipt"), order.number or ""
    if order.completed_at:
        yield _("Date"), local_time(order.completed_at, order.store)
    yield _("Register"), order.register.name
    if order.batch_id:
        # Whoever brought it in did not serve the customer.
        yield _("Origin"), _("imported from an earlier system")
        if order.customer:
            yield _("Customer"), order.customer.name
        return
    names = order.seller.first_name.split()
    if is_public and names:
        yield _("Served by"), names[0]
    elif not is_public:
        yield _("Served by"), order.seller.first_name or order.seller.username
    if order.customer:
        yield _("Customer"), order.customer.name


def _item(line: OrderLine) -> Item:
    quantity = quantity_text(line.quantity)
    pattern = (
        _("%(quantity)s kg × %(price)s") if is_weighed(line) else _("%(quantity)s × %(price)s")
    )
    discount = None
    if line.discount_amount:
        discount = Row(
            discount_label(_("Discount"), line.discount_percent), taken(line.discount_amount)
        )
    return Item(
        name=str(line),
        detail=pattern % {"quantity": quantity, "price": unit_price(line.unit_price)},
        amount=amount(line.subtotal_amount),
        discount=discount,
        note=line.note,
    )


def _sums(order: Order, taxes: Iterable[OrderTax]) -> Iterator[Row]:
    # The discounts of single lines are printed with their lines.
    line_discounts = order.discount_amount - order.order_discount_amount
    yield Row(_("Subtotal"), amount(order.subtotal_amount - line_discounts))
    if order.order_discount_amount:
        label = discount_label(_("Order discount"), order.order_discount_percent)
        yield Row(label, taken(order.order_discount_amount))
    if not order.prices_include_tax:
        for tax in taxes:
            yield Row(_tax_label(tax), amount(tax.tax_amount))
    if order.rounding_amount:
        yield Row(_("Cash rounding"), amount(order.rounding_amount))


def _payments(order: Order) -> Payments:
    payments = list(order.payments.select_related("method").order_by("received_at", "id"))
    rows = tuple(
        Row(_payment_label(each, order), amount(each.tendered_amount)) for each in payments
    )
    change = sum((payment.change_amount for payment in payments), ZERO)
    results = []
    if change:
        results.append(Row(_("Change"), amount(change)))
    if order.due_amount:
        results.append(Row(_("Due on account"), amount(order.due_amount)))
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
            amount(tax.net_amount),
            amount(tax.tax_amount),
            amount(tax.net_amount + tax.tax_amount),
        )
        for tax in taxes
    )
    return TaxTable((_("Rate"), _("Net"), _("Tax"), _("Gross")), rows)


def _tax_label(tax: OrderTax) -> str:
    percent = quantity_text(tax.percent)
    return tax.name if percent in tax.name else f"{tax.name} {percent}{UNIT_SPACE}%"


def _delivery(order: Order) -> Text:
    lines = list(text_lines(order.delivery_address))
    if order.deliver_on:
        lines.append(_("On %(day)s") % {"day": date_format(order.deliver_on, _("l j M Y"))})
    return Text(_("Delivery to"), tuple(lines))
