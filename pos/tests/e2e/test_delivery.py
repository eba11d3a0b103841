"""Sold with a delivery by keyboard, sent out, delivered, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pos.models import Customer, Order, Product

from .screen import Screen

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


def ask_for_tomorrow(screen: Screen) -> None:
    """⇧F2 to Enter, without a mouse."""
    page = screen.page
    screen.press("Shift+F2")
    dialog = screen.dialog("Delivery and note")
    expect(dialog).to_be_visible()
    screen.press("ArrowRight")  # from pick-up to delivery
    expect(dialog.get_by_label("Address")).to_have_value("3 Mill Lane\nTown")
    screen.press("Tab", "Tab", "ArrowRight", "Tab")  # past the address, to tomorrow, to the fee
    expect(dialog.get_by_label("Fee")).to_be_focused()
    page.keyboard.type("2.50")
    screen.press("Tab")
    page.keyboard.type("ring twice")
    screen.press("Tab")
    page.keyboard.type("gift wrap")
    screen.press("Enter")
    expect(dialog).to_be_hidden()


def move_on_and_back(screen: Screen) -> None:
    """In the list of deliveries: dispatched, delivered, and the last step taken back."""
    page = screen.page
    page.goto("/admin/deliveries/?span=tomorrow")
    row = page.locator("[data-delivery='MAIN-R1-000001']")
    page.get_by_role("button", name="Dispatch MAIN-R1-000001").click()
    page.keyboard.type("with Tom")
    screen.press("Enter")
    expect(page.get_by_text("MAIN-R1-000001 is on the way.")).to_be_visible()
    expect(row).to_contain_text("with Tom")
    page.get_by_role("button", name="Delivered MAIN-R1-000001").click()
    screen.press("Enter")
    expect(page.get_by_text("MAIN-R1-000001 is delivered.")).to_be_visible()
    page.get_by_role("button", name="Take back MAIN-R1-000001").click()
    screen.press("Enter")
    expect(page.get_by_text("the last step is taken back")).to_be_visible()
    expect(row).to_have_attribute("data-state", "dispatched")


def test_delivery_from_the_till_to_the_door(
    sit_down, ana, session, shirt: Product, rosa: Customer, cash
) -> None:
    Customer.objects.filter(pk=rosa.pk).update(address="3 Mill Lane\nTown")
    screen = sit_down(ana)
    page = screen.page
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.press("F3")
    page.keyboard.type("Rosa")
    expect(page.get_by_role("option")).to_have_count(1)
    screen.press("Enter")
    expect(screen.dialog("Customer")).to_be_hidden()

    ask_for_tomorrow(screen)
    expect(page.locator("[data-delivery]")).to_contain_text("Delivery to 3 Mill Lane, Town")
    expect(page.locator("[data-delivery]")).to_contain_text("tomorrow · €2.50 · ring twice")
    screen.shows_total("€21.40")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    order = Order.objects.get()
    assert (order.delivery_address, order.delivery_note, order.note) == (
        "3 Mill Lane\nTown",
        "ring twice",
        "gift wrap",
    )
    assert order.lines.get(kind="delivery").gross_amount == Decimal("2.50")

    move_on_and_back(screen)
    assert list(Order.objects.get().delivery_steps.values_list("to_status", "is_undo")) == [
        ("dispatched", False),
        ("delivered", False),
        ("dispatched", True),
    ]


def test_after_a_reload_the_address_is_asked_for_before_paying(
    sit_down, ana, session, shirt: Product, cash
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.press("Shift+F2")
    dialog = screen.dialog("Delivery and note")
    expect(dialog).to_be_visible()
    screen.press("ArrowRight", "Tab")
    screen.page.keyboard.type("3 Mill Lane")
    screen.press("Control+Enter")
    expect(screen.page.locator("[data-delivery]")).to_contain_text("3 Mill Lane")
    assert "Mill Lane" not in screen.page.evaluate("JSON.stringify(localStorage)")
    screen.page.reload()
    screen.ready()
    expect(screen.page.locator("[data-delivery]")).to_contain_text("typed again")
    screen.press("F9")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Address")).to_be_focused()
    screen.page.keyboard.type("3 Mill Lane")
    screen.press("Control+Enter")
    expect(dialog).to_be_hidden()
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert Order.objects.get().delivery_address == "3 Mill Lane"
