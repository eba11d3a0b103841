"""Paying later: sold on account, two orders paid with one amount, the rest spent as store credit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pos.models import AccountPayment, Balance, Order, Product, Register
from pos.services.customers import add_customer

from ..accounts import owe
from .screen import Screen

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified", "no_limits")]


def find(screen: Screen, text: str) -> None:
    """In the open search for a customer."""
    expect(screen.page.locator("[data-dialog=customers] [data-focus]")).to_be_focused()
    screen.page.keyboard.type(text)
    expect(screen.page.get_by_role("option")).to_have_count(1)
    screen.press("Enter")


def pay_both(screen: Screen) -> None:
    """32.40 are owed; 50.00 come, the rest is kept as store credit, and the receipt opens."""
    screen.press("Shift+F3")
    account = screen.dialog("Pay what is owed")
    account.get_by_role("button", name="Customer", exact=True).click()
    find(screen, "lena")
    expect(account.get_by_role("checkbox")).to_have_count(2)
    amount = account.get_by_label("Amount received")
    expect(amount).to_have_value("32.40")
    amount.fill("50")
    account.get_by_role("button", name="€17.60 to store credit").click()
    amount.press("Enter")
    expect(account.get_by_text("MAIN-R1-A000001")).to_be_visible()
    with screen.page.expect_popup() as opened:
        account.get_by_role("button", name="Print receipt").click()
    opened.value.wait_for_load_state()
    expect(opened.value.get_by_text("MAIN-R1-A000001").first).to_be_visible()


def test_customer_pays_two_orders_at_once_and_spends_the_rest(
    sit_down, ana, session, till_one: Register, shirt: Product, scarf: Product, cash, card,
    on_account, store_credit,
) -> None:  # fmt: skip
    lena = add_customer(user=ana, name="Lena Holm")
    owe(ana, till_one, shirt, lena, "19.90")
    screen = sit_down(ana)
    screen.open()
    screen.ready()

    screen.press("F3")
    find(screen, "lena")
    expect(screen.page.locator(".pos-customer")).to_contain_text("Lena Holm")
    screen.ready()
    screen.scan("0012345678905")
    screen.shows_total("€12.50")
    screen.press("F8")
    pay = screen.dialog("Take payment")
    pay.get_by_role("button", name="On account").click()
    screen.press("Enter")
    screen.shows("On account")
    screen.shows_done("MAIN-R1-000002", "€0.00")

    pay_both(screen)
    assert set(Order.objects.values_list("payment_status", flat=True)) == {"paid"}

    screen.press("F3")
    find(screen, "lena")
    expect(screen.page.locator(".pos-customer")).to_contain_text("Lena Holm")
    screen.ready()
    screen.shows("€17.60 store credit")
    screen.scan("0012345678905")
    screen.press("F8")
    pay.get_by_role("button", name="Store credit").click()
    screen.shows("€17.60 left to spend.")
    screen.press("Enter")
    screen.shows_done("MAIN-R1-000003", "€0.00")
    assert Balance.objects.get(customer=lena).amount == Decimal("5.10")
    assert AccountPayment.objects.get().credited_amount == Decimal("17.60")
