"""The receipt of a refund or a void as a list of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import Payment, Refund, RefundLine
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
    Total,
)
from .texts import UNIT_SPACE, amount, copy_text, local_time, store_header, text_lines, unit_price


def build_refund_receipt(
    refund: Refund, *, print_number: int | None = None, marker: str = ""
) -> Receipt:
    """What it says, in the active language. `print_number`, `marker`: as in build_receipt."""
    number = refund.print_count if print_number is None else print_number
    return Receipt(refund.number, tuple(_blocks(refund, marker or copy_text(number))))


def _blocks(refund: Refund, marker: str) -> Iterator[Block]:
    lines = list(refund.lines.select_related("product").order_by("position"))
    taxes = list(_taxes(lines))
    yield store_header(refund.store)
    is_void = refund.kind == Refund.Kind.VOID
    yield Marker(_("SALE VOIDED") if is_void else _("REFUND"))
    if marker:
        yield Marker(marker)
    yield Rule()
    yield Facts(tuple(_facts(refund)))
    yield Rule()
    yield Items(tuple(_item(line, refund) for line in lines))
    yield Rule()
    if refund.rounding_amount or not refund.prices_include_tax:
        yield Sums(tuple(_sums(refund)))
    yield Total(Row(_("Refunded"), format_money(refund.total_amount, settings.POS_CURRENCY)))
    yield _money(refund)
    if taxes:
        yield Rule()
        headings = (_("Rate"), _("Net"), _("Tax"), _("Gross"))
        yield TaxTable(headings, tuple(taxes))
    yield Codes(refund.number)
    if refund.store.receipt_footer.strip():
        yield Footer(text_lines(refund.store.receipt_footer))


def _facts(refund: Refund) -> Iterator[tuple[str, str]]:
    yield _("Refund"), refund.number
    if refund.order:
        yield _("Of receipt"), refund.order.number or ""
    if refund.exchange_order:
        yield _("Exchanged for"), refund.exchange_order.number or ""
    yield _("Date"), local_time(refund.refunded_at, refund.store)
    yield _("Register"), refund.register.name
    yield _("Served by"), refund.seller.first_name or refund.seller.username
    if refund.customer:
        yield _("Customer"), refund.customer.name
    yield _("Reason"), refund.reason


def _item(line: RefundLine, refund: Refund) -> Item:
    is_weighed = line.product is not None and line.product.is_weighed
    pattern = _("%(quantity)s kg × %(price)s") if is_weighed else _("%(quantity)s × %(price)s")
    facts = {"quantity": quantity_text(line.quantity), "price": unit_price(line.unit_price)}
    worth = line.gross_amount if refund.prices_include_tax else line.net_amount
    return Item(name=str(line), detail=pattern % facts, amount=amount(worth))


def _sums(refund: Refund) -> Iterator[Row]:
    if not refund.prices_include_tax:
        yield Row(_("Net"), amount(refund.net_amount))
        yield Row(_("Tax"), amount(refund.tax_amount))
    if refund.rounding_amount:
        yield Row(_("Cash rounding"), amount(refund.rounding_amount))


def _money(refund: Refund) -> Payments:
    payments: list[Payment] = list(refund.payments.select_related("method").order_by("pk"))
    rows = tuple(Row(payment.method.name, amount(-payment.amount)) for payment in payments)
    money = -sum((payment.amount for payment in payments), ZERO)
    cancelled = refund.total_amount - money
    results = (Row(_("No longer due"), amount(cancelled)),) if cancelled else ()
    return Payments(rows, results)


def _taxes(lines: Iterable[RefundLine]) -> Iterator[tuple[str, str, str, str]]:
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for line in lines:
        for name, percent, tax in line.taxes:
            row = sums.setdefault((name, percent), [ZERO, ZERO])
            row[0] += line.net_amount
            row[1] += Decimal(tax)
    for (name, percent), (net, tax) in sums.items():
        label = name if percent in name else f"{name} {percent}{UNIT_SPACE}%"
        yield label, amount(net), amount(tax), amount(net + tax)
