"""Selling with a delivery: what the register may ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pos.models import CashSession, Customer, Order, PaymentMethod, Product, Register, Store, User

from .books import nothing_changes
from .tills import get, line, post, request_body

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod) -> None:
    """Ana's register is open; every test ends with the shop's own audit."""


@pytest.fixture
def till(ana: User, signed_in: Any) -> Client:
    return signed_in(ana)


def body(register: Register, product: Product, **delivery: Any) -> dict[str, Any]:
    """A shirt for 19.90, brought to Mill Lane for nothing."""
    wanted = {"address": "3 Mill Lane"} | delivery
    return request_body(register, line(product), total="19.90", pay="cash 20.00", delivery=wanted)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize("door", ["price", "checkout"])
def test_a_day_that_is_over_is_refused(
    till: Client, till_one: Register, shirt: Product, main: Store, door: str
) -> None:
    yesterday = (main.business_day() - timedelta(days=1)).isoformat()
    with nothing_changes():
        answer = post(till, door, body(till_one, shirt, on=yesterday))
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "code": "delivery_past",
        "message": "The day of the delivery is over. Choose another one (⇧F2).",
        "lines": [],
    }


def test_a_cart_whose_day_is_over_is_still_put_aside(
    till: Client, till_one: Register, shirt: Product, main: Store
) -> None:
    yesterday = (main.business_day() - timedelta(days=1)).isoformat()
    answer = post(till, "parked", body(till_one, shirt, on=yesterday, note="ring twice"))
    assert answer.status_code == 201
    told = post(till, "resume", {"register": till_one.pk}, answer.json()["id"]).json()
    assert told["delivery"] == {
        "address": "3 Mill Lane",
        "on": yesterday,
        "fee": "0.00",
        "note": "ring twice",
    }


def test_today_is_good_enough(
    till: Client, till_one: Register, shirt: Product, main: Store
) -> None:
    today = main.business_day()
    asked = body(till_one, shirt, on=today.isoformat(), note="ring twice")
    assert post(till, "checkout", asked).status_code == 201
    order = Order.objects.get()
    assert (order.deliver_on, order.delivery_note, order.delivery_status) == (
        today,
        "ring twice",
        "pending",
    )


def test_today_is_the_stores_business_day(
    ana: User, signed_in: Any, till_one: Register, shirt: Product, main: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """At two in the morning of the 8th a store whose day starts at four still has the 7th."""
    Store.objects.filter(pk=main.pk).update(day_starts_at_hour=4, time_zone="UTC")
    CashSession.objects.update(opened_at=datetime(2031, 3, 7, 20, tzinfo=UTC))
    at(monkeypatch, datetime(2031, 3, 8, 2, tzinfo=UTC))
    till = signed_in(ana)
    (told,) = get(till, "bootstrap").json()["registers"]
    assert told["today"] == "2031-03-07"
    late = post(till, "checkout", body(till_one, shirt, on="2031-03-06"))
    assert (late.status_code, late.json()["error"]["code"]) == (409, "delivery_past")
    assert post(till, "checkout", body(till_one, shirt, on="2031-03-07")).status_code == 201


def test_a_sale_without_a_day_is_delivered_any_day(
    till: Client, till_one: Register, shirt: Product
) -> None:
    assert post(till, "checkout", body(till_one, shirt)).status_code == 201
    assert Order.objects.get().deliver_on is None


@pytest.mark.parametrize("note", ["x" * 201, "a\u202eb", "a\nb", 7])
def test_a_senseless_note_is_refused(
    till: Client, till_one: Register, shirt: Product, note: Any
) -> None:
    with nothing_changes():
        answer = post(till, "checkout", body(till_one, shirt, note=note))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_text")


def test_a_repeated_sale_keeps_its_answer_after_the_day_is_over(
    till: Client, till_one: Register, shirt: Product, main: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = body(till_one, shirt, on=main.business_day().isoformat())
    first = post(till, "checkout", asked)
    at(monkeypatch, timezone.now() + timedelta(days=2))
    again = post(till, "checkout", asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_the_address_of_the_chosen_customer_is_told_and_of_nobody_else(
    till: Client, rosa: Customer
) -> None:
    Customer.objects.filter(pk=rosa.pk).update(address="3 Mill Lane\nTown")
    (chosen,) = get(till, "customers", id=rosa.pk).json()["results"]
    assert chosen["address"] == "3 Mill Lane\nTown"
    (found,) = get(till, "customers", q="Rosa").json()["results"]
    assert "address" not in found
