"""Short ways to pay what is owed and to load balances in tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from pos.models import AccountPayment, Balance, Customer, Order, Product, Register, User
from pos.services.customer_accounts import (
    DuesPayment,
    Load,
    Receipt,
    load_balance,
    receive_payment,
)

from .tills import item, sell, tender


def owe(
    user: User, register: Register, product: Product, customer: Customer, total: str, **asked: Any
) -> Order:
    """A sale of one piece, all of it on the customer's account."""
    pay = asked.pop("pay", f"on_account {total}")
    return sell(
        user, register, item(product), total=total, customer=customer, pay=pay, **asked
    ).order


def dues(
    register: Register,
    customer: Customer,
    pay: str,
    *,
    orders: Sequence[Order] = (),
    key: UUID | None = None,
    **fields: Any,
) -> DuesPayment:
    ids = tuple(order.pk for order in orders)
    return DuesPayment(
        key=key or uuid4(),
        request_hash=f"{register.pk} {customer.pk} {pay} {ids} {fields}"[:64],
        register_id=register.pk,
        customer_id=customer.pk,
        tender=tender(pay),
        order_ids=ids,
        **fields,
    )


def pay_dues(
    user: User, register: Register, customer: Customer, pay: str, **fields: Any
) -> Receipt:
    return receive_payment(user=user, request=dues(register, customer, pay, **fields))


def load(
    user: User, register: Register, pay: str, customer: Customer | None = None, **fields: Any
) -> AccountPayment:
    """A new gift card, or with `kind="store_credit"` money on the customer's account."""
    fields = {"kind": Balance.Kind.GIFT_CARD, "key": uuid4(), "request_hash": "load"} | fields
    request = Load(
        register_id=register.pk,
        tender=tender(pay),
        customer_id=customer.pk if customer else None,
        **fields,
    )
    return load_balance(user=user, request=request).payment
