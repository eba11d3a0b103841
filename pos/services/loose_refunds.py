"""Refunds without a receipt: by right only, at no more than today's catalogue price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pos.models import Customer, Order, OrderLine, Register, User
from pos.money import ZERO

from .carts import Cart, CartItem, load_products, price, unavailable_lines
from .drawers import lock_usable_session
from .errors import Conflict, Invalid
from .needs import spend
from .orders import lines_of
from .refund_amounts import part_of
from .refund_money import Worth, pay_back, plan_money, rounded_in_cash
from .refund_needs import refund_needs
from .refund_quotes import Back, Quote, Return, chosen_customer
from .refunds import (
    RefundRequest,
    RefundResult,
    begin,
    lock_goods,
    note,
    replay,
    write_refund,
)
from .rights import require


@dataclass(frozen=True)
class LooseLine:
    """Goods that nobody can show a receipt for."""

    product_id: int
    quantity: Decimal
    is_restocked: bool = True


@dataclass(frozen=True)
class LooseRequest:
    """As RefundRequest; the goods are products, `back` is cash or store credit."""

    key: UUID
    request_hash: str
    register_id: int
    lines: tuple[LooseLine, ...]
    back: str
    customer_id: int | None
    reason: str
    expected_total: Decimal
    approvals: tuple[int, ...] = ()


def quote_loose(
    *,
    user: User,
    register: Register,
    lines: tuple[LooseLine, ...],
    back: str,
    customer_id: int | None,
) -> Quote:
    """What these goods come to, at the prices of now. Raises Forbidden, Invalid and Conflict."""
    require(user, "refund_without_receipt", store=register.store)
    if not lines:
        raise Invalid("nothing_chosen", _("Choose what comes back, each line once."))
    order, sold = _as_if_sold(register, lines)
    backs = tuple(
        Back(
            line,
            line.quantity,
            each.is_restocked,
            part_of(line, line.quantity, prices_include_tax=order.prices_include_tax),
        )
        for line, each in zip(sold, lines, strict=True)
    )
    gross = sum((each.part.gross for each in backs), ZERO)
    worth = Worth(gross, rounded_in_cash(gross, back), ZERO)
    goods = Return(register.pk, 0, (), back, customer_id)
    customer: Customer | None = chosen_customer(order, goods)
    needs = refund_needs(
        user=user,
        register=register,
        order=None,
        lines=[(each.product_id, each.quantity, each.is_restocked) for each in lines],
        back=back,
        total=worth.total,
        customer_id=customer.pk if customer else None,
    )
    money = plan_money(order=None, money=worth.money, back=back)
    return Quote(order, backs, worth, customer, tuple(money), tuple(needs))


def _as_if_sold(register: Register, lines: tuple[LooseLine, ...]) -> tuple[Order, list[OrderLine]]:
    """The goods priced like a sale of now, on an order that is never saved."""
    cart = Cart(tuple(CartItem(each.product_id, each.quantity) for each in lines))
    products = load_products(cart)
    gone = unavailable_lines(cart, products)
    if gone:
        message = _("This product is no longer on sale: it has no price to give back.")
        raise Conflict("product_unavailable", message, lines=gone)
    priced = price(cart=cart, store=register.store, products=products)
    order = Order(
        store=register.store,
        register=register,
        prices_include_tax=register.store.prices_include_tax,
    )
    return order, lines_of(order, priced)


def refund_loose(*, user: User, request: LooseRequest) -> RefundResult:
    """Take goods back without a receipt. Raises what `refund_order` raises, and Forbidden by right."""
    try:
        with transaction.atomic():
            return _refund(user, request)
    except IntegrityError:
        answer = replay(user, request.key, request.request_hash)
        if answer is None:
            raise
        return answer


def _refund(user: User, request: LooseRequest) -> RefundResult:
    session = lock_usable_session(user=user, register_id=request.register_id, right="sell_order")
    answer = replay(user, request.key, request.request_hash)
    if answer:
        return answer
    register = session.register
    found = quote_loose(
        user=user,
        register=register,
        lines=request.lines,
        back=request.back,
        customer_id=request.customer_id,
    )
    asked = RefundRequest(
        request.key,
        request.request_hash,
        Return(register.pk, 0, (), request.back, request.customer_id),
        request.reason,
        request.expected_total,
        request.approvals,
    )
    draft = begin(user, session, asked, found)
    lock_goods(register, found)
    refund = write_refund(draft, found)
    spend(user=user, covered=draft.covered)
    payments = pay_back(user=user, refund=refund, session=session, plan=found.money, at=draft.at)
    note(refund)
    return RefundResult(refund, tuple(payments), is_replay=False)
