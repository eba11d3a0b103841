"""One key, one sale; one parked order, one seller; one series of numbers without a gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from pos.models import CashSession, Order, PaymentMethod, Product, Register, Store, User
from pos.services.cash import close_session, expected_cash, open_session
from pos.services.parking import park_order, resume_order
from pos.tests import factories
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.threads import outcome, outcomes, race
from pos.tests.tills import cart, item, line, post, request_body, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mug(root: User, main: Store) -> Product:
    """8.00 a piece; 10,000 are there."""
    return factories.make_product("Mug", "8.00", stock={main: "10000"}, by=root)


def test_hundred_sales_each_sent_eight_times_are_hundred_sales(
    tills: list[Till], mug: Product, signed_in: Callable[[User], Client]
) -> None:
    """Through the door, as a double click, two tabs and an impatient network do it."""
    till = tills[0]
    clients = [signed_in(till.user) for _ in range(SELLERS)]
    bodies = [
        request_body(till.register, line(mug), total="8.00", pay="cash 10.00") for _ in range(100)
    ]
    rounds = race(
        SELLERS, 100, lambda worker, number: post(clients[worker], "checkout", bodies[number])
    )
    for body, answers in zip(bodies, rounds, strict=True):
        assert sorted(each.status_code for each in answers) == [200] * 7 + [201]
        (content,) = {each.content for each in answers}
        assert Order.objects.get(key=body["key"]).number == answers[0].json()["order"]["number"]
        assert content == answers[0].content
    assert Order.objects.count() == 100
    assert mug.stock_levels.get().on_hand == 9900


def test_one_key_at_eight_registers_is_one_sale(tills: list[Till], mug: Product) -> None:
    keys = [uuid4() for _ in range(10)]
    rounds = race(
        SELLERS, 10,
        lambda worker, number: sell(
            tills[worker].user, tills[worker].register, item(mug), total="8.00", pay="cash 8.00", key=keys[number]
        ),
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, key_reused=7)] * 10
    assert Order.objects.count() == 10


@pytest.fixture
def crowd(
    verified: None, main: Store, cash: PaymentMethod, till_one: Register, root: User
) -> list[User]:
    """Eight managers who may all sell in one session."""
    return [factories.make_user(f"manager{number}", "Manager", [main]) for number in range(SELLERS)]


def test_numbers_of_one_register_have_no_gap(
    crowd: list[User], session: CashSession, till_one: Register, mug: Product
) -> None:
    """Every fifth sale is refused, after its number could have been taken."""

    def job(worker: int, number: int) -> Any:
        total = "8.00" if (worker + number) % 5 else "7.99"
        return sell(crowd[worker], till_one, item(mug), total=total, pay="cash 8.00")

    rounds = race(SELLERS, 15, job)
    assert sum(map(outcomes, rounds), Counter()) == Counter(done=96, total_changed=24)
    orders = Order.objects.order_by("sequence")
    assert list(orders.values_list("sequence", flat=True)) == list(range(1, 97))
    assert [order.number for order in orders] == [f"MAIN-R1-{place:06}" for place in range(1, 97)]
    till_one.refresh_from_db()
    assert till_one.last_number == 96


def test_sale_is_wholly_in_the_session_or_refused_while_it_closes(
    crowd: list[User], root: User, till_one: Register, mug: Product
) -> None:
    opened: list[CashSession] = []

    def before(number: int) -> None:
        opened.append(open_session(user=root, register=till_one, opening_float=Decimal(number)))

    def job(worker: int, number: int) -> Any:
        if worker == number % SELLERS:
            return close_session(
                user=crowd[worker], session=opened[number], counted_cash=Decimal(0)
            )
        return sell(crowd[worker], till_one, item(mug), total="8.00", pay="cash 10.00")

    rounds = race(SELLERS, 20, job, before=before)
    happened = sum(map(outcomes, rounds), Counter())
    assert happened.keys() == {"done", "session_closed"}, happened
    for number, answers in enumerate(rounds):
        session = CashSession.objects.get(pk=opened[number].pk)
        sold = outcomes(answers)["done"] - 1
        assert session.orders.count() == sold
        assert session.expected_cash == expected_cash(session) == number + 8 * sold
        assert session.orders.filter(completed_at__gt=session.closed_at).count() == 0


def test_register_is_opened_by_one_of_eight(crowd: list[User], till_one: Register) -> None:
    def before(number: int) -> None:
        for session in CashSession.objects.open():
            close_session(user=crowd[0], session=session, counted_cash=Decimal(0))

    rounds = race(
        SELLERS, 10,
        lambda worker, number: open_session(user=crowd[worker], register=till_one, opening_float=Decimal(0)),
        before=before,
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, already_open=7)] * 10


@pytest.mark.parametrize("take_over", [False, True])
def test_parked_order_is_sold_by_one_person(
    tills: list[Till], mug: Product, take_over: bool
) -> None:
    parked: list[Order] = []

    def before(number: int) -> None:
        till = tills[number % SELLERS]
        parked.append(park_order(user=till.user, register=till.register, cart=cart(item(mug))))

    def job(worker: int, number: int) -> tuple[str, str]:
        """Resume, then try to sell, whatever came of it."""
        user, register, order = tills[worker].user, tills[worker].register, parked[number]
        tries: list[Callable[[], Any]] = [
            lambda: resume_order(user=user, order_id=order.pk, register=register, take_over=take_over),
            lambda: sell(user, register, item(mug), total="8.00", pay="cash 8.00", parked=order),
        ]  # fmt: skip
        return outcome(attempted(tries[0])), outcome(attempted(tries[1]))

    rounds = race(SELLERS, 15, job, before=before)
    for number, answers in enumerate(rounds):
        resumed, sold = zip(*answers, strict=True)
        assert Counter(sold)["done"] == 1
        assert set(sold) <= {"done", "held", "parked_gone"}
        winner = sold.index("done")
        assert resumed[winner] == "done"
        order = Order.objects.get(pk=parked[number].pk)
        assert (order.status, order.seller, order.register) == (
            "completed", tills[winner].user, tills[winner].register,
        )  # fmt: skip
        if not take_over:
            assert Counter(resumed)["done"] == 1
    assert Order.objects.count() == 15


def attempted(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except Exception as error:  # noqa: BLE001  judged by the test
        return error
