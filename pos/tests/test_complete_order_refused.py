"""Who may sell what, where and when; every refusal leaves the books as they were."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pos import roles
from pos.models import CashSession, Customer, PaymentMethod, Product, Register, Store, User
from pos.pricing import Discount
from pos.services.cash import close_session
from pos.services.errors import ApprovalNeeded, Conflict, Forbidden, Invalid, NotFound

from . import factories
from .books import refused
from .tills import amount, item, percent, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Ana's register is open and takes cash and cards; every test ends with the shop's own audit."""


# --- Who and where ----------------------------------------------------------------------------


def test_seller_cannot_sell_in_the_session_of_another(
    till_one: Register, main: Store, scarf: Product, max_: User
) -> None:
    bob = factories.make_user("bob", roles.SELLER, [main])
    with refused(Forbidden, "other_session") as caught:
        sell(bob, till_one, item(scarf), total="12.50", pay="cash 12.50")
    assert "Ana" in caught.value.message
    order = sell(max_, till_one, item(scarf), total="12.50", pay="cash 12.50").order
    assert (order.seller, order.session.opened_by.username) == (max_, "ana")


def test_nobody_sells_in_a_store_they_do_not_work_in(
    eve: User, till_one: Register, scarf: Product
) -> None:
    with refused(Forbidden, "wrong_store"):
        sell(eve, till_one, item(scarf), total="12.50", pay="cash 12.50")


@pytest.mark.parametrize("who", ["sam", "ada"])
def test_only_sellers_sell(request: Any, till_one: Register, scarf: Product, who: str) -> None:
    user = request.getfixturevalue(who)
    with refused(Forbidden, "no_right"):
        sell(user, till_one, item(scarf), total="12.50", pay="cash 12.50")


def test_deactivated_seller_is_refused(ana: User, till_one: Register, scarf: Product) -> None:
    ana.is_active = False
    ana.save()
    with refused(Forbidden, "no_right"):
        sell(User.objects.get(pk=ana.pk), till_one, item(scarf), total="12.50", pay="cash 12.50")


def test_nothing_is_sold_after_the_session_is_closed(
    ana: User, till_one: Register, session: CashSession, scarf: Product
) -> None:
    close_session(user=ana, session=session, counted_cash=Decimal("100.00"))
    with refused(Conflict, "session_closed"):
        sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.50")


def test_register_that_does_not_exist_is_refused(ana: User, scarf: Product) -> None:
    with refused(NotFound, "no_register"):
        sell(ana, Register(pk=987654), item(scarf), total="12.50", pay="cash 12.50")


def test_discount_needs_its_right(
    ana: User, till_one: Register, scarf: Product, rosa: Customer
) -> None:
    ana.groups.get().permissions.remove(
        *ana.groups.get().permissions.filter(codename="give_discount")
    )
    bare = User.objects.get(pk=ana.pk)
    with refused(ApprovalNeeded, "approval_needed"):
        sell(bare, till_one, item(scarf, "1", percent("1")), total="12.37", pay="cash 12.37")
    with refused(ApprovalNeeded, "approval_needed"):
        sell(
            bare,
            till_one,
            item(scarf),
            total="12.37",
            pay="cash 12.37",
            order_discount=percent("1"),
        )
    done = sell(bare, till_one, item(scarf), total="11.87", pay="cash 11.87", customer=rosa)
    assert done.order.discount_amount == Decimal("0.63")


# --- What changed meanwhile -------------------------------------------------------------------


def test_product_taken_off_sale_names_its_lines(
    ana: User, till_one: Register, shirt: Product, scarf: Product
) -> None:
    Product.objects.filter(pk=scarf.pk).update(is_active=False)
    with refused(Conflict, "product_unavailable") as caught:
        sell(ana, till_one, item(scarf), item(shirt), item(scarf), total="44.90", pay="cash 44.90")
    assert caught.value.lines == [0, 2]


def test_customer_made_inactive_is_refused(
    ana: User, till_one: Register, scarf: Product, rosa: Customer
) -> None:
    Customer.objects.filter(pk=rosa.pk).update(status="inactive")
    with refused(Conflict, "customer_unavailable"):
        sell(ana, till_one, item(scarf), total="11.87", pay="cash 11.87", customer=rosa)


@pytest.mark.parametrize("price", ["13.00", "12.00"])
@pytest.mark.parametrize("pay", ["cash 12.50", "cash 50.00", "card 12.50"])
def test_new_price_is_told_before_anything_is_charged(
    ana: User, till_one: Register, scarf: Product, price: str, pay: str
) -> None:
    Product.objects.filter(pk=scarf.pk).update(price=Decimal(price))
    with refused(Conflict, "total_changed") as caught:
        sell(ana, till_one, item(scarf), total="12.50", pay=pay)
    assert caught.value.data == {"total": price}
    assert f"€{price}" in caught.value.message


def test_pieces_are_whole(ana: User, till_one: Register, scarf: Product, tomatoes: Product) -> None:
    with refused(Invalid, "too_precise") as caught:
        sell(
            ana, till_one, item(tomatoes, "0.5"), item(scarf, "0.5"), total="7.65", pay="cash 7.65"
        )
    assert caught.value.lines == [1]


def test_cart_has_something_in_it_and_not_too_much(
    ana: User, till_one: Register, tomatoes: Product
) -> None:
    with refused(Invalid, "empty_cart"):
        sell(ana, till_one, total="0.00")
    with refused(Invalid, "too_many_lines"):
        sell(ana, till_one, *[item(tomatoes, "0.001")] * 501, total="0.00")


@pytest.mark.parametrize("wanted", [amount("12.51"), amount("12.500000001")])
def test_discount_is_never_more_than_the_line(
    ana: User, till_one: Register, shirt: Product, scarf: Product, wanted: Discount
) -> None:
    code = "discount_too_large" if wanted.amount == Decimal("12.51") else "too_precise"
    with refused(Invalid, code) as caught:
        sell(ana, till_one, item(shirt), item(scarf, "1", wanted), total="19.90", pay="cash 20.00")
    assert caught.value.lines == [1]


def test_order_discount_is_never_more_than_the_order(
    ana: User, till_one: Register, scarf: Product
) -> None:
    with refused(Invalid, "discount_too_large") as caught:
        sell(ana, till_one, item(scarf), total="0.00", order_discount=amount("12.51"))
    assert caught.value.lines == []


def test_total_beyond_what_the_books_can_hold_is_refused(
    ana: User, till_one: Register, root: User
) -> None:
    dear = factories.make_product("Ship", "999999999.99", stock_policy="allow")
    with refused(Invalid, "too_large") as caught:
        sell(ana, till_one, item(dear, "2"), total="1999999999.98", pay="card 1999999999.98")
    assert caught.value.lines == [0]
    with refused(Invalid, "too_large"):
        sell(ana, till_one, item(dear), item(dear), total="1999999999.98", pay="card 1.00")
