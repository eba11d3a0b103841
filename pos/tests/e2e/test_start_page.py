"""The owner arranges the start page and leaves it open; a sale elsewhere appears by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from pos.models import CashSession, PaymentMethod, Product, Register, User

from ..tills import item, sell
from .screen import Screen
from .test_auditor import findings
from .test_register_access import DEVICES

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


@pytest.fixture
def office(
    sit_down: Callable[..., Screen], root: User, ana: User, till_one: Register, scarf: Product,
    session: CashSession, shirt: Product, cash: PaymentMethod,
) -> Page:  # fmt: skip
    """Root at their desk, after Ana's first sale of 19.90."""
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00")
    return sit_down(root).page


def test_owner_arranges_the_page_by_keyboard_and_finds_it_so(office: Page) -> None:
    office.goto("/admin/")
    first = office.locator(".pos-start-card h2").first
    expect(first).to_contain_text("Sales")
    office.get_by_role("link", name="Customise").click()
    up = office.get_by_role("button", name="Move Orders up")
    up.focus()
    office.keyboard.press("Enter")
    expect(office.get_by_role("status")).to_have_text("Orders: place 1 of 20")
    office.get_by_role("checkbox", name="Top sellers").uncheck()
    office.get_by_role("button", name="Save").click()
    expect(first).to_contain_text("Orders")
    expect(office.get_by_role("heading", name="Top sellers")).to_have_count(0)
    office.get_by_role("link", name="Customise").click()
    office.get_by_role("button", name="Reset to all cards").click()
    expect(first).to_contain_text("Sales")
    expect(office.get_by_role("heading", name="Top sellers")).to_be_visible()


def test_a_sale_elsewhere_appears_by_itself_and_the_focus_stays(
    office: Page, ana: User, till_one: Register, scarf: Product
) -> None:
    office.clock.install()
    office.goto("/admin/?period=today")
    sales = office.locator("#pos-start-sales")
    expect(sales).to_contain_text("€19.90")
    office.evaluate("window.stayed = true")
    link = sales.get_by_role("link")
    link.focus()
    sell(ana, till_one, item(scarf), total="12.50", pay="cash 20.00")
    office.clock.run_for(61_000)
    expect(sales).to_contain_text("€32.40")
    expect(link).to_be_focused()
    drawn = "Chart.getChart(document.querySelector('canvas')).data.datasets[0].data.map(Number)"
    assert sum(Decimal(str(value)) for value in office.evaluate(drawn)) == Decimal("32.4")
    assert office.evaluate("window.stayed")


def test_an_open_page_leads_to_the_sign_in_page_once_signed_out(office: Page) -> None:
    office.clock.install()
    office.goto("/admin/?period=today")
    office.context.clear_cookies()
    office.clock.run_for(61_000)
    expect(office).to_have_url(re.compile("/admin/login/"))


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
def test_start_page_and_its_choice_are_accessible(office: Page, look: str, device: str) -> None:
    width, height = DEVICES[device]
    office.set_viewport_size({"width": width, "height": height})
    for address in ("/admin/", "/admin/?period=today", "/admin/start/customise/"):
        office.goto(address)
        office.evaluate(
            f"document.documentElement.classList.toggle('dark', {str(look == 'dark').lower()})"
        )
        assert findings(office) == []
        beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert office.evaluate(beyond) == 0
