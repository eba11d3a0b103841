"""Eight tills, one piece: it is sold once. With the condition taken away it is sold more often."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from pos.models import Order, Product, StockLevel, StockMovement, Store, User
from pos.services import stock
from pos.tests import factories
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.threads import outcomes, race
from pos.tests.tills import item, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mug(root: User, main: Store) -> Product:
    """8.00 a piece; none is there."""
    return factories.make_product("Mug", "8.00")


def on_hand(product: Product) -> Decimal:
    return StockLevel.objects.get(product=product).on_hand


def one_more(product: Product, store: Store, user: User) -> None:
    stock.adjust_stock(user=user, product=product, store=store, quantity=Decimal(1), reason="found")


def sell_one(till: Till, product: Product) -> Any:
    return sell(till.user, till.register, item(product), total="8.00", pay="cash 8.00")


def test_last_piece_has_exactly_one_buyer(
    tills: list[Till], mug: Product, main: Store, root: User
) -> None:
    rounds = race(
        SELLERS, 100,
        lambda worker, number: sell_one(tills[worker], mug),
        before=lambda number: one_more(mug, main, root),
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, stock_short=7)] * 100
    assert on_hand(mug) == 0
    assert Order.objects.completed().count() == 100
    assert StockMovement.objects.filter(kind="sale").aggregate(all=Sum("quantity"))["all"] == -100


def test_weighed_goods_are_never_oversold(tills: list[Till], tomatoes: Product) -> None:
    """25 kg, eight times 0.7 kg at once: 35 sales fit, and half a kilogram is left."""
    rounds = race(
        SELLERS, 5,
        lambda worker, number: sell(
            tills[worker].user, tills[worker].register, item(tomatoes, "0.700"), total="1.96", pay="cash 2.00"
        ),
    )  # fmt: skip
    assert sum(map(outcomes, rounds), Counter()) == Counter(done=35, stock_short=5)
    assert on_hand(tomatoes) == Decimal("0.5")


def test_selling_and_correcting_at_once_lose_no_movement(
    tills: list[Till], mug: Product, main: Store, root: User
) -> None:
    factories.put_in_stock(mug, main, "100", by=root)

    def job(worker: int, number: int) -> None:
        if worker % 2:
            one_more(mug, main, root)
        else:
            sell_one(tills[worker], mug)

    rounds = race(SELLERS, 10, job)
    assert sum(map(outcomes, rounds), Counter()) == Counter(done=80)
    assert on_hand(mug) == 100


# --- Controls: without them the races above would prove nothing --------------------------------


@pytest.fixture
def unaudited_tills(request: pytest.FixtureRequest) -> list[Till]:
    """The same tills; their books will be wrong, so the audit at the end is left out."""
    from pos.services import verification

    patch = request.getfixturevalue("monkeypatch")
    found: list[Till] = request.getfixturevalue("tills")
    patch.setattr(verification, "verify", list)
    return found


def test_control_a_look_before_the_sale_oversells(
    unaudited_tills: list[Till],
    mug: Product,
    main: Store,
    root: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Check first, sell afterwards, as a form would: all eight have seen the one that is there."""
    looked, seen = threading.Barrier(SELLERS, timeout=60), threading.local()

    def take(store: Store, product: Product, quantity: Decimal) -> bool:
        levels = StockLevel.objects.filter(product=product, store=store)
        return seen.on_hand >= quantity and levels.update(on_hand=seen.on_hand - quantity) == 1

    def job(worker: int, number: int) -> Any:
        seen.on_hand = on_hand(mug)
        looked.wait()
        return sell_one(unaudited_tills[worker], mug)

    monkeypatch.setattr(stock, "_take", take)
    rounds = race(SELLERS, 10, job, before=lambda number: one_more(mug, main, root))
    assert [outcomes(each) for each in rounds] == [Counter(done=8)] * 10
    assert StockMovement.objects.filter(kind="sale").aggregate(all=Sum("quantity"))["all"] == -80


def test_control_read_check_save_oversells_where_rows_are_not_locked(
    unaudited_tills: list[Till],
    mug: Product,
    main: Store,
    root: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Inside the transaction. SQLite is saved by its IMMEDIATE transactions; PostgreSQL is not."""

    def take(store: Store, product: Product, quantity: Decimal) -> bool:
        level = StockLevel.objects.get(product=product, store=store)
        if level.on_hand < quantity:
            return False
        level.on_hand -= quantity
        level.save()
        return True

    monkeypatch.setattr(stock, "_take", take)
    rounds = race(
        SELLERS, 10,
        lambda worker, number: sell_one(unaudited_tills[worker], mug),
        before=lambda number: one_more(mug, main, root),
    )  # fmt: skip
    sold = sum(outcomes(each)["done"] for each in rounds)
    if connection.vendor == "sqlite":
        assert sold == 10
    else:
        assert sold > 10, "the control must oversell"
