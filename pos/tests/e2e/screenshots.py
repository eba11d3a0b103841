"""The pictures in the README, from a running demo shop.

python -m pos.tests.e2e.screenshots http://127.0.0.1:8000 .github/screenshots
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from pos.tests.e2e.screen import Screen

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def signed_in(
    browser: Browser, name: str, look: str = "light", size: dict | None = None
) -> Iterator[Page]:
    context = browser.new_context(viewport=size or DESK, color_scheme=look, base_url=sys.argv[1])
    page = context.new_page()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("tilldesk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    yield page
    context.close()


def fill_cart(page: Page) -> Screen:
    screen = Screen(page)
    screen.open()
    page.wait_for_timeout(1500)
    choice = page.get_by_role("button", name="Register 1")
    if choice.is_visible():  # nobody's session was open
        choice.click()
        page.wait_for_timeout(500)
    if page.get_by_label("Cash in the drawer").is_visible():
        page.get_by_label("Cash in the drawer").fill("150.00")
        page.keyboard.press("Enter")
    screen.ready()
    if screen.button("Clear").is_enabled():
        screen.button("Clear").click()
    for code in ("2*CAP", "0.684*BANANA", "BAGUETTE", "3*AVOCADO"):
        screen.scan(code)
        page.wait_for_timeout(400)
    screen.press("F3")
    page.keyboard.type("amélie")
    expect(page.get_by_role("option")).to_have_count(1)
    screen.press("Enter")
    expect(screen.dialog("Customer")).to_be_hidden()
    page.wait_for_timeout(800)
    return screen


def choose_returns(page: Page) -> None:
    """The newest sale, and the first of what could come back of it."""
    screen = Screen(page)
    screen.button("Clear").click()
    page.wait_for_timeout(400)
    screen.press("Shift+F8")
    page.locator(".pos-returns-found button").first.click()
    page.locator("[data-return-more]").first.wait_for()
    more = page.locator("[data-return-more]").first
    if more.is_enabled():
        more.click()
    page.get_by_role("button", name="Wrong size").click()
    page.wait_for_timeout(800)


PRICES = """Article number;Title;Retail price;Department
CAP;Baseball cap;17.50;Clothes
BAGUETTE;Baguette;1.20;Bakery
AVOCADO;Avocado;ask;Fruit
TEA-1;Green tea 100 g;4.90;Pantry|Tea
TEA-2;Black tea 100 g;4.50;Pantry|Tea
"""


def check_a_file(page: Page) -> None:
    """A file as another system writes it, up to what it would change."""
    page.goto("/admin/imports/new/?kind=products")
    file = {"name": "products.csv", "mimeType": "text/csv", "buffer": PRICES.encode()}
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Import").first.wait_for()


def main() -> None:
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])

        def shoot(page: Page, name: str) -> None:
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(400)
            page.screenshot(path=folder / f"{name}.png")

        with signed_in(browser, "ana") as page:
            screen = fill_cart(page)
            shoot(page, "register-light")
            screen.press("F8")
            page.keyboard.type("100")
            shoot(page, "payment-light")
            screen.press("Escape")
            choose_returns(page)
            shoot(page, "refund-light")
        with signed_in(browser, "ana", "dark") as page:
            fill_cart(page)
            shoot(page, "register-dark")
        with signed_in(browser, "ana", size=PHONE) as page:
            fill_cart(page)
            shoot(page, "register-phone")
        with signed_in(browser, "root") as page:
            check_a_file(page)
            shoot(page, "import-light")
            for name, address in (
                ("start-light", ""),
                ("hours-light", "reports/sales-by-hour/"),
                ("products-light", "pos/product/?view=grid"),
                ("orders-light", "pos/order/"),
                ("receipt", "receipts/3000/"),
                ("unusual-light", "audit/unusual/"),
                ("people-light", "stores/1/people/"),
                ("deliveries-light", "deliveries/"),
                ("z-report-light", "sessions/183/report/"),
                ("statement-light", "customers/1/statement/"),
            ):
                page.goto(f"/admin/{address}")
                shoot(page, name)
        with signed_in(browser, "root", "dark") as page:
            page.goto("/admin/reports/sales-by-day/?period=last_30&compare=previous")
            shoot(page, "report-dark")
        browser.close()


if __name__ == "__main__":
    main()
