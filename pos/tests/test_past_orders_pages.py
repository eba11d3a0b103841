"""Past orders where people see them: their list, an order's page and receipt, a refund, the way out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from pos.models import (
    Order,
    OrderBatch,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    Store,
    TaxRate,
    User,
)
from pos.receipts import Facts, build_receipt
from pos.services.cash import open_session
from pos.services.errors import Conflict
from pos.services.past_orders import StoreChoice, Wishes, import_sales, take_out

from . import factories
from .returns import refund

ROWS = [
    {
        "basket_id": basket,
        "store_id": "330",
        "household_id": "900",
        "transaction_timestamp": "2017-01-01 11:53:26",
        "code": "TEA",
        "quantity": "2",
        "sales_value": "6.00",
    }
    for basket in ("1", "2")
]


@pytest.fixture
def tea(vat20: TaxRate) -> Product:
    return factories.make_product("Green tea", "3.49", code="TEA", tax_rate=vat20)


@pytest.fixture
def batch(root: User, main: Store, tea: Product) -> OrderBatch:
    outcome = import_sales(
        user=root,
        rows=ROWS,
        source="old-till.csv",
        digest="a",
        wishes=Wishes(stores=StoreChoice(for_all=main)),
    )
    assert outcome.batch is not None
    return outcome.batch


def page(client: Client, name: str, *ids: int, query: str = "") -> str:
    answer = client.get(reverse(f"admin:{name}", args=ids) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_the_file_and_leads_to_its_orders(
    root: User, batch: OrderBatch, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(root)
    text = page(client, "pos_orderbatch_changelist")
    assert "old-till.csv" in text
    link = f"{reverse('admin:pos_order_changelist')}?batch__id__exact={batch.pk}"
    assert link in text
    orders = page(client, "pos_order_changelist", query=f"?batch__id__exact={batch.pk}")
    assert orders.count("Imported") >= 2
    assert f"PAST-{batch.pk}-1" in orders


def test_an_order_says_on_page_and_receipt_that_it_was_imported(
    root: User, batch: OrderBatch, signed_in: Callable[[User], Client]
) -> None:
    order = Order.objects.get(number=f"PAST-{batch.pk}-1")
    text = page(signed_in(root), "pos_order_change", order.pk)
    assert reverse("admin:pos_orderbatch_change", args=[batch.pk]) in text
    facts = next(block for block in build_receipt(order).blocks if isinstance(block, Facts))
    told = dict(facts.rows)
    assert told["Origin"] == "imported from an earlier system"
    assert "Served by" not in told


def test_a_manager_sees_what_came_into_their_store_and_cannot_take_it_out(
    max_: User, other: Store, batch: OrderBatch, signed_in: Callable[[User], Client]
) -> None:
    mia = factories.make_user("mia", "Manager", [other])
    assert "old-till.csv" in page(signed_in(max_), "pos_orderbatch_changelist")
    assert "old-till.csv" not in page(signed_in(mia), "pos_orderbatch_changelist")
    address = reverse("admin:pos_orderbatch_take_out", args=[batch.pk])
    assert signed_in(max_).post(address, {"_form_submitted": "true"}).status_code == 403
    assert Order.objects.count() == 2


def test_the_owner_takes_a_file_out_again(
    root: User, batch: OrderBatch, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(root)
    address = reverse("admin:pos_orderbatch_take_out", args=[batch.pk])
    assert "Take these orders out again?" in client.get(address).content.decode()
    assert Order.objects.count() == 2
    answer = client.post(address, {"_form_submitted": "true"})
    assert answer.headers["HX-Redirect"] == reverse("admin:pos_orderbatch_changelist")
    assert not Order.objects.exists()
    assert "Taken out" in page(client, "pos_orderbatch_changelist")


def test_no_till_offers_the_register_or_the_method(
    root: User, till_one: Register, batch: OrderBatch, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(root)
    past = Register.objects.get(code="PAST")
    with pytest.raises(Conflict):
        open_session(user=root, register=past, opening_float=Decimal(0))
    text = page(client, "pos_register")
    assert "Past orders" not in text.split("</nav>")[-1]
    boot = client.get(reverse("admin:pos_register_bootstrap"), {"register": till_one.pk})
    method = PaymentMethod.objects.get(kind="imported")
    assert f'"{method.code}"' not in boot.content.decode()


def test_goods_of_a_past_order_come_back_for_cash_and_then_the_file_stays(
    ana: User, root: User, till_one: Register, batch: OrderBatch, cash: PaymentMethod,
    tea: Product, no_limits: None, verified: None,
) -> None:  # fmt: skip
    open_session(user=ana, register=till_one, opening_float=Decimal("100.00"))
    order = Order.objects.get(number=f"PAST-{batch.pk}-1")
    result = refund(ana, till_one, order, "1 x 1", total="3.00")
    payment = result.refund.payments.get()
    assert (payment.method, payment.amount) == (cash, Decimal("-3.00"))
    assert StockLevel.objects.get(product=tea).on_hand == Decimal(1)
    with pytest.raises(Conflict) as refusal:
        take_out(user=root, batch=batch)
    assert refusal.value.code == "order_in_use"
    assert Order.objects.count() == 2
