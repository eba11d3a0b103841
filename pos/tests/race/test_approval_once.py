"""One yes, eight hands: it is used once. With the lock taken away it is used more often."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from pos.models import Approval, AuditEntry, Order, Product, Store, User
from pos.services import approvals, orders
from pos.services.approvals import ask, decide, use
from pos.tests import factories
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.threads import outcomes, race
from pos.tests.tills import cart, item, percent, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PRINT = "f" * 64
FACTS: dict[str, Any] = {"kind": "discount", "fingerprint": PRINT, "amount": Decimal("6.00")}


def given(user: User, by: User, store: Store, **facts: Any) -> Approval:
    row = ask(user=user, store=store, summary="6.00 off", **(FACTS | facts))
    return decide(user=by, approval=row, approve=True)


def spend(user: User, approval: Approval) -> Approval:
    return use(user=user, approval_id=approval.pk, **FACTS)


def test_yes_is_used_by_one_of_eight(tills: list[Till], max_: User, main: Store) -> None:
    rows: list[Approval] = []
    ana = tills[0].user
    rounds = race(
        SELLERS, 20,
        lambda worker, number: spend(ana, rows[number]),
        before=lambda number: rows.append(given(ana, max_, main)),
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, approval_needed=7)] * 20
    assert AuditEntry.objects.filter(kind="approval_used").count() == 20


def test_request_is_answered_by_one_of_eight(tills: list[Till], main: Store) -> None:
    rows: list[Approval] = []
    managers = [
        factories.make_user(f"manager{number}", "Manager", [main]) for number in range(SELLERS)
    ]
    rounds = race(
        SELLERS, 10,
        lambda worker, number: decide(user=managers[worker], approval=rows[number], approve=worker % 2 == 0),
        before=lambda number: rows.append(
            ask(user=tills[0].user, store=main, summary="", **FACTS | {"fingerprint": str(number)})
        ),
    )  # fmt: skip
    assert [outcomes(each) for each in rounds] == [Counter(done=1, approval_decided=7)] * 10


def test_asking_eight_times_at_once_is_one_request(tills: list[Till], main: Store) -> None:
    ana = tills[0].user
    race(
        SELLERS, 10,
        lambda worker, number: ask(user=ana, store=main, summary="", **FACTS | {"fingerprint": str(number)}),
    )  # fmt: skip
    assert Approval.objects.count() == 10


def test_discounted_cart_is_sold_once_with_one_yes(
    tills: list[Till], max_: User, main: Store, root: User
) -> None:
    """Eight tabs of one person, the same cart, eight keys: one sale, and seven that must ask again."""
    from pos.services.carts import load_products, price
    from pos.services.needs import cart_needs

    coat = factories.make_product("Coat", "100.00", stock={main: "1000"}, by=root)
    till, rows = tills[0], []

    def before(number: int) -> None:
        wanted = cart(item(coat, "1", percent("30")))
        priced = price(cart=wanted, store=main, products=load_products(wanted))
        (need,) = cart_needs(user=till.user, register=till.register, priced=priced)
        rows.append(given(till.user, max_, main, fingerprint=need.fingerprint, amount=need.amount))

    def job(worker: int, number: int) -> Any:
        wanted = item(coat, "1", percent("30"))
        return sell(
            till.user,
            till.register,
            wanted,
            total="70.00",
            pay="cash 70.00",
            approvals=(rows[number].pk,),
        )

    rounds: list[list[Any]] = race(SELLERS, 10, job, before=before)
    assert [outcomes(each) for each in rounds] == [Counter(done=1, approval_needed=7)] * 10
    assert Order.objects.completed().count() == 10
    assert Product.objects.get(pk=coat.pk).stock_levels.get().on_hand == 990


def test_asking_while_one_sells_at_the_same_register_waits_in_no_circle(
    tills: list[Till], main: Store, root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sale holds the register and names the person; a request holds the person and names the register."""
    coat = factories.make_product("Coat", "100.00", stock={main: "1000"}, by=root)
    ana, register, met = tills[0].user, tills[0].register, threading.Barrier(2, timeout=30)
    take, lock = orders._take, approvals.lock_person

    def meeting(done: Any) -> Any:
        if connection.vendor != "sqlite":  # which has one lock for all
            met.wait()
        return done

    monkeypatch.setattr(orders, "_take", lambda *args: meeting(take(*args)))
    monkeypatch.setattr(approvals, "lock_person", lambda person: meeting(lock(person)))

    def job(worker: int, number: int) -> Any:
        if worker:
            return ask(user=ana, store=main, register=register, summary="", **FACTS)
        return sell(ana, register, item(coat), total="100.00", pay="cash 100.00")

    (answers,) = race(2, 1, job)
    assert outcomes(answers) == Counter(done=2)


def test_control_without_the_lock_a_yes_is_used_more_than_once(
    tills: list[Till], max_: User, main: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite is saved by its IMMEDIATE transactions; PostgreSQL is not."""
    met = threading.Barrier(SELLERS, timeout=60)
    rows: list[Approval] = []
    ana = tills[0].user

    def unlocked(found: Any) -> Any:
        seen = list(found)
        if connection.vendor != "sqlite":
            met.wait()  # all have seen it unused
        return found.model.objects.filter(pk__in=[row.pk for row in seen])

    monkeypatch.setattr(approvals, "lock_approvals", unlocked)
    rows.append(Approval.objects.create(
        kind="discount", status="approved", store=main, fingerprint=PRINT, amount=Decimal(6), summary="",
        requested_by=ana, requested_at=from_now(), expires_at=from_now(minutes=10), decided_by=max_,
        decided_at=from_now(),
    ))  # fmt: skip
    (answers,) = race(SELLERS, 1, lambda worker, number: spend(ana, rows[0]))
    used = outcomes(answers)["done"]
    assert used == 1 if connection.vendor == "sqlite" else used > 1


def from_now(minutes: int = 0) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)
