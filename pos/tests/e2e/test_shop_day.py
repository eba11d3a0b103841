"""A shop's whole day at one till, as the manager lives it: from the float to a drawer that agrees."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from pos.models import CashSession, Customer, Order, Product, StockLevel
from pos.services.customers import add_customer

from .screen import Screen
from .test_register_accounts import find

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified", "no_limits")]
SHIRT, SCARF = "4006381333931", "0012345678905"


def sold(screen: Screen, number: str, change: str = "€0.00") -> None:
    screen.shows_done(number, change)
    screen.press("Enter")
    screen.ready()


def park_and_resume(screen: Screen) -> None:
    """A scarf waits for somebody who looks for the card, then pays with it."""
    screen.scan(SCARF)
    screen.shows_total("€12.50")
    screen.press("F4")
    expect(screen.page.locator("[data-dialog=park] input")).to_be_focused()
    screen.page.keyboard.type("blue coat")
    screen.press("Enter")
    screen.shows_empty_cart()
    screen.press("Shift+F4")
    screen.page.locator(".pos-waiting-order").get_by_role("button", name="Resume").click()
    screen.shows_total("€12.50")
    screen.press("F8")
    screen.dialog("Take payment").get_by_role("button", name="Card").first.click()
    screen.press("Enter")
    sold(screen, "MAIN-R1-000002")


def sell_on_account(screen: Screen) -> None:
    """Lena pays 9.90 of 19.90 now."""
    screen.press("F3")
    find(screen, "lena")
    screen.ready()
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.press("F8")
    expect(screen.dialog("Take payment")).to_be_visible()
    screen.page.locator("[data-pay-amount]").fill("9.90")
    screen.press("Enter", "o", "Enter")
    sold(screen, "MAIN-R1-000003")


def refund_the_first(screen: Screen) -> None:
    screen.press("Shift+F8")
    expect(screen.page.get_by_label("Scan the receipt")).to_be_focused()
    screen.scan("MAIN-R1-000001")
    dialog = screen.dialog("What comes back of MAIN-R1-000001?")
    dialog.get_by_role("button", name="Wrong size").click()
    expect(dialog.locator("[data-return-total]")).to_have_text("€19.90")
    dialog.get_by_role("button", name="Refund Enter").click()
    expect(screen.dialog("Refund or exchange")).to_contain_text("MAIN-R1-R000001")
    screen.press("Escape")
    screen.ready()


def exchange_the_scarf(screen: Screen) -> None:
    """For a shirt: 7.40 more, of a ten."""
    screen.press("Shift+F8")
    expect(screen.page.get_by_label("Scan the receipt")).to_be_focused()
    screen.scan("MAIN-R1-000002")
    dialog = screen.dialog("What comes back of MAIN-R1-000002?")
    dialog.get_by_role("button", name="Wrong size").click()
    dialog.get_by_role("button", name="Exchange").click()
    screen.ready()
    screen.scan(SHIRT)
    screen.shows_total("€7.40")
    screen.press("F8")
    expect(screen.dialog("Take payment")).to_be_visible()
    screen.page.locator("[data-pay-amount]").fill("10")
    screen.press("Enter")
    sold(screen, "MAIN-R1-000004", "€2.60")


def take_the_dues(screen: Screen) -> None:
    screen.press("Shift+F3")
    account = screen.dialog("Pay what is owed")
    account.get_by_role("button", name="Customer", exact=True).click()
    find(screen, "lena")
    amount = account.get_by_label("Amount received")
    expect(amount).to_have_value("10.00")
    amount.press("Enter")
    expect(account.get_by_text("MAIN-R1-A000001")).to_be_visible()
    screen.press("Escape")
    screen.ready()


def pay_the_milk(screen: Screen) -> None:
    screen.press("Shift+F9")
    drawer = screen.dialog("Cash drawer")
    drawer.get_by_role("button", name="Pay out").first.click()
    drawer.get_by_label("Amount").fill("7.30")
    drawer.get_by_label("Why?").fill("Milk")
    screen.press("Enter")
    screen.shows("Paid out: €7.30")
    screen.ready()


def deliver(screen: Screen) -> None:
    """A scarf to Lena's door for 2.50, out and handed over."""
    page = screen.page
    screen.press("F3")
    find(screen, "lena")
    screen.ready()
    screen.scan(SCARF)
    screen.press("Shift+F2")
    dialog = screen.dialog("Delivery and note")
    expect(dialog).to_be_visible()
    screen.press("ArrowRight")
    expect(dialog.get_by_label("Address")).to_have_value("3 Mill Lane")
    dialog.get_by_label("Fee").fill("2.50")
    screen.press("Control+Enter")
    screen.shows_total("€15.00")
    screen.press("F9")
    sold(screen, "MAIN-R1-000005")
    page.goto("/admin/deliveries/?span=all")
    page.get_by_role("button", name="Dispatch MAIN-R1-000005").click()
    screen.press("Enter")
    expect(page.get_by_text("MAIN-R1-000005 is on the way.")).to_be_visible()
    page.get_by_role("button", name="Delivered MAIN-R1-000005").click()
    screen.press("Enter")
    expect(page.get_by_text("MAIN-R1-000005 is delivered.")).to_be_visible()


def count_and_close(screen: Screen) -> None:
    page = screen.page
    page.goto(f"/admin/register/close/{CashSession.objects.get().pk}/")
    for value, pieces in (("100", "1"), ("20", "1"), ("10", "1"), ("5", "1")):
        page.get_by_label(f"Number of {value} EUR").fill(pieces)
    page.get_by_role("button", name="Keep this count").click()
    expect(page.get_by_text("The drawer is exactly right.")).to_be_visible()
    page.get_by_role("button", name="Close the session").click()
    expect(page.get_by_role("heading", name="Z report 1")).to_be_visible()
    page.get_by_role("link", name="Show and print the report").click()
    expect(page.locator("#pos-slip")).to_contain_text("€135.00")


def test_a_whole_day_ends_with_a_drawer_that_agrees(
    sit_down: Any, max_: Any, till_one: Any, till_two: Any, shirt: Product, scarf: Product, cash: Any, card: Any,
    on_account: Any,
) -> None:  # fmt: skip
    lena = add_customer(user=max_, name="Lena Holm")
    Customer.objects.filter(pk=lena.pk).update(address="3 Mill Lane")
    screen = sit_down(max_)
    screen.open_register("Register 1", "100.00")
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.press("F9")
    sold(screen, "MAIN-R1-000001")
    park_and_resume(screen)
    sell_on_account(screen)
    refund_the_first(screen)
    exchange_the_scarf(screen)
    take_the_dues(screen)
    pay_the_milk(screen)
    deliver(screen)
    count_and_close(screen)
    closed = CashSession.objects.get()
    assert (closed.difference, closed.z_number) == (0, 1)
    states = dict(Order.objects.values_list("number", "payment_status"))
    assert states == {
        "MAIN-R1-000001": "refunded",
        "MAIN-R1-000002": "refunded",
        "MAIN-R1-000003": "paid",
        "MAIN-R1-000004": "paid",
        "MAIN-R1-000005": "paid",
    }
    assert Order.objects.get(number="MAIN-R1-000005").delivery_status == "delivered"
    left = {level.product.code: level.on_hand for level in StockLevel.objects.all()}
    assert left == {"SHIRT-M": 10, "SCARF": 2}
