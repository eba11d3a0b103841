"""Whatever happens to the connection while paying: one sale, never two, and the cashier knows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pos.models import Order, Payment, Product, StockLevel

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


@pytest.fixture
def screen(sit_down, ana, session, shirt: Product, cash):
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("2*4006381333931")
    screen.shows_total("€39.80")
    return screen


def sold_once(shirt: Product) -> bool:
    return (
        Order.objects.count() == 1
        and Payment.objects.count() == 1
        and StockLevel.objects.get(product=shirt).on_hand == 10
    )


@pytest.mark.parametrize("after_saving", [False, True], ids=["on the way in", "on the way back"])
def test_lost_payment_is_saved_exactly_once(screen, shirt: Product, after_saving: bool) -> None:
    screen.lose_next_payment(after_saving=after_saving)
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert sold_once(shirt)


def test_cashier_is_told_and_cannot_pay_again_while_it_is_unknown(screen, shirt: Product) -> None:
    screen.lose_payments()
    screen.press("F9")
    dialog = screen.dialog("Not saved yet")
    expect(dialog).to_contain_text("It may have been saved already.")
    expect(dialog).to_contain_text("€39.80")
    screen.press("F9", "F8", "Escape")
    expect(dialog).to_contain_text("It cannot be cancelled before the shop has answered")
    expect(screen.page.get_by_role("dialog")).to_have_count(1)
    assert Order.objects.count() == 0
    screen.connection_is_back()
    screen.button("Retry now").click()
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert sold_once(shirt)


@pytest.mark.parametrize("after_saving", [False, True], ids=["on the way in", "on the way back"])
def test_lost_payment_goes_on_after_a_reload(screen, shirt: Product, after_saving: bool) -> None:
    if after_saving:
        screen.lose_next_payment(after_saving=True)
        screen.press("F9")
        expect(screen.dialog("Not saved yet")).to_be_visible()
    screen.lose_payments()
    if not after_saving:
        screen.press("F9")
        expect(screen.dialog("Not saved yet")).to_be_visible()
    screen.page.reload()
    expect(screen.dialog("Not saved yet")).to_be_visible()
    screen.connection_is_back()
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert sold_once(shirt)


def test_signed_out_in_mid_sale_keeps_the_cart(screen, shirt: Product, ana, signed_in) -> None:
    screen.page.context.clear_cookies(name="sessionid")
    screen.press("F9")
    dialog = screen.dialog("Not saved yet")
    expect(dialog).to_contain_text("You are signed out.")
    assert Order.objects.count() == 0
    value = signed_in(ana).cookies["sessionid"].value
    address = screen.page.evaluate("location.origin")
    screen.page.context.add_cookies([{"name": "sessionid", "value": value, "url": address}])
    screen.button("Retry now").click()
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert sold_once(shirt)


def test_lost_connection_while_scanning_keeps_the_code(screen, scarf: Product) -> None:
    screen.page.context.set_offline(True)
    screen.scan("0012345678905")
    screen.shows("“0012345678905” was not added. Press Enter to try again.")
    screen.shows("Offline")
    screen.page.context.set_offline(False)
    screen.press("Enter")
    screen.shows_line("Wool scarf", "1", "12.50")
    screen.shows_total("€52.30")
    expect(screen.page.get_by_text("Saved", exact=True)).to_be_visible()
