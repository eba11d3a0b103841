"""The register for everybody: axe finds nothing, in any dialog, by day and by night, on any device."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from pos.models import Customer, Product, Register

from .. import factories

pytestmark = pytest.mark.e2e

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DEVICES = {"till": (1440, 900), "tablet": (1024, 768), "telephone": (390, 844)}


def findings(page: Any) -> list[str]:
    """What axe finds on the page, in its words."""
    # A colour that still fades in is not yet the one to be judged.
    page.evaluate(
        "Promise.allSettled(document.getAnimations().map((each) => each.finished)).then(() => null)"
    )
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def is_on_screen(part: Locator) -> bool:
    """Newer Unfold moves every <dialog> of its own accord."""
    box, size = part.bounding_box(), part.page.viewport_size
    return (
        box is not None
        and size is not None
        and box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= size["width"]
        and box["y"] + box["height"] <= size["height"]
    )


@pytest.fixture
def shop(
    sit_down, ana, session, shirt: Product, scarf: Product, tomatoes: Product, rosa: Customer,
    cash, card, transfer, on_account, main, vat20,
):  # fmt: skip
    factories.make_product(
        "Linen shirt", "19.90", code="SHIRT-L", style="SHIRT", size="L", tax_rate=vat20, stock={main: "1"},
        reorder_point=Decimal("3"),
    )  # fmt: skip
    factories.make_product("Sold out", "5.00", code="GONE", colour="#f5e6c8", tax_rate=vat20)
    return sit_down(ana)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
def test_register_is_accessible(shop, look: str, device: str) -> None:
    page = shop.page
    page.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    width, height = DEVICES[device]
    page.set_viewport_size({"width": width, "height": height})
    shop.open()
    shop.ready()
    assert findings(page) == []
    shop.scan("2*4006381333931", "0.684*TOMATO", "4*0012345678905", "nothing")
    shop.shows("No product with code “nothing”.")
    shop.shows_total("€91.72")
    assert findings(page) == []
    # Typed slowly, the miss has opened the search's results over a telephone's cart.
    shop.press("Escape", "Escape")
    page.get_by_role("list", name="Lines").get_by_text("Linen shirt").click()
    expect(shop.button("Remove")).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("look", ["light", "dark"])
def test_way_to_the_register_is_accessible(
    sit_down, ana, till_one: Register, till_two: Register, look: str
) -> None:
    screen = sit_down(ana)
    screen.page.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    screen.open()
    screen.shows("Where do you sell today?")
    assert findings(screen.page) == []
    screen.page.get_by_role("button", name="Register 2").click()
    expect(screen.page.get_by_label("Cash in the drawer")).to_be_focused()
    assert findings(screen.page) == []
    screen.page.keyboard.type("plenty")
    screen.press("Enter")
    screen.shows("Type an amount, for example 12.50.")
    assert findings(screen.page) == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_dialogs_are_accessible(shop, look: str) -> None:
    page = shop.page
    page.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    shop.open()
    shop.ready()
    shop.scan("4006381333931")
    shop.shows_total("€19.90")
    for keys, name in [
        ("?", "Keys"),
        ("F3", "Customer"),
        ("F6", "Discount"),
        ("F8", "Take payment"),
        ("F4", "Park this cart"),
        ("Shift+F4", "Parked orders"),
    ]:
        shop.press(keys)
        expect(shop.dialog(name)).to_be_visible()
        if name == "Customer":
            shop.shows("Rosa Lind")
        assert findings(page) == [], name
        assert is_on_screen(shop.dialog(name)), name
        shop.press("Escape")
        expect(shop.dialog(name)).to_be_hidden()
        shop.ready()
    # The tile, not a button of the line in the cart.
    page.locator("[data-tile]").filter(has_text="Linen shirt").click()
    expect(shop.dialog("Linen shirt")).to_be_visible()
    assert findings(page) == []
    shop.press("Escape")
    shop.scan("TOMATO")
    expect(shop.dialog("Tomatoes")).to_be_visible()
    assert findings(page) == []
    shop.press("Escape")
    shop.ready()
    shop.lose_payments()
    shop.press("F9")
    expect(shop.dialog("Not saved yet")).to_be_visible()
    assert findings(page) == []
    shop.connection_is_back()
    expect(page.locator("[data-done]")).to_contain_text("MAIN-R1-000001", timeout=20_000)
    assert findings(page) == []


def test_keys_never_leave_an_open_dialog(shop) -> None:
    shop.open()
    shop.ready()
    shop.scan("4006381333931")
    shop.shows_total("€19.90")
    shop.press("F8")
    dialog = shop.dialog("Take payment")
    expect(dialog).to_be_visible()
    for _ in range(20):
        shop.press("Tab")
        assert shop.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    shop.press("Escape")
    shop.ready()


@pytest.mark.parametrize("device", ["tablet", "telephone"])
def test_everything_to_touch_is_big_enough(shop, device: str) -> None:
    width, height = DEVICES[device]
    shop.page.set_viewport_size({"width": width, "height": height})
    shop.open()
    shop.ready()
    shop.scan("4006381333931")
    shop.shows_total("€19.90")
    small = shop.page.evaluate(
        """[...document.querySelectorAll("[data-register] :is(button, a)")]
            .map((each) => [each, each.getBoundingClientRect()])
            .filter(([each, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
            .map(([each]) => each.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_telephone_sells_from_the_sheet_of_products(shop) -> None:
    shop.page.set_viewport_size({"width": 390, "height": 844})
    shop.open()
    shop.ready()
    expect(shop.page.get_by_role("button", name="Wool scarf")).to_be_hidden()
    shop.page.get_by_role("button", name="Grid").filter(visible=True).click()
    shop.page.get_by_role("button", name="Wool scarf").click()
    shop.page.get_by_role("button", name="Cart · 1 · €12.50").click()
    shop.shows_line("Wool scarf", "1", "12.50")
