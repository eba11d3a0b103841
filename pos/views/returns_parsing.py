"""What the register sends about goods that come back, read field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from pos.services.carts import MAX_LINES
from pos.services.errors import Invalid
from pos.services.exchanges import ExchangeRequest
from pos.services.loose_refunds import LooseLine, LooseRequest
from pos.services.orders import Checkout
from pos.services.refund_money import ORIGINAL
from pos.services.refund_quotes import Return, ReturnedLine
from pos.services.refunds import RefundRequest
from pos.services.voids import VoidRequest

from .parsing import (
    read_amount,
    read_approvals,
    read_cart,
    read_id,
    read_key,
    read_optional_id,
    read_quantity,
    read_tenders,
    read_text,
    request_hash,
)

Line = TypeVar("Line")


def is_loose(body: Mapping[str, Any]) -> bool:
    """Without a receipt: no order, and products where lines of the sale would be."""
    return body.get("order") is None


def read_return(body: Mapping[str, Any]) -> Return:
    return Return(
        register_id=read_id(body.get("register"), "register"),
        order_id=read_id(body.get("order"), "order"),
        lines=_read_lines(body, "line", ReturnedLine),
        back=read_back(body),
        customer_id=read_optional_id(body.get("customer"), "customer"),
    )


def read_loose_lines(body: Mapping[str, Any]) -> tuple[LooseLine, ...]:
    return _read_lines(body, "product", LooseLine)


def read_back(body: Mapping[str, Any]) -> str:
    return read_text(body.get("back", ORIGINAL), "back", limit=20)


def _read_lines(
    body: Mapping[str, Any], name: str, make: Callable[[int, Decimal, bool], Line]
) -> tuple[Line, ...]:
    lines = body.get("lines")
    if not isinstance(lines, list) or not lines or len(lines) > MAX_LINES:
        raise Invalid("nothing_chosen", _("Choose what comes back, each line once."))
    found = []
    for place, line in enumerate(lines):
        if not isinstance(line, dict) or not isinstance(line.get("restock", True), bool):
            raise Invalid("bad_line", _("A line of the return is not valid."), lines=[place])
        try:
            quantity = read_quantity(line.get("quantity"))
            found.append(make(read_id(line.get(name), name), quantity, line.get("restock", True)))
        except Invalid as error:
            error.lines = [place]
            raise
    return tuple(found)


def read_refund(body: Mapping[str, Any]) -> RefundRequest:
    return RefundRequest(
        key=read_key(body.get("key")),
        request_hash=request_hash(body),
        goods=read_return(body),
        reason=read_text(body.get("reason"), "reason"),
        expected_total=read_amount(body.get("expected_total")),
        approvals=read_approvals(body),
    )


def read_loose(body: Mapping[str, Any]) -> LooseRequest:
    return LooseRequest(
        key=read_key(body.get("key")),
        request_hash=request_hash(body),
        register_id=read_id(body.get("register"), "register"),
        lines=read_loose_lines(body),
        back=read_back(body),
        customer_id=read_optional_id(body.get("customer"), "customer"),
        reason=read_text(body.get("reason"), "reason"),
        expected_total=read_amount(body.get("expected_total")),
        approvals=read_approvals(body),
    )


def read_sale(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The cart of an exchange, None where nothing is sold."""
    sale = body.get("sale")
    if sale is not None and not isinstance(sale, dict):
        raise Invalid("malformed", _("The register sent something unreadable. Reload the page."))
    return sale


def read_exchange(body: Mapping[str, Any], sale: Mapping[str, Any]) -> ExchangeRequest:
    refund = read_refund(body)
    return ExchangeRequest(
        refund=refund,
        sale=Checkout(
            key=refund.key,
            request_hash=refund.request_hash,
            register_id=refund.goods.register_id,
            cart=read_cart(sale),
            tenders=read_tenders(sale.get("payments")),
            expected_total=read_amount(sale.get("expected_total")),
            parked_id=read_optional_id(sale.get("parked"), "parked"),
            approvals=refund.approvals,
        ),
    )


def read_void(body: Mapping[str, Any]) -> VoidRequest:
    return VoidRequest(
        key=read_key(body.get("key")),
        request_hash=request_hash(body),
        order_id=read_id(body.get("order"), "order"),
        reason=read_text(body.get("reason"), "reason"),
        approvals=read_approvals(body),
    )
