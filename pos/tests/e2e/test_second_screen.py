"""What the customer sees: on a screen that is not signed in, from the scan to the change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pos.models import Order, Product, Register
from pos.services.displays import display_token

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


@pytest.fixture
def wall(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A screen of its own, 1024 × 600, where nobody is signed in."""
    context = chromium.new_context(
        viewport={"width": 1024, "height": 600}, base_url=live_server.url
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    assert context.cookies() == []
    context.close()
    assert broken == []


def test_the_customer_follows_scan_payment_and_change(
    sit_down, ana, session, till_one: Register, shirt: Product, scarf: Product, cash, wall: Page
) -> None:
    wall.goto(f"/display/{display_token(user=ana, register_id=till_one.pk)}/")
    expect(wall.get_by_text("Welcome")).to_be_visible()
    expect(wall.get_by_role("heading", name="Main Street")).to_be_visible()
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("2*4006381333931")
    line = wall.get_by_role("listitem").filter(has_text="Linen shirt M")
    expect(line).to_contain_text("2 ×")
    expect(line).to_contain_text("€39.80")
    screen.scan("0012345678905")
    expect(wall.locator(".cart [data-total]")).to_have_text("€52.30")
    expect(wall.get_by_text("Welcome")).to_be_hidden()

    screen.press("F8")
    expect(screen.dialog("Take payment")).to_be_visible()
    screen.page.keyboard.type("100")
    screen.press("Enter")
    expect(wall.get_by_text("Thank you!")).to_be_visible()
    expect(wall.locator(".done [data-sum=change]")).to_have_text(re.compile("€47.70"))
    code = wall.get_by_role("img", name="QR code of your receipt")
    expect(code).to_be_visible()
    assert Order.objects.get().public_token not in wall.content()

    screen.press("Enter")
    expect(wall.get_by_text("Welcome")).to_be_visible()


def test_in_the_same_browser_it_needs_no_server(
    sit_down, ana, session, till_one: Register, shirt: Product, cash
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.page.get_by_role("button", name="Ana: menu").click()
    with screen.page.expect_popup() as opened:
        screen.button("Second screen").click()
    second = opened.value
    expect(second.get_by_text("Welcome")).to_be_visible()
    second.route("**/state/**", lambda route: route.abort())
    screen.page.bring_to_front()
    screen.page.get_by_label("Scan or type a name, code or barcode").focus()
    screen.scan("4006381333931")
    expect(second.locator(".cart [data-total]")).to_have_text("€19.90")
    expect(second.get_by_text("No connection. This may be out of date.")).to_be_visible()


def test_hostile_names_are_only_text(
    sit_down, ana, session, till_one: Register, shirt: Product, wall: Page
) -> None:
    Product.objects.filter(pk=shirt.pk).update(name='<img src=x onerror="document.title=1">')
    wall.goto(f"/display/{display_token(user=ana, register_id=till_one.pk)}/")
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    expect(wall.get_by_role("listitem")).to_contain_text('<img src=x onerror="document.title=1">')
    assert wall.locator("img").count() == 0
    expect(wall).to_have_title("Main Street")
