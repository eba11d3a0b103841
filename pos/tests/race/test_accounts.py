"""Eight tills, one gift card, one debt: the same money is spent once, and owed money paid once."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum

from pos.models import (
    Balance,
    BalanceEntry,
    Customer,
    Order,
    Payment,
    PaymentMethod,
    Product,
    Store,
    User,
)
from pos.services import balances, customer_accounts
from pos.tests import factories
from pos.tests.accounts import load, owe, pay_dues
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.test_last_unit import unaudited_tills  # noqa: F401  a fixture
from pos.tests.race.threads import outcomes, race
from pos.tests.tills import item, sell

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_limits"),
]
ROUNDS = 20


@pytest.fixture
def mug(root: User, main: Store) -> Product:
    """8.00 a piece, and enough of them."""
    return factories.make_product("Mug", "8.00", stock={main: "1000"}, by=root)


@pytest.fixture
def lena(db: None) -> Customer:
    return factories.make_customer("Lena Holm")


def spend(till: Till, mug: Product, card: Balance) -> Any:
    return sell(
        till.user, till.register, item(mug), total="8.00", pay=f"gift_card 8.00 {card.code}"
    )


def test_one_gift_card_pays_once(tills: list[Till], mug: Product, gift_card: PaymentMethod) -> None:
    cards: list[Balance] = []

    def issue(number: int) -> None:
        cards.append(_issued(tills[0]))

    rounds = race(
        SELLERS, ROUNDS, lambda worker, number: spend(tills[worker], mug, cards[number]),
        before=issue,
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, balance_short=7)] * ROUNDS
    assert set(Balance.objects.values_list("amount", flat=True)) == {Decimal(0)}
    assert Order.objects.completed().count() == ROUNDS


def _issued(till: Till) -> Balance:
    balance = load(till.user, till.register, "cash 8.00").balance
    assert balance is not None
    return balance


def test_one_debt_is_paid_once(
    tills: list[Till], mug: Product, lena: Customer, on_account: PaymentMethod
) -> None:
    orders: list[Order] = []

    def borrow(number: int) -> None:
        orders.append(owe(tills[0].user, tills[0].register, mug, lena, "8.00"))

    rounds = race(
        SELLERS, ROUNDS,
        lambda worker, number: pay_dues(
            tills[worker].user, tills[worker].register, lena, "cash 8.00", orders=[orders[number]]
        ),
        before=borrow,
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, dues_changed=7)] * ROUNDS
    assert Payment.objects.aggregate(all=Sum("amount"))["all"] == 8 * ROUNDS


def test_one_key_is_one_payment(
    tills: list[Till], mug: Product, lena: Customer, on_account: PaymentMethod
) -> None:
    """The same register's browser sends it eight times."""
    till = tills[0]
    keys = [uuid4() for _each in range(5)]
    rounds = race(
        SELLERS, 5,
        lambda worker, number: pay_dues(
            till.user, till.register, lena, "cash 8.00", key=keys[number]
        ),
        before=lambda number: owe(till.user, till.register, mug, lena, "8.00"),
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=8)] * 5
    assert [len({each.payment.pk for each in one}) for one in rounds] == [1] * 5


def test_both_ways_at_once_wait_in_no_circle(
    tills: list[Till], mug: Product, lena: Customer, on_account: PaymentMethod
) -> None:
    """Half of the tills sell on account, half pay what is owed and overpay."""

    def job(worker: int, number: int) -> Any:
        till = tills[worker]
        if worker % 2:
            return owe(till.user, till.register, mug, lena, "8.00")
        return pay_dues(till.user, till.register, lena, "cash 20.00", surplus="store_credit")

    rounds = race(
        SELLERS, 10, job, before=lambda number: owe(tills[0].user, tills[0].register, mug, lena, "8.00")
    )  # fmt: skip
    assert set(sum(map(outcomes, rounds), Counter())) <= {"done", "nothing_due"}


# --- Controls --------------------------------------------------------------------------------


def test_control_a_look_before_spends_a_card_more_than_once(
    unaudited_tills: list[Till],  # noqa: F811
    mug: Product,
    gift_card: PaymentMethod,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Look first, spend afterwards: all eight have seen the 8.00."""
    card = _issued(unaudited_tills[0])
    looked, seen = threading.Barrier(SELLERS, timeout=60), threading.local()

    def change(*, balance: Balance, amount: Decimal, **fields: Any) -> BalanceEntry:
        assert seen.amount >= -amount
        Balance.objects.filter(pk=balance.pk).update(amount=seen.amount + amount)
        fields["created_by"], fields["created_at"] = fields.pop("user"), fields.pop("at")
        return BalanceEntry.objects.create(balance=balance, amount=amount, **fields)

    def job(worker: int, number: int) -> Any:
        seen.amount = Balance.objects.get(pk=card.pk).amount
        looked.wait()
        return spend(unaudited_tills[worker], mug, card)

    monkeypatch.setattr("pos.services.balance_payments.change_balance", change)
    assert balances.change_balance is not change
    rounds = race(SELLERS, 1, job)
    assert [outcomes(each) for each in rounds] == [Counter(done=8)]
    assert BalanceEntry.objects.filter(kind="spent").aggregate(all=Sum("amount"))["all"] == -64


def test_control_without_the_lock_a_debt_is_paid_more_than_once(
    unaudited_tills: list[Till],  # noqa: F811
    mug: Product,
    lena: Customer,
    on_account: PaymentMethod,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SQLite is saved by its IMMEDIATE transactions; PostgreSQL is not."""
    monkeypatch.setattr(customer_accounts, "lock_orders", lambda orders: orders.order_by("pk"))
    tills, orders = unaudited_tills, []

    def borrow(number: int) -> None:
        orders.append(owe(tills[0].user, tills[0].register, mug, lena, "8.00"))

    rounds = race(
        SELLERS, 10,
        lambda worker, number: pay_dues(
            tills[worker].user, tills[worker].register, lena, "cash 8.00", orders=[orders[number]]
        ),
        before=borrow,
    )  # fmt: skip
    paid = sum(outcomes(each)["done"] for each in rounds)
    if connection.vendor == "sqlite":
        assert paid == 10
    else:
        assert paid > 10, "the control must pay twice"


def borrow_within_the_limit(tills: list[Till], mug: Product, lena: Customer) -> int:
    """Eight tills at once, twice; Lena may owe 24.00, which is three mugs. Returns how many she got."""
    Customer.objects.filter(pk=lena.pk).update(credit_limit=Decimal("24.00"))
    rounds = race(
        SELLERS, 2,
        lambda worker, number: owe(
            tills[worker].user, tills[worker].register, mug, lena, "8.00"
        ),
    )  # fmt: skip
    happened = sum(map(outcomes, rounds), Counter[str]())
    assert happened["done"] + happened["approval_needed"] == SELLERS * 2
    return happened["done"]


def test_eight_tills_lend_no_more_than_the_limit(
    tills: list[Till], mug: Product, lena: Customer, on_account: PaymentMethod
) -> None:
    assert borrow_within_the_limit(tills, mug, lena) == 3


def test_control_without_the_lock_the_limit_is_passed(
    unaudited_tills: list[Till],  # noqa: F811
    mug: Product,
    lena: Customer,
    on_account: PaymentMethod,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SQLite is saved by its IMMEDIATE transactions; PostgreSQL is not."""
    monkeypatch.setattr("pos.services.orders.lock_customer", lambda customer_id: None)
    lent = borrow_within_the_limit(unaudited_tills, mug, lena)
    if connection.vendor == "sqlite":
        assert lent == 3
    else:
        assert lent > 3, "the control must lend too much"
