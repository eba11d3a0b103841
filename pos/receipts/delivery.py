"""The slip that goes along with a delivery: where to, what, what to collect, and who took it."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine
from pos.money import ZERO, format_money, quantity_text

from .blocks import Block, Codes, Facts, Item, Items, Marker, Receipt, Row, Rule, Text, Total
from .texts import is_weighed, local_time, store_header, text_lines

SIGNATURE = "_" * 26


def build_delivery_slip(order: Order) -> Receipt:
    """What whoever brings the goods has to know. No prices but the amount to collect."""
    return Receipt(order.number or "", tuple(_blocks(order)))


def _blocks(order: Order) -> Iterator[Block]:
    lines = order.lines.select_related("product").order_by("position")
    goods = [line for line in lines if line.kind == OrderLine.Kind.PRODUCT]
    yield store_header(order.store)
    yield Marker(_("Delivery"))
    yield Rule()
    yield Text(_("Deliver to"), tuple(_where(order)))
    if order.delivery_note:
        yield Text(_("Note for the delivery"), text_lines(order.delivery_note))
    yield Rule()
    yield Facts(tuple(_facts(order)))
    yield Rule()
    yield Items(tuple(_item(line) for line in goods))
    yield Rule()
    due = max(order.due_amount, ZERO)
    yield Total(Row(_("To collect"), format_money(due, settings.POS_CURRENCY)))
    if order.note:
        yield Text(_("Note"), text_lines(order.note))
    yield Text(_("Received in good order, signature"), ("\N{NO-BREAK SPACE}", SIGNATURE))
    yield Codes(order.number or "")


def _where(order: Order) -> Iterator[str]:
    if order.customer:
        yield order.customer.name
    yield from text_lines(order.delivery_address)
    if order.customer and order.customer.phone:
        yield _("Phone %(phone)s") % {"phone": order.customer.phone}


def _facts(order: Order) -> Iterator[tuple[str, str]]:
    yield _("Order"), order.number or ""
    if order.completed_at:
        yield _("Sold"), local_time(order.completed_at, order.store)
    yield (
        _("Deliver on"),
        date_format(order.deliver_on, _("l j M Y")) if order.deliver_on else _("any day"),
    )


def _item(line: OrderLine) -> Item:
    """What is left of the line: goods that came back are not delivered."""
    left = line.quantity - line.refunded_quantity
    pattern = _("%(quantity)s kg") if is_weighed(line) else _("%(quantity)s ×")
    detail = pattern % {"quantity": quantity_text(left)}
    return Item(name=str(line), detail=detail, amount="", note=line.note)
