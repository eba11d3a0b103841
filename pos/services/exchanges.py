"""An exchange: goods back and others sold in one ticket, and only the difference is settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from pos.models import Order, Payment, User
from pos.money import ZERO

from .drawers import lock_usable_session
from .locks import lock_orders
from .methods import method_of_kind
from .needs import spend
from .orders import Checkout, Completion, complete_order
from .refund_money import EXCHANGE, MoneyBack, pay_back, plan_money
from .refund_quotes import Quote, quote
from .refunds import (
    RefundRequest,
    RefundResult,
    begin,
    lock_goods,
    lock_order,
    note,
    replay,
    settle_order,
    write_refund,
)


@dataclass(frozen=True)
class ExchangeRequest:
    """Both sides share key, hash, register and approvals."""

    refund: RefundRequest
    sale: Checkout


def exchange(*, user: User, request: ExchangeRequest) -> RefundResult:
    """Refund and sell in one transaction. What came back pays for what is sold; the customer pays
    the rest, or gets it back as the refund says. Raises what refunding and selling raise.
    """
    try:
        with transaction.atomic():
            return _exchange(user, request)
    except IntegrityError:
        answer = _replay(user, request)
        if answer is None:
            raise
        return answer


def _exchange(user: User, request: ExchangeRequest) -> RefundResult:
    goods, sale = request.refund.goods, request.sale
    session = lock_usable_session(user=user, register_id=goods.register_id, right="sell_order")
    answer = _replay(user, request)
    if answer:
        return answer
    list(lock_orders(Order.objects.filter(pk__in=[goods.order_id, sale.parked_id or 0])))
    order = lock_order(user, goods.order_id)
    found = quote(user=user, register=session.register, goods=goods, order=order)
    draft = begin(user, session, request.refund, found)
    lock_goods(session.register, found, also=[item.product_id for item in sale.cart.items])
    refund = write_refund(draft, found)
    completion = complete_order(user=user, checkout=replace(sale, credit=found.worth.money))
    refund.exchange_order = completion.order
    refund.save(update_fields=["exchange_order"])
    spend(user=user, covered=draft.covered, order=order)
    plan = _plan(found, completion, goods.back)
    payments = pay_back(user=user, refund=refund, session=session, plan=plan, at=draft.at)
    settle_order(order, found.worth, payments)
    note(refund)
    return RefundResult(refund, tuple(payments), is_replay=False, completion=completion)


def _plan(found: Quote, completion: Completion, back: str) -> list[MoneyBack]:
    """What paid for the new sale went there; what is over goes back to the customer."""
    paid = Payment.objects.filter(order=completion.order, method__kind=EXCHANGE)
    used: Decimal = paid.aggregate(all=Sum("amount"))["all"] or ZERO
    over = plan_money(order=found.order, money=found.worth.money - used, back=back)
    return [*([MoneyBack(method_of_kind(EXCHANGE), used)] if used else []), *over]


def _replay(user: User, request: ExchangeRequest) -> RefundResult | None:
    answer = replay(user, request.refund.key, request.refund.request_hash)
    if answer is None:
        return None
    # The sale has the same key: it answers as it did, too.
    return replace(answer, completion=complete_order(user=user, checkout=request.sale))
