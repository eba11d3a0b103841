"""Made-up orders are, field by field, what the register writes."""

from __future__ import annotations

import random
import uuid
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import models

from pos.models import (
    CashSession,
    Customer,
    CustomerLevel,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    Product,
    Register,
    RoleLimit,
    StockMovement,
    User,
)
from pos.pricing import Discount
from pos.services.bulk_rows import reserve_ids
from pos.services.carts import Cart, CartItem, Delivery
from pos.services.demo import catalogue, large_rows
from pos.services.demo.sales import Rows, Sale, add_sale, price_sale
from pos.services.demo.shop import seed_master_data
from pos.services.orders import Checkout, complete_order
from pos.services.payments import Tender

SATURDAY_NOON = datetime(2026, 3, 14, 12, 30, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def till(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CashSession:
    """The demo's first register with Ana's open session; neither stock nor limits are meant here."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(catalogue, "picture", lambda shape, colour: b"")
    seed_master_data(say=lambda text: None)
    register = Register.objects.select_related("store").get(store__code="MAIN", code="R1")
    store = register.store
    store.stock_policy = "allow"
    store.save()
    RoleLimit.objects.update(discount_percent=None, credit_amount=None)
    return CashSession.objects.create(
        register=register,
        opened_by=User.objects.get(username="ana"),
        opened_at=SATURDAY_NOON,
        opening_float=Decimal(100),
    )


def _products(*codes: str) -> list[Product]:
    found = Product.objects.select_related("tax_rate__combined_with").in_bulk(
        codes, field_name="code"
    )
    return [found[code] for code in codes]


def _customer() -> Customer:
    return Customer.objects.filter(level=CustomerLevel.objects.get(name="Level 2")).first()


def _columns(row: models.Model, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in ("id", *but)}


def _complete(
    session: CashSession, cart: Cart, tenders: tuple[Tender, ...], total: Decimal
) -> Order:
    checkout = Checkout(uuid.uuid4(), "", session.register_id, cart, tenders, total)
    return complete_order(user=session.opened_by, checkout=checkout).order


def _carts() -> dict[str, tuple[Cart, tuple[Tender, ...]]]:
    shirt, apples, book = _products("OXF-M", "APPLE", "NOVEL")
    items = (
        CartItem(shirt.pk, Decimal(2), Discount(percent=Decimal(10))),
        CartItem(apples.pk, Decimal("0.684")),
        CartItem(book.pk, Decimal(1), Discount(amount=Decimal("1.00")), "wrapped"),
        CartItem(shirt.pk, Decimal(1)),
    )
    customer = _customer()
    delivery = Delivery("3 Quai Neuf", date(2099, 3, 16), Decimal("4.90"), "ring twice")
    return {
        "plain": (Cart(items[:2]), (Tender("cash", Decimal(100)),)),
        "discounted": (
            Cart(items, None, Discount(percent=Decimal(5)), None, "for Rosa"),
            (Tender("card", Decimal(20), "123456"), Tender("cash", Decimal(200))),
        ),
        "delivered on account": (
            Cart(items, customer.pk, Discount(amount=Decimal("3.33")), delivery),
            (Tender("card", Decimal(30), "1"),),
        ),
    }


@pytest.mark.parametrize("name", ["plain", "discounted", "delivered on account"])
def test_a_made_up_order_is_field_by_field_what_the_register_writes(
    till: CashSession, name: str
) -> None:
    cart, tenders = _carts()[name]
    products = {product.pk: product for product in _products("OXF-M", "APPLE", "NOVEL")}
    sale = Sale(0, uuid.uuid4(), SATURDAY_NOON, till, till.opened_by, cart)
    priced = price_sale(sale, products)
    order = _complete(till, cart, tenders, priced.totals.gross_amount)

    rows = Rows()
    till.refresh_from_db()
    till.register.last_number = order.sequence - 1
    sale = Sale(order.pk, order.key, order.completed_at, till, till.opened_by, cart)
    made_up = add_sale(rows, sale, priced, tenders)

    order.refresh_from_db()
    # Nobody holds a made-up receipt, so nobody needs a link to it.
    assert (made_up.public_token, bool(order.public_token)) == (None, True)
    assert _columns(made_up, but=("public_token",)) == _columns(order, but=("public_token",))
    for model, made in (
        (OrderLine, rows.lines),
        (OrderTax, rows.taxes),
        (Payment, rows.payments),
        (StockMovement, rows.movements),
    ):
        written = model.objects.filter(order=order).order_by("pk")
        assert [_columns(row) for row in made] == [_columns(row) for row in written], model


def test_a_bulk_order_is_field_by_field_what_the_register_writes(till: CashSession) -> None:
    chance = random.Random(7)
    customer = _customer()
    picked = chance.sample(list(Product.objects.select_related("tax_rate").order_by("pk")), 40)
    currency = large_rows.Currency()
    items, sold = [], []
    for place, product in enumerate(picked):
        quantity = chance.randint(120, 2400) if product.is_weighed else 1000 * chance.randint(1, 6)
        percent = chance.choice((5_000, 10_000, 20_000)) if place % 4 == 0 else None
        own = Discount(percent=Decimal(percent) / 1000) if percent else None
        items.append(CartItem(product.pk, Decimal(quantity) / 1000, own))
        what = large_rows.article(product, currency)
        line = large_rows.line(what, quantity, percent or 5_000, percent is not None, currency)
        sold.append((what, line))
    cart = Cart(tuple(items), customer.pk)
    by_id = {product.pk: product for product in picked}
    sale = Sale(0, uuid.uuid4(), SATURDAY_NOON, till, till.opened_by, cart)
    total = price_sale(sale, by_id).totals.gross_amount
    order = _complete(till, cart, (Tender("cash", total + 5),), total)

    bulk = _write_in_bulk(order, sold, int((total + 5) * 100), currency)

    ignored = ("key", "number", "sequence", "created_at", "completed_at", "sold_on", "public_token")
    assert _columns(bulk, but=ignored) == _columns(order, but=ignored)
    for model in (OrderLine, OrderTax, Payment, StockMovement):
        ours, theirs = (
            [
                _columns(row, but=("order_id", "created_at", "received_at", "received_on"))
                for row in model.objects.filter(order=each).order_by("pk")
            ]
            for each in (bulk, order)
        )
        if model is StockMovement:  # the ledger's order within one sale says nothing
            ours, theirs = (
                sorted(rows, key=lambda row: row["product_id"]) for rows in (ours, theirs)
            )
        assert ours == theirs, model


def _write_in_bulk(
    order: Order, sold: list[Any], tendered: int, currency: large_rows.Currency
) -> Order:
    (pk,) = reserve_ids(Order, 1)
    payment = order.payments.get()
    buffer = large_rows.Buffer(currency)
    clock = large_rows.Clock(order.store, date(2026, 3, 14))
    head = large_rows.Head(
        pk=pk,
        key=uuid.uuid4().hex,
        number="MAIN-R1-000999",
        sequence=999,
        store=order.store,
        register_id=order.register_id,
        session_id=order.session_id,
        seller_id=order.seller_id,
        customer_id=order.customer_id,
        at=clock.text(12 * 3600 + 34 * 60 + 56),
        sold_on="2026-03-14",
        method_id=payment.method_id,
        tendered=tendered,
    )
    buffer.add(head, sold)
    buffer.write()
    written = Order.objects.get(pk=pk)
    expected = datetime(2026, 3, 14, 12, 34, 56, tzinfo=ZoneInfo("Europe/Paris"))
    assert written.completed_at == written.created_at == expected
    assert written.sold_on == written.store.business_day(written.completed_at)
    return written
