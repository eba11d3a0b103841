"""A shirt comes back, and another is exchanged, at a real till."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from pos.models import Order, Product, Refund, Register, StockLevel, User
from pos.tests.tills import item, percent, sell

from .screen import Screen

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order(
    verified: None,
    session: Any,
    ana: User,
    till_one: Register,
    shirt: Product,
    scarf: Product,
    cash: Any,
) -> Order:
    """2 × 19.90 with 10 % off the order, 35.82, paid in cash."""
    return sell(
        ana,
        till_one,
        item(shirt, "2"),
        order_discount=percent("10"),
        total="35.82",
        pay="cash 40.00",
    ).order


def test_one_of_two_shirts_comes_back_and_the_other_is_exchanged(
    sit_down: Callable[..., Screen], ana: User, order: Order, shirt: Product
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    page = screen.page

    # The scanned receipt is found at once; one piece, why, and back comes what was paid for it.
    screen.press("Shift+F8")
    expect(page.get_by_label("Scan the receipt")).to_be_focused()
    screen.scan(order.number)
    dialog = screen.dialog(f"What comes back of {order.number}?")
    dialog.get_by_role("button", name="One more of Linen shirt M").click()
    dialog.get_by_role("button", name="Thrown away").or_(
        dialog.get_by_role("button", name="Back on the shelf")
    ).click()
    expect(dialog.locator("[data-return-total]")).to_have_text("€17.91")
    dialog.get_by_role("button", name="Damaged").click()
    dialog.get_by_role("button", name="Refund Enter").click()
    done = screen.dialog("Refund or exchange")
    expect(done).to_contain_text("MAIN-R1-R000001")
    expect(done).to_contain_text("Give back: Cash")
    screen.press("Escape")
    screen.ready()
    refund = Refund.objects.get()
    assert (str(refund.total_amount), refund.lines.get().is_restocked) == ("17.9100", False)
    assert StockLevel.objects.get(product=shirt).on_hand == 10

    # The other one pays for two scarves: the cart keeps it over a reload, only the difference is due.
    screen.press("Shift+F8")
    screen.scan("shirt")
    dialog.get_by_role("button", name="Wrong size").click()
    dialog.get_by_role("button", name="Exchange").click()
    screen.ready()
    page.reload()
    screen.ready()
    screen.shows("Goods back of MAIN-R1-000001: €17.91")
    screen.scan("2*SCARF")
    screen.shows_total("€7.09")
    screen.press("F8")
    expect(screen.dialog("Take payment")).to_contain_text("− 17.91")
    page.locator("[data-pay-amount]").fill("10")
    screen.press("Enter")
    screen.shows_done("MAIN-R1-000002", "€2.91")
    order.refresh_from_db()
    assert (order.payment_status, order.refunds.count()) == ("refunded", 2)
    assert StockLevel.objects.get(product=shirt).on_hand == 11
