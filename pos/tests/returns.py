"""Short ways to take goods back in tests."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from pos.models import Order, Register, User
from pos.services.exchanges import ExchangeRequest, exchange
from pos.services.orders import Checkout
from pos.services.refund_quotes import Return, ReturnedLine
from pos.services.refunds import RefundRequest, RefundResult, refund_order
from pos.services.voids import VoidRequest, void_sale


def goods(
    register: Register, order: Order, *what: str, back: str = "original", customer: Any = None
) -> Return:
    """`what`: "1 x 2" is two of the first line; with " waste" at the end they are thrown away."""
    lines = dict(order.lines.values_list("position", "pk"))
    returned = []
    for text in what:
        position, _times, quantity, *waste = text.split()
        line_id = lines[int(position)]
        returned.append(ReturnedLine(line_id, Decimal(quantity), is_restocked=not waste))
    customer_id = customer.pk if customer else None
    return Return(register.pk, order.pk, tuple(returned), back, customer_id)


def refund_attempt(
    register: Register,
    order: Order,
    *what: str,
    total: str,
    key: UUID | None = None,
    reason: str = "Too small",
    approvals: tuple[int, ...] = (),
    **asked: Any,
) -> RefundRequest:
    content = goods(register, order, *what, **asked)
    return RefundRequest(
        key or uuid4(),
        hashlib.sha256(repr((content, reason, total)).encode()).hexdigest(),
        content,
        reason,
        Decimal(total),
        approvals,
    )


def refund(user: User, register: Register, order: Order, *what: str, **asked: Any) -> RefundResult:
    request = refund_attempt(register, order, *what, **asked)
    return refund_order(user=user, request=request)


def exchange_for(
    user: User, returned: RefundRequest, sale: Checkout, **changed: Any
) -> RefundResult:
    sale = replace(sale, key=returned.key)
    return exchange(user=user, request=ExchangeRequest(returned, sale))


def void(
    user: User,
    order: Order,
    *,
    key: UUID | None = None,
    reason: str = "Rang up wrong",
    **asked: Any,
) -> RefundResult:
    request = VoidRequest(key or uuid4(), f"{order.pk} {reason}", order.pk, reason, **asked)
    return void_sale(user=user, request=request)


def money_back(result: RefundResult) -> dict[str, str]:
    """Method -> what went back by it."""
    return {each.method.code: f"{-each.amount:.2f}" for each in result.payments}
