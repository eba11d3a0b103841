"""Moving deliveries on: who did it, when, and back again within a day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from pos import roles
from pos.models import (
    AuditEntry,
    CashSession,
    Customer,
    DeliveryStep,
    Order,
    PaymentMethod,
    Product,
    Register,
    Store,
    User,
)
from pos.services.carts import Delivery
from pos.services.deliveries import (
    complete_delivery,
    dispatch_delivery,
    fail_delivery,
    may_undo,
    retry_delivery,
    step_to_undo,
    undo_delivery_step,
)
from pos.services.errors import Conflict, Forbidden, Invalid, NotFound
from pos.services.parking import park_order
from pos.services.verification import verify

from . import factories
from .books import nothing_changes, refused
from .tills import cart, item, sell

pytestmark = pytest.mark.django_db
ADDRESS = Delivery("3 Mill Lane", fee=Decimal("2.00"))


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod) -> None:
    """Ana's register is open; every test ends with the shop's own audit."""


@pytest.fixture
def order(ana: User, till_one: Register, shirt: Product) -> Order:
    """Ana sold a shirt, to be brought to Mill Lane."""
    sale = sell(ana, till_one, item(shirt), total="21.90", pay="cash 21.90", delivery=ADDRESS)
    return sale.order


@pytest.fixture
def ben(main: Store) -> User:
    """Ben sells in the main store, too."""
    return factories.make_user("ben", roles.SELLER, [main])


def stands(order: Order) -> str:
    return Order.objects.get(pk=order.pk).delivery_status


def steps(order: Order) -> list[tuple[Any, ...]]:
    rows = order.delivery_steps.values_list(
        "from_status", "to_status", "is_undo", "note", "created_by__username"
    )
    return list(rows)


def test_a_delivery_goes_out_and_arrives(ana: User, ben: User, order: Order) -> None:
    dispatch_delivery(user=ana, order_id=order.pk, note="with Tom")
    assert stands(order) == "dispatched"
    complete_delivery(user=ben, order_id=order.pk, note="the neighbour took it")
    assert stands(order) == "delivered"
    assert steps(order) == [
        ("pending", "dispatched", False, "with Tom", "ana"),
        ("dispatched", "delivered", False, "the neighbour took it", "ben"),
    ]
    entries = AuditEntry.objects.filter(kind="delivery").order_by("id")
    assert [(each.actor, each.object_id, each.reason, each.changes) for each in entries] == [
        (ana, str(order.pk), "with Tom", [["delivery", "To deliver", "On the way"]]),
        (ben, str(order.pk), "the neighbour took it", [["delivery", "On the way", "Delivered"]]),
    ]
    assert {(each.store, each.register) for each in entries} == {(order.store, order.register)}


def test_goods_are_handed_over_without_being_sent(ana: User, order: Order) -> None:
    complete_delivery(user=ana, order_id=order.pk)
    assert steps(order) == [("pending", "delivered", False, "", "ana")]


def test_a_failed_delivery_is_tried_again(ana: User, order: Order) -> None:
    dispatch_delivery(user=ana, order_id=order.pk)
    fail_delivery(user=ana, order_id=order.pk, note=" nobody at home ")
    assert stands(order) == "failed"
    retry_delivery(user=ana, order_id=order.pk)
    assert stands(order) == "pending"
    dispatch_delivery(user=ana, order_id=order.pk)
    assert [step[:2] for step in steps(order)] == [
        ("pending", "dispatched"),
        ("dispatched", "failed"),
        ("failed", "pending"),
        ("pending", "dispatched"),
    ]
    assert steps(order)[1][3] == "nobody at home"


@pytest.mark.parametrize("note", ["", "  "])
def test_a_failure_says_why(ana: User, order: Order, note: str) -> None:
    dispatch_delivery(user=ana, order_id=order.pk)
    with refused(Invalid, "no_note"):
        fail_delivery(user=ana, order_id=order.pk, note=note)


WRONG = [
    ([], fail_delivery),
    ([], retry_delivery),
    ([dispatch_delivery], dispatch_delivery),
    ([dispatch_delivery], retry_delivery),
    ([complete_delivery], dispatch_delivery),
    ([complete_delivery], complete_delivery),
    ([complete_delivery], fail_delivery),
    ([complete_delivery], retry_delivery),
    ([dispatch_delivery, fail_delivery], dispatch_delivery),
    ([dispatch_delivery, fail_delivery], complete_delivery),
    ([dispatch_delivery, fail_delivery], fail_delivery),
]


@pytest.mark.parametrize(("before", "verb"), WRONG)
def test_steps_are_taken_in_their_order_only(
    ana: User, order: Order, before: list[Any], verb: Any
) -> None:
    for each in before:
        each(user=ana, order_id=order.pk, note="so it was")
    with refused(Conflict, "delivery_moved"):
        verb(user=ana, order_id=order.pk, note="again")


def test_a_refusal_tells_where_the_delivery_stands(ana: User, order: Order) -> None:
    complete_delivery(user=ana, order_id=order.pk)
    with refused(Conflict, "delivery_moved") as caught:
        dispatch_delivery(user=ana, order_id=order.pk)
    assert caught.value.message == "MAIN-R1-000001 stands at “Delivered” by now. Reload the page."


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ana", "ben", "max_", "root"])
def test_everybody_who_sells_there_delivers(request: Any, order: Order, who: str) -> None:
    dispatch_delivery(user=request.getfixturevalue(who), order_id=order.pk)
    assert stands(order) == "dispatched"


@pytest.mark.parametrize(
    ("who", "error", "code"),
    [
        ("eve", NotFound, "no_delivery"),
        ("sam", Forbidden, "no_right"),
        ("ada", Forbidden, "no_right"),
    ],
)
@pytest.mark.parametrize("verb", [dispatch_delivery, complete_delivery, undo_delivery_step])
def test_nobody_else_does(
    request: Any, order: Order, who: str, error: Any, code: str, verb: Any
) -> None:
    user = request.getfixturevalue(who)
    with refused(error, code):
        verb(user=user, order_id=order.pk)


def test_what_has_no_delivery_cannot_be_moved(
    ana: User, till_one: Register, shirt: Product
) -> None:
    sale = sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90")
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt), delivery=ADDRESS))
    for order_id in (sale.order.pk, parked.pk, 999_999):
        with refused(NotFound, "no_delivery"):
            dispatch_delivery(user=ana, order_id=order_id)


def test_deliveries_are_seen_by_everybody_who_works_there(
    ana: User, ben: User, max_: User, eve: User, ada: User, root: User, order: Order,
    till_one: Register, shirt: Product, rosa: Customer,
) -> None:  # fmt: skip
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90")
    park_order(user=ana, register=till_one, cart=cart(item(shirt), delivery=ADDRESS))
    seen = {
        user.username: list(Order.objects.deliverable_by(user))
        for user in (ana, ben, max_, eve, ada, root)
    }
    everybody = dict.fromkeys(("ana", "ben", "max", "root"), [order])
    assert seen == {**everybody, "eve": [], "ada": []}


# --- Taking a step back --------------------------------------------------------------------------


def test_a_step_is_taken_back_by_who_took_it(ana: User, order: Order) -> None:
    step = dispatch_delivery(user=ana, order_id=order.pk)
    undo_delivery_step(user=ana, order_id=order.pk, step_id=step.pk, note="wrong parcel")
    assert steps(order) == [
        ("pending", "dispatched", False, "", "ana"),
        ("dispatched", "pending", True, "wrong parcel", "ana"),
    ]
    assert stands(order) == "pending"
    last = AuditEntry.objects.filter(kind="delivery").latest("id")
    assert last.changes == [["delivery, taken back", "On the way", "To deliver"]]


def test_undoing_twice_takes_the_step_before(ana: User, order: Order) -> None:
    dispatch_delivery(user=ana, order_id=order.pk)
    complete_delivery(user=ana, order_id=order.pk)
    undo_delivery_step(user=ana, order_id=order.pk)
    assert stands(order) == "dispatched"
    undo_delivery_step(user=ana, order_id=order.pk)
    assert stands(order) == "pending"
    with refused(Conflict, "nothing_to_undo"):
        undo_delivery_step(user=ana, order_id=order.pk)


def test_after_taking_back_it_goes_on(ana: User, order: Order) -> None:
    complete_delivery(user=ana, order_id=order.pk)
    undo_delivery_step(user=ana, order_id=order.pk)
    again = dispatch_delivery(user=ana, order_id=order.pk)
    assert step_to_undo(order.delivery_steps.order_by("id")) == again


def test_a_manager_takes_back_what_a_colleague_may_not(
    ana: User, ben: User, max_: User, order: Order
) -> None:
    step = dispatch_delivery(user=ana, order_id=order.pk)
    assert [may_undo(user, step, order) for user in (ana, ben, max_)] == [True, False, True]
    with refused(Forbidden, "not_your_step") as caught:
        undo_delivery_step(user=ben, order_id=order.pk)
    assert caught.value.message == "Only Ana or a manager takes this step back."
    undo_delivery_step(user=max_, order_id=order.pk)
    assert stands(order) == "pending"


def test_after_a_day_a_step_stays(ana: User, order: Order) -> None:
    dispatch_delivery(user=ana, order_id=order.pk)
    order.delivery_steps.update(created_at=F("created_at") - timedelta(hours=24, minutes=1))
    assert not may_undo(ana, order.delivery_steps.get(), order)
    with refused(Conflict, "too_late"):
        undo_delivery_step(user=ana, order_id=order.pk)
    order.delivery_steps.update(created_at=F("created_at") + timedelta(minutes=2))
    undo_delivery_step(user=ana, order_id=order.pk)
    assert stands(order) == "pending"


def test_another_step_than_the_one_meant_is_not_taken_back(ana: User, order: Order) -> None:
    seen = dispatch_delivery(user=ana, order_id=order.pk)
    complete_delivery(user=ana, order_id=order.pk)
    with refused(Conflict, "delivery_moved"):
        undo_delivery_step(user=ana, order_id=order.pk, step_id=seen.pk)


def test_the_sale_itself_never_changes(ana: User, order: Order) -> None:
    before = Order.objects.values().get(pk=order.pk)
    dispatch_delivery(user=ana, order_id=order.pk)
    after = Order.objects.values().get(pk=order.pk)
    assert {name for name in before if before[name] != after[name]} == {"delivery_status"}


# --- The shop's own audit ------------------------------------------------------------------------


def test_verify_names_a_delivery_that_stands_elsewhere(ana: User, order: Order) -> None:
    dispatch_delivery(user=ana, order_id=order.pk)
    Order.objects.filter(pk=order.pk).update(delivery_status="delivered")
    assert [str(problem) for problem in verify()] == [
        "Order MAIN-R1-000001, delivery: found delivered, expected dispatched"
    ]
    Order.objects.filter(pk=order.pk).update(delivery_status="none")
    assert [problem.check for problem in verify()] == ["delivery_steps"]
    Order.objects.filter(pk=order.pk).update(delivery_status="dispatched")


def test_verify_names_a_broken_chain(ana: User, order: Order) -> None:
    step = dispatch_delivery(user=ana, order_id=order.pk)
    DeliveryStep.objects.filter(pk=step.pk).update(from_status="failed")
    assert [str(problem) for problem in verify()] == [
        f"Order MAIN-R1-000001, delivery step #{step.pk}: found failed, expected pending"
    ]
    DeliveryStep.objects.filter(pk=step.pk).update(from_status="pending")


def test_looking_changes_nothing(ana: User, order: Order) -> None:
    with nothing_changes():
        assert verify() == []
