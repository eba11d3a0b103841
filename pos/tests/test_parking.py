"""Carts put aside: one person holds one, and it is sold once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from pos import roles
from pos.models import CashSession, Customer, Order, PaymentMethod, Product, Register, Store, User
from pos.services.carts import Cart, Delivery
from pos.services.cash import open_session
from pos.services.errors import ApprovalNeeded, Conflict, Forbidden, Invalid, NotFound
from pos.services.parking import discard_order, park_order, resume_order

from . import factories
from .books import refused
from .tills import cart, item, percent, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Ana's register is open and takes cash and cards; every test ends with the shop's own audit."""


@pytest.fixture
def bob(main: Store) -> User:
    """Bob sells in the main store, too, but may not take over what others parked."""
    bob = factories.make_user("bob", roles.STOCK_KEEPER, [main])
    from django.contrib.auth.models import Permission

    bob.user_permissions.add(
        *Permission.objects.filter(codename__in=("sell_order", "give_discount"))
    )
    return bob


@pytest.fixture
def bag(scarf: Product, shirt: Product, rosa: Customer) -> Cart:
    """Two scarves and a shirt for Rosa, ten percent off."""
    return cart(item(scarf, "2"), item(shirt, "1", percent("20"), note="wrap it"),
                customer=rosa, order_discount=percent("10"), note="collects at six")  # fmt: skip


@pytest.fixture
def parked(ana: User, till_one: Register, bag: Cart) -> Order:
    return park_order(user=ana, register=till_one, cart=bag, label="blue coat")


def stored(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


# --- Putting aside ----------------------------------------------------------------------------


def test_parked_order_keeps_its_cart_and_moves_no_stock(
    ana: User, main: Store, till_one: Register, rosa: Customer, scarf: Product, bag: Cart
) -> None:
    order = stored(park_order(user=ana, register=till_one, cart=bag, label="blue coat"))
    assert (order.status, order.label, order.note) == ("parked", "blue coat", "collects at six")
    assert (order.seller, order.customer, order.store, order.held_by) == (ana, rosa, main, None)
    assert (order.number, order.sequence, order.key, order.completed_at, order.sold_on) == (
        None,
    ) * 5
    assert (order.subtotal_amount, order.discount_amount, order.total_amount) == (
        Decimal("44.90"), Decimal("9.20"), Decimal("35.70"),
    )  # fmt: skip
    lines = order.lines.values_list(
        "code", "quantity", "discount_percent", "has_own_discount", "note"
    )
    assert list(lines) == [("SCARF", 2, 5, False, ""), ("SHIRT-M", 1, 20, True, "wrap it")]
    assert scarf.stock_levels.get().on_hand == 3
    assert scarf.stock_movements.count() == 1


def test_parking_again_replaces_the_cart(
    ana: User, till_one: Register, parked: Order, tomatoes: Product
) -> None:
    resume_order(user=ana, order_id=parked.pk, register=till_one)
    again = park_order(
        user=ana,
        register=till_one,
        cart=cart(item(tomatoes, "0.5")),
        parked_id=parked.pk,
        label="red",
    )
    order = stored(again)
    assert (order.pk, order.label, order.total_amount) == (parked.pk, "red", Decimal("1.40"))
    assert (order.customer, order.order_discount_percent, order.held_by) == (None, None, None)
    assert [line.code for line in order.lines.all()] == ["TOMATO"]
    assert [tax.name for tax in order.taxes.all()] == ["VAT 10 %"]


@pytest.mark.parametrize("holder", ["ana", "max_"])
def test_order_is_parked_again_only_by_who_holds_it(
    request: Any, ana: User, till_one: Register, parked: Order, scarf: Product, holder: str
) -> None:
    user = request.getfixturevalue(holder)
    if holder == "max_":
        resume_order(user=user, order_id=parked.pk, register=till_one)
    with refused(Forbidden, "held"):
        park_order(user=ana, register=till_one, cart=cart(item(scarf)), parked_id=parked.pk)


def test_what_is_off_sale_is_not_parked(
    ana: User, till_one: Register, scarf: Product, bag: Cart
) -> None:
    Product.objects.filter(pk=scarf.pk).update(is_active=False)
    with refused(Conflict, "product_unavailable") as caught:
        park_order(user=ana, register=till_one, cart=bag)
    assert caught.value.lines == [0]


@pytest.mark.parametrize(
    ("who", "code"), [("eve", "wrong_store"), ("sam", "no_right"), ("ada", "no_right")]
)
def test_only_sellers_of_the_store_park(
    request: Any, till_one: Register, bag: Cart, who: str, code: str
) -> None:  # fmt: skip
    with refused(Forbidden, code):
        park_order(user=request.getfixturevalue(who), register=till_one, cart=bag)


def test_parked_order_stays_in_its_store(
    ana: User, other: Store, other_till: Register, till_one: Register, parked: Order, scarf: Product
) -> None:
    from guardian.shortcuts import assign_perm

    assign_perm("pos.work_in_store", ana, other)
    both = User.objects.get(pk=ana.pk)
    resume_order(user=both, order_id=parked.pk, register=till_one)
    with refused(Conflict, "other_store"):
        park_order(user=both, register=other_till, cart=cart(item(scarf)), parked_id=parked.pk)
    with refused(Conflict, "other_store"):
        resume_order(user=both, order_id=parked.pk, register=other_till)


# --- Taking up again --------------------------------------------------------------------------


def test_resumed_order_is_held_by_one_person(
    ana: User, max_: User, till_one: Register, till_two: Register, parked: Order
) -> None:
    resume_order(user=ana, order_id=parked.pk, register=till_two)
    assert stored(parked).held_by == ana
    resume_order(user=ana, order_id=parked.pk, register=till_one)
    with refused(Conflict, "held") as caught:
        resume_order(user=max_, order_id=parked.pk, register=till_one)
    assert caught.value.message == "Being served by Ana."
    resume_order(user=max_, order_id=parked.pk, register=till_one, take_over=True)
    assert stored(parked).held_by == max_


def test_taking_over_needs_its_right(
    ana: User, bob: User, till_one: Register, parked: Order
) -> None:
    for take_over in (False, True):
        with refused(Forbidden, "no_right"):
            resume_order(user=bob, order_id=parked.pk, register=till_one, take_over=take_over)
    resume_order(user=ana, order_id=parked.pk, register=till_one)
    with refused(Conflict, "held"):
        resume_order(user=bob, order_id=parked.pk, register=till_one)
    with refused(Forbidden, "no_right"):
        resume_order(user=bob, order_id=parked.pk, register=till_one, take_over=True)


def test_own_order_comes_back_from_somebody_else_who_held_it(
    max_: User, bob: User, till_one: Register, scarf: Product
) -> None:
    own = park_order(user=bob, register=till_one, cart=cart(item(scarf)))
    resume_order(user=max_, order_id=own.pk, register=till_one)
    resume_order(user=bob, order_id=own.pk, register=till_one, take_over=True)
    assert stored(own).held_by == bob


def test_order_of_another_store_does_not_exist(
    eve: User, other_till: Register, till_one: Register, parked: Order
) -> None:
    with refused(NotFound, "no_order"):
        resume_order(user=eve, order_id=parked.pk, register=other_till)
    with refused(NotFound, "no_order"):
        discard_order(user=eve, order_id=parked.pk, reason="mine now")
    with refused(NotFound, "no_order"):
        resume_order(user=eve, order_id=987654, register=other_till)


# --- Selling it -------------------------------------------------------------------------------


def test_parked_order_is_completed_in_its_own_row(
    ana: User, till_one: Register, session: CashSession, parked: Order, scarf: Product
) -> None:
    resume_order(user=ana, order_id=parked.pk, register=till_one)
    key = uuid4()
    asked: dict[str, Any] = {"total": "25.00", "pay": "cash 30.00", "parked": parked, "key": key}
    done = sell(ana, till_one, item(scarf, "2"), **asked)
    order = stored(parked)
    assert (done.order.pk, order.status, order.number) == (parked.pk, "completed", "MAIN-R1-000001")
    assert (order.created_at, order.label) == (parked.created_at, "blue coat")
    assert (order.held_by, order.held_at, order.session) == (None, None, session)
    assert (order.customer, order.order_discount_amount, order.note) == (None, 0, "")
    assert [line.code for line in order.lines.all()] == ["SCARF"]
    assert sell(ana, till_one, item(scarf, "2"), **asked).is_replay
    with refused(Conflict, "parked_gone"):
        sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.50", parked=parked)


def test_parked_order_is_sold_only_by_who_holds_it(
    ana: User, max_: User, till_one: Register, parked: Order, scarf: Product
) -> None:
    asked: dict[str, Any] = {"total": "12.50", "pay": "cash 12.50", "parked": parked}
    with refused(Conflict, "held"):
        sell(ana, till_one, item(scarf), **asked)
    resume_order(user=max_, order_id=parked.pk, register=till_one)
    with refused(Conflict, "held") as caught:
        sell(ana, till_one, item(scarf), **asked)
    assert "Max" in caught.value.message
    assert sell(max_, till_one, item(scarf), **asked).order.seller == max_


def test_refused_sale_leaves_the_parked_order_as_it_was(
    ana: User, till_one: Register, parked: Order, scarf: Product
) -> None:
    resume_order(user=ana, order_id=parked.pk, register=till_one)
    with refused(Conflict, "stock_short"):
        sell(ana, till_one, item(scarf, "4"), total="50.00", pay="cash 50.00", parked=parked)
    assert sorted(line.code for line in parked.lines.all()) == ["SCARF", "SHIRT-M"]


def test_parked_order_is_not_sold_in_another_store(
    root: User, other_till: Register, till_one: Register, parked: Order, scarf: Product
) -> None:
    open_session(user=root, register=other_till, opening_float=Decimal(0))
    resume_order(user=root, order_id=parked.pk, register=till_one)
    factories.put_in_stock(scarf, other_till.store, "5", by=root)
    with refused(NotFound, "no_order"):
        sell(root, other_till, item(scarf), total="12.50", pay="cash 12.50", parked=parked)


# --- Giving it up -----------------------------------------------------------------------------


def test_discarded_order_stays_in_the_books_without_a_number(
    ana: User, till_one: Register, parked: Order, scarf: Product
) -> None:
    resume_order(user=ana, order_id=parked.pk, register=till_one)
    discard_order(user=ana, order_id=parked.pk, reason=" changed her mind ")
    order = stored(parked)
    assert (order.status, order.void_reason, order.number) == ("voided", "changed her mind", None)
    assert (order.held_by, order.total_amount) == (None, Decimal("35.70"))
    assert scarf.stock_levels.get().on_hand == 3
    with refused(Conflict, "parked_gone"):
        discard_order(user=ana, order_id=parked.pk, reason="again")
    with refused(Conflict, "parked_gone"):
        resume_order(user=ana, order_id=parked.pk, register=till_one)
    with refused(Conflict, "parked_gone"):
        sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.50", parked=parked)


def test_discarding_needs_a_reason_and_for_others_the_right(
    ana: User, max_: User, bob: User, till_one: Register, parked: Order
) -> None:
    with refused(Invalid, "no_reason"):
        discard_order(user=ana, order_id=parked.pk, reason="  ")
    with refused(ApprovalNeeded, "approval_needed"):
        discard_order(user=bob, order_id=parked.pk, reason="in the way")
    resume_order(user=ana, order_id=parked.pk, register=till_one)
    with refused(Conflict, "held"):
        discard_order(user=max_, order_id=parked.pk, reason="in the way")


def test_completed_order_is_never_discarded(ana: User, till_one: Register, scarf: Product) -> None:
    order = sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.50").order
    with refused(Conflict, "parked_gone"):
        discard_order(user=ana, order_id=order.pk, reason="never mind")
    with refused(Conflict, "parked_gone"):
        resume_order(user=ana, order_id=order.pk, register=till_one)
    with refused(Conflict, "parked_gone"):
        park_order(user=ana, register=till_one, cart=cart(item(scarf)), parked_id=order.pk)


def test_delivery_is_kept_with_the_parked_order(
    ana: User, till_one: Register, scarf: Product
) -> None:
    wanted = Delivery("1 High Street", fee=Decimal("4.90"))
    order = park_order(user=ana, register=till_one, cart=cart(item(scarf), delivery=wanted))
    assert (order.delivery_address, order.total_amount) == ("1 High Street", Decimal("17.40"))
    assert [line.kind for line in order.lines.order_by("position")] == ["product", "delivery"]
