"""The gift receipt: what was bought, without a price anywhere, and the code to exchange it with."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from pos.models import Order, OrderLine
from pos.money import quantity_text

from .blocks import Block, Codes, Facts, Footer, Item, Items, Marker, Receipt, Rule
from .texts import is_weighed, local_time, store_header, text_lines


def build_gift_receipt(order: Order) -> Receipt:
    """Names and quantities of a completed order; nothing of prices, payments or the customer."""
    return Receipt(order.number or "", tuple(_blocks(order)))


def _blocks(order: Order) -> Iterator[Block]:
    lines = order.lines.select_related("product").order_by("position")
    goods = [line for line in lines if line.kind == OrderLine.Kind.PRODUCT]
    yield store_header(order.store)
    yield Marker(_("Gift receipt"))
    yield Rule()
    facts = [(_("Receipt"), order.number or "")]
    if order.completed_at:
        facts.append((_("Date"), local_time(order.completed_at, order.store)))
    yield Facts(tuple(facts))
    yield Rule()
    yield Items(tuple(Item(name=str(line), detail=_quantity(line), amount="") for line in goods))
    yield Rule()
    # No link: behind it stands what was paid.
    yield Codes(order.number or "")
    yield Footer((_("Bring this to exchange a gift."), *text_lines(order.store.receipt_footer)))


def _quantity(line: OrderLine) -> str:
    pattern = _("%(quantity)s kg") if is_weighed(line) else _("%(quantity)s ×")
    return pattern % {"quantity": quantity_text(line.quantity)}
