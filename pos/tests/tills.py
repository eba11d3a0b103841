"""Short ways to sell in tests: at the service, and through the register's door."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse

from pos.models import Customer, Order, Product, Register, User
from pos.pricing import Discount
from pos.services.carts import Cart, CartItem, Delivery
from pos.services.orders import Checkout, Completion, complete_order
from pos.services.payments import Tender


def percent(value: str) -> Discount:
    return Discount(percent=Decimal(value))


def amount(value: str) -> Discount:
    return Discount(amount=Decimal(value))


def item(
    product: Product,
    quantity: str = "1",
    discount: Discount | None = None,
    note: str = "",
    unit_price: str | None = None,
) -> CartItem:
    charged = None if unit_price is None else Decimal(unit_price)
    return CartItem(product.pk, Decimal(quantity), discount, note, charged)


def tender(text: str) -> Tender:
    """`cash 20.00` or `transfer 20.00 REF-1`."""
    method, tendered, *reference = text.split()
    return Tender(method, Decimal(tendered), " ".join(reference))


def cart(
    *items: CartItem,
    customer: Customer | None = None,
    order_discount: Discount | None = None,
    delivery: Delivery | None = None,
    note: str = "",
) -> Cart:
    return Cart(items, customer.pk if customer else None, order_discount, delivery, note)


def attempt(
    register: Register,
    *items: CartItem,
    total: str,
    pay: Sequence[str] | str = (),
    key: UUID | None = None,
    parked: Order | None = None,
    approvals: tuple[int, ...] = (),
    **asked: Any,
) -> Checkout:
    """What the register sends: the same arguments make the same request."""
    content = cart(*items, **asked)
    tenders = tuple(tender(text) for text in ([pay] if isinstance(pay, str) else pay))
    parts = (register.pk, content, tenders, total, parked and parked.pk)
    return Checkout(
        key=key or uuid4(),
        request_hash=hashlib.sha256(repr(parts).encode()).hexdigest(),
        register_id=register.pk,
        cart=content,
        tenders=tenders,
        expected_total=Decimal(total),
        parked_id=parked.pk if parked else None,
        approvals=approvals,
    )


def sell(user: User, register: Register, *items: CartItem, **asked: Any) -> Completion:
    return complete_order(user=user, checkout=attempt(register, *items, **asked))


def line(product: Product, quantity: Any = "1", **fields: Any) -> dict[str, Any]:
    return {"product": product.pk, "quantity": quantity, "discount": None, "note": ""} | fields


def request_body(
    register: Register, *lines: dict[str, Any], total: str, pay: Sequence[str] | str, **fields: Any
) -> dict[str, Any]:
    """A well-formed checkout body; `fields` replace or add what a test is about."""
    tenders = [tender(text) for text in ([pay] if isinstance(pay, str) else pay)]
    return {
        "key": str(uuid4()),
        "register": register.pk,
        "customer": None,
        "expected_total": total,
        "order_discount": None,
        "lines": list(lines),
        "payments": [
            {"method": each.method, "tendered": str(each.tendered), "reference": each.reference}
            for each in tenders
        ],
        "delivery": None,
    } | fields


def post(client: Client, name: str, body: Any, *args: Any, **headers: Any) -> Any:
    """POST JSON to the register; `body` as text or bytes goes out as it is."""
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    url = reverse(f"admin:pos_register_{name}", args=args)
    return client.post(url, content, content_type="application/json", **headers)


def get(client: Client, name: str, **query: Any) -> Any:
    return client.get(reverse(f"admin:pos_register_{name}"), query)
