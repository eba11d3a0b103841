"""Lists stay quick however long they grow: no query per row, no count of a whole table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pos.admin.base import CappedPaginator
from pos.models import (
    CashMovement,
    CashSession,
    Category,
    Customer,
    CustomerLevel,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    Store,
    TaxRate,
    User,
)

from . import factories

SignIn = Callable[[User], Client]
LISTS = (
    "order",
    "payment",
    "cashsession",
    "cashmovement",
    "product",
    "category",
    "taxrate",
    "customer",
    "customerlevel",
    "seller",
    "administrator",
    "stocklevel",
    "stockmovement",
    "store",
    "register",
    "paymentmethod",
)
MONEY = Decimal("12.00")


@pytest.fixture
def fill(
    main: Store, till_one: Register, root: User, ana: User, vat20: TaxRate, cash: PaymentMethod
) -> Callable[[int], None]:
    """fill(n) adds n rows to every list."""

    def add(number: int) -> None:
        for _each in range(number):
            place = uuid4().hex[:6].upper()
            category = Category.objects.create(name=place, code=place, colour="#123456")
            product = factories.make_product(
                f"Product {place}",
                code=place,
                barcodes=[place],
                stock={main: "3"},
                by=root,
                tax_rate=vat20,
            )
            product.categories.add(category)
            level = CustomerLevel.objects.create(name=place)
            customer = Customer.objects.create(name=place, level=level)
            session = closed_session(till_one, ana)
            CashMovement.objects.create(
                session=session,
                kind="pay_in",
                amount=MONEY,
                reason="x",
                created_by=ana,
                created_at=timezone.now(),
            )
            order = completed_order(session, customer)
            add_rows(order, product, cash)
            factories.make_user(place, "Seller", [main])
            factories.make_user(f"a{place}", "Administrator")
            TaxRate.objects.create(name=place, percent=1)
            PaymentMethod.objects.create(name=place, code=place, kind="card")
            Register.objects.create(
                store=Store.objects.create(name=place, code=place), name=place, code=place
            )

    return add


def closed_session(register: Register, user: User) -> CashSession:
    now = timezone.now()
    return CashSession.objects.create(
        register=register,
        opened_by=user,
        opened_at=now - timedelta(hours=1),
        opening_float=0,
        closed_by=user,
        closed_at=now,
        counted_cash=MONEY,
        expected_cash=MONEY,
        difference=0,
    )


def completed_order(session: CashSession, customer: Customer) -> Order:
    now, sequence = timezone.now(), Order.objects.count() + 1
    return Order.objects.create(
        number=f"MAIN-R1-{sequence:06d}",
        sequence=sequence,
        status="completed",
        payment_status="paid",
        store=session.register.store,
        register=session.register,
        session=session,
        seller=session.opened_by,
        customer=customer,
        prices_include_tax=True,
        rounding_level="line",
        subtotal_amount=MONEY,
        net_amount=10,
        tax_amount=2,
        gross_amount=MONEY,
        total_amount=MONEY,
        paid_amount=MONEY,
        created_at=now,
        completed_at=now,
        sold_on=now.date(),
    )


def add_rows(order: Order, product: Product, cash: PaymentMethod) -> None:
    OrderLine.objects.create(
        order=order,
        position=1,
        product=product,
        name=product.name,
        quantity=1,
        list_price=MONEY,
        unit_price=MONEY,
        subtotal_amount=MONEY,
        net_amount=10,
        tax_amount=2,
        gross_amount=MONEY,
    )
    OrderTax.objects.create(order=order, name="VAT", percent=20, net_amount=10, tax_amount=2)
    Payment.objects.create(
        order=order,
        store=order.store,
        method=cash,
        session=order.session,
        amount=MONEY,
        tendered_amount=MONEY,
        received_by=order.seller,
        received_at=order.created_at,
        received_on=order.sold_on,
    )


def asked(client: Client, address: str) -> list[str]:
    cache.clear()  # the number of waiting approvals is kept for some seconds
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    statements = [query["sql"] for query in queries.captured_queries]
    # That somebody is here is written once a minute, whatever they look at.
    return [sql for sql in statements if 'SET "last_seen_at"' not in sql]


def test_no_list_asks_per_row(
    fill: Callable[[int], None], max_: User, root: User, signed_in: SignIn
) -> None:
    def queries() -> dict[str, int]:
        return {
            f"{user} {name}": len(asked(signed_in(user), f"/admin/pos/{name}/"))
            for user in (root, max_)
            for name in LISTS
            if user.has_perm(f"pos.view_{name}")
        }

    fill(4)
    queries()  # content types and site-wide caches
    few = queries()
    fill(12)
    many = queries()
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
    assert {name: number for name, number in many.items() if number > 20} == {}


def test_the_picture_wall_asks_as_little_as_the_table(
    fill: Callable[[int], None], root: User, signed_in: SignIn
) -> None:
    client = signed_in(root)
    client.get("/admin/pos/product/?view=grid")
    fill(3)
    asked(client, "/admin/pos/product/")
    few = len(asked(client, "/admin/pos/product/"))
    fill(9)
    assert len(asked(client, "/admin/pos/product/")) == few


def test_an_order_asks_once_for_all_its_lines(
    fill: Callable[[int], None], root: User, signed_in: SignIn
) -> None:
    fill(1)
    order, product = Order.objects.get(), Product.objects.get()
    client, address = signed_in(root), reverse("admin:pos_order_change", args=[order.pk])
    asked(client, address)
    few = len(asked(client, address))
    for position in range(2, 12):
        OrderLine.objects.create(
            order=order,
            position=position,
            product=product,
            name="x",
            quantity=1,
            list_price=MONEY,
            unit_price=MONEY,
            subtotal_amount=MONEY,
            net_amount=10,
            tax_amount=2,
            gross_amount=MONEY,
        )
        Payment.objects.create(
            order=order,
            store=order.store,
            method=PaymentMethod.objects.last(),
            amount=1,
            tendered_amount=1,
            received_by=order.seller,
            received_at=order.created_at,
            received_on=order.sold_on,
        )
    assert len(asked(client, address)) == few


def test_the_start_page_asks_the_same_whatever_was_sold(
    fill: Callable[[int], None], max_: User, signed_in: SignIn
) -> None:
    client = signed_in(max_)
    fill(2)
    asked(client, "/admin/")
    few = len(asked(client, "/admin/"))
    fill(8)
    assert len(asked(client, "/admin/")) == few
    assert few <= 50


@pytest.mark.parametrize("name", LISTS)
def test_no_list_counts_a_whole_table(
    name: str, fill: Callable[[int], None], root: User, signed_in: SignIn
) -> None:
    """The package counts every row twice on every page."""
    fill(2)
    table = {"seller": "pos_user", "administrator": "pos_user"}.get(name, f"pos_{name}")
    counts = [
        sql
        for sql in asked(signed_in(root), f"/admin/pos/{name}/")
        if "COUNT(" in sql.split("FROM")[0]
        and table in sql
        and "LIMIT 10000" not in sql
        and "GROUP BY" not in sql
    ]
    assert counts == []


def test_a_long_list_says_that_there_is_more(
    fill: Callable[[int], None], root: User, signed_in: SignIn, monkeypatch: Any
) -> None:
    fill(3)
    assert b"There are more" not in signed_in(root).get("/admin/pos/order/").content
    monkeypatch.setattr(CappedPaginator, "MOST", 2)
    response = signed_in(root).get("/admin/pos/order/")
    assert response.context["cl"].result_count == 2
    assert b"There are more" in response.content


def test_orders_are_found_by_number_customer_and_phone(
    fill: Callable[[int], None], rosa: Customer, root: User, signed_in: SignIn
) -> None:
    fill(3)
    first, second, _third = Order.objects.order_by("sequence")
    Order.objects.filter(pk=second.pk).update(customer=rosa)
    client = signed_in(root)

    def found(text: str) -> list[str]:
        return [
            order.number
            for order in client.get("/admin/pos/order/", {"q": text}).context["cl"].result_list
        ]

    assert found("MAIN-R1-000001") == found("main-r1-000001") == found("1") == [first.number]
    assert len(found("MAIN-R1")) == 3
    assert found("Rosa") == found("+44 20 7946 0123") == found("02079460123") == [second.number]
    assert found("nothing like it") == []


def test_orders_are_narrowed_to_a_period_and_a_status(
    fill: Callable[[int], None], root: User, signed_in: SignIn
) -> None:
    fill(3)
    old = Order.objects.order_by("sequence").first()
    at = timezone.now() - timedelta(days=10)
    Order.objects.filter(pk=old.pk).update(created_at=at)
    client, day = signed_in(root), at.date().isoformat()

    def found(query: str) -> int:
        return client.get(f"/admin/pos/order/?{query}").context["cl"].result_count

    assert found(f"created_at_from_0={day}&created_at_to_0={day}") == 1
    assert found(f"created_at_from_0={day}") == 3
    assert found(f"created_at_to_0={day}&created_at_to_1=") == 1
    assert found("status__exact=completed") == 3
    assert found("status__exact=parked") == 0
    assert found("status__exact=nonsense") == 0


def test_a_number_is_looked_up_and_never_read_through(
    fill: Callable[[int], None], root: User, signed_in: SignIn
) -> None:
    fill(1)
    searches = [
        sql
        for sql in asked(signed_in(root), "/admin/pos/order/?q=MAIN-R1-000001")
        if '"pos_order"."number"' in sql
    ]
    assert searches and not any(
        "LIKE" in sql and "number" in sql.split("LIKE")[0][-40:] for sql in searches
    )


def test_the_start_page_shows_ones_own_store(
    fill: Callable[[int], None],
    main: Store,
    eve: User,
    ana: User,
    shirt: Product,
    signed_in: SignIn,
) -> None:
    fill(1)
    Product.objects.filter(pk=shirt.pk).update(reorder_point=Decimal("12"))
    order = Order.objects.get()
    assert order.number in signed_in(ana).get("/admin/").content.decode()
    assert "Linen shirt" in signed_in(ana).get("/admin/").content.decode()
    page = signed_in(eve).get("/admin/").content.decode()
    assert order.number not in page and "Linen shirt" not in page
    assert StockLevel.objects.visible_to(eve).count() == 0
