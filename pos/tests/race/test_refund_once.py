"""Eight tills, one shirt that can come back: it does once. Without the lock it would more often."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum

from pos.models import Order, OrderLine, Payment, Product, Refund, RefundLine, StockLevel, User
from pos.services import refunds, verification
from pos.services.refund_quotes import quote
from pos.tests import factories
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.threads import outcomes, race
from pos.tests.returns import goods, refund
from pos.tests.tills import item, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mug(root: User, main: Any) -> Product:
    return factories.make_product("Mug", "8.00", stock={main: "100"}, by=root)


@pytest.fixture
def order(tills: list[Till], mug: Product) -> Order:
    """Ten mugs, 80.00 in cash."""
    till = tills[0]
    return sell(till.user, till.register, item(mug, "10"), total="80.00", pay="cash 80.00").order


def one_back(till: Till, order: Order, key: UUID | None = None) -> Any:
    return refund(till.user, till.register, order, "1 x 1", total="8.00", key=key)


def test_never_more_comes_back_than_was_sold(tills: list[Till], order: Order, mug: Product) -> None:
    rounds = race(SELLERS, 3, lambda worker, number: one_back(tills[worker], order))
    assert sum(map(outcomes, rounds), Counter()) == Counter(done=10, too_much_back=14)
    assert OrderLine.objects.get().refunded_quantity == 10
    assert StockLevel.objects.get(product=mug).on_hand == 100
    assert Payment.objects.filter(amount__lt=0).aggregate(all=Sum("amount"))["all"] == -80
    order.refresh_from_db()
    assert (order.payment_status, order.refunded_amount) == ("refunded", Decimal("80.00"))


def test_one_request_sent_eight_times_is_one_refund(tills: list[Till], order: Order) -> None:
    keys = [uuid4() for _round in range(5)]
    rounds = race(SELLERS, 5, lambda worker, number: one_back(tills[0], order, keys[number]))
    assert [outcomes(each) for each in rounds] == [Counter(done=8)] * 5
    assert [sum(each.is_replay for each in round_) for round_ in rounds] == [7] * 5
    assert Refund.objects.count() == 5


def test_control_a_look_before_the_lock_gives_too_much_back(
    tills: list[Till], mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sale as it was read before: all eight have seen the two that could still come back."""
    monkeypatch.setattr(verification, "verify", list)
    first = tills[0]
    order = sell(first.user, first.register, item(mug, "2"), total="16.00", pay="cash 16.00").order
    looked, seen = threading.Barrier(SELLERS, timeout=60), threading.local()

    def job(worker: int, number: int) -> Any:
        till = tills[worker]
        content = goods(till.register, order, "1 x 1")
        seen.quote = quote(user=till.user, register=till.register, goods=content)
        looked.wait()
        return one_back(till, order)

    monkeypatch.setattr(refunds, "lock_order", lambda user, order_id: seen.quote.order)
    monkeypatch.setattr(refunds, "quote", lambda **asked: seen.quote)
    assert [outcomes(each) for each in race(SELLERS, 1, job)] == [Counter(done=8)]
    assert RefundLine.objects.aggregate(all=Sum("quantity"))["all"] == 8
