"""Two people move one delivery at the same moment: one of them does."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from pos.models import DeliveryStep, Order, Product, User
from pos.services import deliveries
from pos.services.carts import Delivery
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.threads import outcomes, race
from pos.tests.tills import item, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order(tills: list[Till], shirt: Product) -> Order:
    where = Delivery("3 Mill Lane", fee=Decimal(2))
    sale = sell(
        tills[0].user,
        tills[0].register,
        item(shirt),
        total="21.90",
        pay="cash 21.90",
        delivery=where,
    )
    return sale.order  # fmt: skip


def dispatch(till: Till, order: Order) -> Any:
    return deliveries.dispatch_delivery(user=till.user, order_id=order.pk)


def back(order: Order, number: int) -> None:
    if number:
        step = order.delivery_steps.latest("id")
        deliveries.undo_delivery_step(user=step.created_by, order_id=order.pk)


def test_a_parcel_leaves_once(tills: list[Till], order: Order) -> None:
    rounds = race(
        SELLERS, 20,
        lambda worker, number: dispatch(tills[worker], order),
        before=lambda number: back(order, number),
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, delivery_moved=7)] * 20
    assert order.delivery_steps.filter(is_undo=False).count() == 20


def test_delivered_or_failed_but_never_both(tills: list[Till], order: Order, root: User) -> None:
    def job(worker: int, number: int) -> Any:
        user = tills[worker].user
        if worker % 2:
            return deliveries.complete_delivery(user=user, order_id=order.pk)
        return deliveries.fail_delivery(user=user, order_id=order.pk, note="nobody there")

    def ready(number: int) -> None:
        if number:
            back(order, number)
        else:
            dispatch(tills[0], order)

    rounds = race(SELLERS, 20, job, before=ready)
    assert [outcomes(each) for each in rounds] == [Counter(done=1, delivery_moved=7)] * 20


def test_control_a_look_before_the_lock_moves_it_twice(
    tills: list[Till], order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All eight have seen it standing in the store. The steps are taken out again: verify ends this."""
    looked, seen = threading.Barrier(SELLERS, timeout=60), threading.local()
    monkeypatch.setattr(deliveries, "_locked", lambda user, order_id: seen.order)

    def job(worker: int, number: int) -> Any:
        seen.order = Order.objects.get(pk=order.pk)
        looked.wait()
        return dispatch(tills[worker], order)

    (round_,) = race(SELLERS, 1, job)
    assert outcomes(round_) == Counter(done=8)
    DeliveryStep.objects.all().delete()
    Order.objects.filter(pk=order.pk).update(delivery_status="pending")
