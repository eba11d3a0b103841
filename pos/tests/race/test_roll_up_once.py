"""Eight processes that sum the same days: each day is summed once, and right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from pos.models import FinishedDay, Product, SalesDay, User
from pos.services.days.rolling import mark_stale, rebuild, roll_missing, roll_up
from pos.tests import factories
from pos.tests.race.conftest import SELLERS, Till
from pos.tests.race.threads import outcomes, race
from pos.tests.tills import item, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sold(tills: list[Till], root: User, main: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mug at every till, two days ago."""
    mug = factories.make_product("Mug", "8.00", stock={main: "100"}, by=root)
    for till in tills:
        sell(till.user, till.register, item(mug), total="8.00", pay="cash 8.00")
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)


def summed() -> tuple[int, int]:
    return FinishedDay.objects.count(), sum(SalesDay.objects.values_list("orders", flat=True))


def forget(main: Any) -> None:
    day = SalesDay.objects.values_list("day", flat=True).first()
    if day:
        mark_stale(store_id=main.pk, first=day, last=day + timedelta(days=1))


@pytest.mark.parametrize("skips", [True, False])
def test_each_day_is_summed_once(sold: None, main: Any, skips: bool) -> None:
    day = main.business_day() - timedelta(days=2)
    jobs: dict[bool, Callable[[], int]] = {
        True: roll_missing,
        False: lambda: roll_up(store=main, day=day),
    }
    rounds = race(SELLERS, 3, lambda worker, number: jobs[skips](), before=lambda _: forget(main))
    days = 2 if skips else 1
    assert [sum(round_) for round_ in rounds] == [days] * 3
    assert summed() == (days, SELLERS)


def test_a_day_that_is_made_anew_by_many_is_right(sold: None) -> None:
    rounds = race(SELLERS, 2, lambda worker, number: rebuild())
    assert [outcomes(each) for each in rounds] == [{"done": SELLERS}] * 2
    assert summed() == (2, SELLERS)


def test_nobody_sums_a_day_while_its_documents_change(
    sold: None, main: Any, tills: list[Till]
) -> None:
    """One takes a day's sums away and changes it, all others sum: what is kept is how it ends."""
    roll_missing()
    mug = Product.objects.get()
    day = SalesDay.objects.values_list("day", flat=True)[0]

    @transaction.atomic
    def change() -> None:
        mark_stale(store_id=main.pk, first=day, last=day)
        order = sell(tills[0].user, tills[0].register, item(mug), total="8.00", pay="cash 8").order
        order.refresh_from_db()
        order.sold_on, order.completed_at = day, order.session.opened_at
        order.save(update_fields=["sold_on", "completed_at"])
        order.payments.update(received_on=day, received_at=order.completed_at)

    def job(worker: int, number: int) -> Any:
        return roll_missing() if worker else change()

    rounds = race(SELLERS, 4, job)
    assert [outcomes(each) for each in rounds] == [{"done": SELLERS}] * 4
    roll_missing()
    assert summed() == (2, SELLERS + 4)
    SalesDay.objects.all().delete()
    rebuild()
    assert summed() == (2, SELLERS + 4)
