"""A day of the drawer in a real browser: opened, sold from, counted blind, counted again, closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from pos.models import CashMovement, CashSession, PaymentMethod, Product, Register, User

from .test_register_approvals import found_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SHIRT = "4006381333931"


@pytest.fixture(autouse=True)
def shop(
    verified: None, shirt: Product, cash: PaymentMethod, card: PaymentMethod, till_one: Register,
    till_two: Register,
) -> None:  # fmt: skip
    """Two registers; every story ends with the shop's own audit."""


def sell(screen: Any, method: str) -> None:
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.press("F8")
    screen.page.locator("dialog[open]").get_by_role("button", name=method).first.click()
    screen.press("Enter")
    expect(screen.page.locator("[data-done]")).to_contain_text("Sale complete")
    screen.press("Enter")
    screen.ready()


def test_drawer_from_float_to_z_report(sit_down: Any, max_: User, ana: User) -> None:
    screen = sit_down(max_)
    page = screen.page
    screen.open_register("Register 1", "100.00")
    sell(screen, "Cash")
    sell(screen, "Card")

    screen.press("Shift+F9")
    drawer = screen.dialog("Cash drawer")
    drawer.get_by_role("button", name="Pay out").first.click()
    drawer.get_by_label("Amount").fill("7.50")
    drawer.get_by_label("Why?").fill("Milk")
    assert found_in(page, "[data-dialog=drawer]") == []
    screen.press("Enter")
    screen.shows("Paid out: €7.50")
    assert CashMovement.objects.get().reason == "Milk"

    screen.press("Shift+F9")
    drawer.get_by_role("link", name="Count and close").click()
    expect(page.get_by_role("heading", name="Count the drawer")).to_be_visible()
    expect(page.get_by_text("112.40")).to_have_count(0)
    assert found_in(page, ".pos-close") == []
    page.get_by_label("Number of 50 EUR").fill("2")
    page.get_by_label("Number of 10 EUR").fill("1")
    expect(page.get_by_label("Counted cash")).to_have_value("110.00")
    page.get_by_label("Card").fill("19.90")
    page.get_by_role("button", name="Keep this count").click()
    expect(page.get_by_text("€2.40 is missing.")).to_be_visible()
    expect(page.get_by_text("Card is exactly right.")).to_be_visible()
    assert found_in(page, ".pos-close") == []

    page.get_by_role("link", name="Recount").click()
    for value, pieces in (("50", "2"), ("10", "1"), ("2", "1"), ("0.20", "2")):
        page.get_by_label(f"Number of {value} EUR").fill(pieces)
    page.get_by_label("Card").fill("19.90")
    page.get_by_role("button", name="Keep this count").click()
    expect(page.get_by_text("The drawer is exactly right.")).to_be_visible()
    page.get_by_role("button", name="Close the session").click()
    expect(page.get_by_role("heading", name="Z report 1")).to_be_visible()
    page.get_by_role("link", name="Show and print the report").click()
    expect(page.locator("#pos-slip")).to_contain_text("Z REPORT 1")
    expect(page.locator("#pos-slip")).to_contain_text("€112.40")
    assert found_in(page, ".pos-report") == []
    closed = CashSession.objects.get()
    assert (closed.difference, closed.z_number, closed.counts.count()) == (0, 1, 2)


def test_seller_counts_blind_and_opens_no_second_register(
    sit_down: Any, session: CashSession, ana: User
) -> None:
    screen = sit_down(ana)
    page = screen.page
    screen.open_register("Register 1")
    sell(screen, "Cash")
    screen.press("Shift+F9")
    drawer = screen.dialog("Cash drawer")
    expect(drawer.get_by_role("button", name="Pay out")).to_be_hidden()
    expect(drawer.get_by_role("link", name="X report")).to_be_hidden()
    screen.press("Escape")

    page.locator(".pos-menu-button").click()
    page.get_by_role("button", name="Change register").click()
    page.get_by_role("button", name="Register 2").click()
    expect(page.get_by_text("You have Register 1 in Main Street open.")).to_be_visible()
    expect(page.get_by_role("button", name="Start selling")).to_have_count(0)
    page.get_by_role("link", name="Count and close").and_(page.locator(":visible")).first.click()

    page.get_by_label("Counted cash").fill("117.00")
    page.get_by_role("button", name="Keep this count").click()
    expect(page.get_by_role("heading", name="Count 1 is kept")).to_be_visible()
    for words in ("119.90", "2.90", "Expected", "missing"):
        assert words not in page.locator("#content").inner_text()
    page.get_by_role("button", name="Close the session").click()
    expect(page.get_by_text("Your count is saved.")).to_be_visible()
    page.get_by_role("link", name="Show and print the count").click()
    slip = page.locator("#pos-slip")
    expect(slip).to_contain_text("€117.00")
    for words in ("119.90", "2.90", "19.90", "Expected"):
        assert words not in slip.inner_text()
    assert CashSession.objects.get().difference == Decimal("-2.90")
