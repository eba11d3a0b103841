"""The register as a cashier meets it: what is read, scanned and pressed."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Route, expect

CHECKOUT = "**/admin/register/checkout/"


class Screen:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> None:
        self.page.goto("/admin/register/")

    def open_register(self, name: str, opening_float: str | None = None) -> None:
        """From the list of registers to selling; with a float when the drawer is to be counted."""
        self.open()
        self.page.get_by_role("button", name=name).click()
        if opening_float is not None:
            self.page.get_by_label("Cash in the drawer").fill(opening_float)
            self.page.keyboard.press("Enter")
        self.ready()

    def ready(self) -> None:
        expect(self.field).to_be_focused()

    @property
    def field(self) -> Locator:
        return self.page.get_by_label("Scan or type a name, code or barcode")

    def scan(self, *codes: str) -> None:
        """As a scanner does it: characters and Enter, without waiting for anything."""
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def line(self, name: str) -> Locator:
        return (
            self.page.get_by_role("list", name="Lines")
            .get_by_role("listitem")
            .filter(has_text=name)
        )

    def dialog(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=name)

    def shows(self, text: str) -> None:
        """To the eye, not only to a screen reader."""
        seen = self.page.get_by_text(text).and_(self.page.locator(":not(.pos-spoken)"))
        expect(seen.filter(visible=True).first).to_be_visible()

    def shows_line(self, name: str, quantity: str, total: str) -> None:
        line = self.line(name)
        expect(line.get_by_role("button", name=f"Quantity of {name}")).to_contain_text(quantity)
        expect(line).to_contain_text(total)

    def shows_total(self, amount: str) -> None:
        expect(self.page.get_by_role("button", name=re.compile("^Pay"))).to_contain_text(amount)

    def shows_done(self, number: str, change: str) -> None:
        done = self.page.locator("[data-done]")
        expect(done).to_contain_text("Sale complete")
        expect(done).to_contain_text(number)
        expect(done.get_by_text(change, exact=True).first).to_be_visible()

    def shows_empty_cart(self) -> None:
        expect(self.page.get_by_role("list", name="Lines")).to_be_hidden()

    # --- A bad connection -----------------------------------------------------------------

    def lose_next_payment(self, *, after_saving: bool) -> None:
        """The next payment's answer never arrives: lost on the way in, or on the way back."""

        def lose(route: Route) -> None:
            if after_saving:
                assert route.fetch().status == 201
            route.abort("connectionfailed")

        self.page.route(CHECKOUT, lose, times=1)

    def lose_payments(self) -> None:
        self.page.route(CHECKOUT, lambda route: route.abort("connectionfailed"))

    def connection_is_back(self) -> None:
        self.page.unroute(CHECKOUT)
