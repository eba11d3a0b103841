"""Two carts with the same goods the other way round never wait for each other in a circle."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection

from pos.models import Product, Store, User
from pos.services import stock
from pos.tests import factories
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.threads import outcomes, race
from pos.tests.tills import item, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def goods(root: User, main: Store) -> list[Product]:
    """Six things at 1.00, 10,000 of each."""
    return [
        factories.make_product(f"Thing {number}", "1.00", stock={main: "10000"}, by=root)
        for number in range(6)
    ]


def sell_all(till: Till, goods: list[Product]) -> Any:
    total = f"{len(goods)}.00"
    return sell(till.user, till.register, *map(item, goods), total=total, pay=f"cash {total}")


def test_carts_in_opposite_order_all_sell(tills: list[Till], goods: list[Product]) -> None:
    rounds = race(
        SELLERS,
        25,
        lambda worker, number: sell_all(tills[worker], goods[:: 1 if worker % 2 else -1]),
    )
    assert sum(map(outcomes, rounds), Counter()) == Counter(done=200)
    assert [each.stock_levels.get().on_hand for each in goods] == [9800] * 6


def test_carts_are_left_alone_by_corrections_and_other_stores(
    tills: list[Till], goods: list[Product], root: User, main: Store
) -> None:
    """Corrections go through the goods one by one and backwards, while carts take them forwards."""

    def job(worker: int, number: int) -> None:
        if worker % 4:
            sell_all(tills[worker], goods)
            return
        for product in reversed(goods):
            stock.adjust_stock(
                user=root, product=product, store=main, quantity=Decimal(3), reason="found"
            )

    assert sum(map(outcomes, race(SELLERS, 5, job)), Counter()) == Counter(done=40)
    assert [each.stock_levels.get().on_hand for each in goods] == [10_000] * 6


def test_control_without_the_order_two_carts_block_each_other(
    tills: list[Till], goods: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Goods in the order of the cart: each has one and waits for the other's.

    SQLite has one lock for all: there the second cart waits for the first, in any order.
    """
    has_row_locks = connection.vendor != "sqlite"
    met, taken, take = threading.Barrier(2, timeout=30), threading.local(), stock._take

    def take_and_meet(store: Store, product: Product, quantity: Decimal) -> bool:
        done = take(store, product, quantity)
        if has_row_locks and not getattr(taken, "first", False):
            taken.first = True
            met.wait()
        return done

    monkeypatch.setattr(stock, "_take", take_and_meet)
    monkeypatch.setattr(stock, "sorted", list, raising=False)
    pair = goods[:2]
    ((one, two),) = race(
        2, 1, lambda worker, number: sell_all(tills[worker], pair[:: 1 if worker else -1])
    )
    failed = [each for each in (one, two) if isinstance(each, OperationalError)]
    assert ["deadlock" in str(each) for each in failed] == [True] * has_row_locks
