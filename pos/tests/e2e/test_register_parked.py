"""Carts put aside, and carts kept over a reload."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pos.models import Customer, Order, Product, Register
from pos.services.cash import open_session

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


def test_parked_here_resumed_and_paid_at_another_register(
    sit_down, ana, max_, session, till_two: Register, shirt: Product, scarf: Product, cash
) -> None:
    open_session(user=max_, register=till_two, opening_float=Decimal("50.00"))
    screen = sit_down(ana)
    screen.open_register("Register 1")
    screen.scan("2*4006381333931", "0012345678905")
    screen.shows_total("€52.30")
    screen.press("F4")
    expect(screen.dialog("Park this cart")).to_be_visible()
    screen.page.keyboard.type("blue coat")
    screen.press("Enter")
    screen.shows_empty_cart()

    other = sit_down(max_, elsewhere=True)
    other.open_register("Register 2")
    other.press("Shift+F4")
    listed = other.dialog("Parked orders")
    expect(listed).to_contain_text("blue coat")
    expect(listed).to_contain_text("€52.30")
    other.button("Resume blue coat").click()
    other.shows_line("Linen shirt", "2", "39.80")
    other.shows_total("€52.30")
    other.press("F9")
    other.shows_done("MAIN-R2-000001", "€0.00")

    order = Order.objects.get()
    assert (order.status, order.register, order.seller) == ("completed", till_two, max_)


def test_order_held_by_another_is_taken_over_only_on_purpose(
    sit_down, ana, max_, session, till_two: Register, shirt: Product
) -> None:
    open_session(user=max_, register=till_two, opening_float=Decimal("0"))
    screen = sit_down(ana)
    screen.open_register("Register 1")
    screen.scan("4006381333931")
    screen.press("F4")
    expect(screen.dialog("Park this cart")).to_be_visible()
    screen.page.keyboard.type("table 4")
    screen.press("Enter")
    screen.shows_empty_cart()
    screen.press("Shift+F4")
    screen.button("Resume table 4").click()
    screen.shows_line("Linen shirt", "1", "19.90")

    other = sit_down(max_, elsewhere=True)
    other.open_register("Register 2")
    other.press("Shift+F4")
    other.shows("Being served by Ana")
    other.button("Take over table 4").click()
    expect(other.dialog("Take this order over?")).to_be_visible()
    other.button("Take over").click()
    other.shows_line("Linen shirt", "1", "19.90")
    assert Order.objects.get().held_by == max_


def test_parked_order_is_discarded_with_a_reason(sit_down, ana, session, shirt: Product) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.press("F4")
    expect(screen.dialog("Park this cart")).to_be_visible()
    screen.page.keyboard.type("grey hat")
    screen.press("Enter")
    screen.shows_empty_cart()
    screen.press("Shift+F4")
    screen.button("Discard grey hat").click()
    dialog = screen.dialog("Discard this parked order?")
    expect(dialog).to_be_visible()
    screen.press("Enter")
    screen.shows("Say in a few words why it is given up.")
    screen.page.keyboard.type("customer left")
    screen.press("Enter")
    expect(dialog).to_be_hidden()
    screen.shows("Nothing is parked.")
    order = Order.objects.get()
    assert (order.status, order.void_reason) == ("voided", "customer left")


def test_cart_survives_a_reload(
    sit_down, ana, session, shirt: Product, rosa: Customer, cash
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("2*4006381333931")
    screen.press("F3")
    screen.page.keyboard.type("rosa")
    expect(screen.page.get_by_role("option")).to_have_count(1)
    screen.press("Enter")
    screen.shows_total("€37.81")
    screen.page.reload()
    screen.ready()
    screen.shows_line("Linen shirt", "2", "37.81")
    screen.shows("Rosa Lind")
    stored = screen.page.evaluate("JSON.stringify(localStorage)")
    assert "Rosa" not in stored and "rosa@example.org" not in stored
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")


def test_two_tabs_of_one_till_show_one_cart(sit_down, ana, session, shirt: Product) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    second = type(screen)(screen.page.context.new_page())
    second.open()
    second.ready()
    screen.page.bring_to_front()
    screen.scan("4006381333931")
    screen.shows_line("Linen shirt", "1", "19.90")
    second.shows_line("Linen shirt", "1", "19.90")
