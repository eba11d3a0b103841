"""Past orders that are taken out again, and what `verify` says of what is none."""

from __future__ import annotations

from typing import Any

import pytest

from pos.models import (
    AuditEntry,
    Customer,
    Order,
    Product,
    Store,
    TaxRate,
    User,
)
from pos.services.errors import Conflict
from pos.services.past_orders import (
    take_out,
)
from pos.services.past_orders.figures import Currency
from pos.services.verification import verify

from .past_orders import counts, load, load_file, make_goods, make_tea


@pytest.fixture
def tea(vat20: TaxRate) -> Product:
    return make_tea(vat20)


@pytest.fixture
def goods(vat10: TaxRate) -> None:
    make_goods(vat10)


# --- Out again ---------------------------------------------------------------------------------


def test_taken_out_the_shop_is_as_before_and_the_file_may_come_again(
    root: User, main: Store, goods: None, tea: Product, verified: None
) -> None:
    load(root, main, {"basket_id": "1", "household_id": "other"}, digest="b")
    before = counts()
    batch = load_file(root, main)
    assert take_out(user=root, batch=batch) == 30
    assert counts() == before
    batch.refresh_from_db()
    assert batch.taken_out_by == root
    entry = AuditEntry.objects.filter(model="pos.orderbatch").latest("pk")
    assert (entry.kind, entry.actor, entry.changes[0]) == ("deleted", root, ["orders", "30", ""])
    with pytest.raises(Conflict) as twice:
        take_out(user=root, batch=batch)
    assert twice.value.code == "taken_out_already"
    assert load_file(root, main).orders_count == 30


def test_a_customer_who_was_used_since_stays(root: User, main: Store, tea: Product) -> None:
    first = load(root, main, {}, {"basket_id": "2", "household_id": "901"}).batch
    load(root, main, {"basket_id": "3"}, digest="b")
    changed = Customer.objects.get(name="Household 901")
    changed.name = "Rosa Lind"
    changed.save()
    take_out(user=root, batch=first)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Household 900", "Rosa Lind"}


def test_what_was_delivered_or_refunded_since_keeps_its_batch(
    root: User, main: Store, tea: Product
) -> None:
    batch = load(root, main, {}).batch
    Order.objects.update(delivery_status="pending")
    with pytest.raises(Conflict) as refusal:
        take_out(user=root, batch=batch)
    assert refusal.value.code == "order_in_use"
    assert f"PAST-{batch.pk}-31198570044" in refusal.value.message
    assert Order.objects.count() == 1


# --- Checked by the shop itself ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("imported_orders", {"sequence": 7}),
        ("order_batches", {"batch": None}),
    ],
)
def test_verify_sees_what_is_no_past_order(
    root: User, main: Store, tea: Product, check: str, change: dict[str, Any]
) -> None:
    load(root, main, {})
    assert not verify()
    Order.objects.update(**change)
    assert check in {problem.check for problem in verify()}


def test_an_amount_is_shown_with_the_decimals_of_the_currency() -> None:
    assert [Currency().text(units) for units in (0, 7, 123456)] == ["0.00", "0.07", "1234.56"]
