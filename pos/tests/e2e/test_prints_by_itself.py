"""At a register with a network printer, money back and money without goods come with their receipt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from pos.models import PaymentMethod, PrintJob, Product, Refund, Register

from ..printer import PrinterSimulator
from ..tills import item, sell

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


@pytest.fixture
def printer(till_one: Register, settings: Any) -> Iterator[PrinterSimulator]:
    with PrinterSimulator() as simulator:
        settings.PRINTER_PORTS = [simulator.port]
        till_one.printer_kind, till_one.printer_host = "escpos", "127.0.0.1"
        till_one.printer_port = simulator.port
        till_one.save()
        yield simulator


def test_a_refund_waits_for_a_printer_that_is_off(
    sit_down, max_, session, till_one: Register, shirt: Product, cash: PaymentMethod, printer: PrinterSimulator
) -> None:  # fmt: skip
    sell(max_, till_one, item(shirt, "2"), total="39.80", pay="cash 39.80")
    screen = sit_down(max_)
    screen.open()
    screen.ready()
    printer.off()
    screen.press("Shift+F8")
    dialog = screen.page.locator("[data-dialog=returns]")
    dialog.locator("[data-return-search]").fill("MAIN-R1-000001")
    dialog.locator("[data-return-found]").first.click()
    dialog.locator("[data-return-more]").first.click()
    dialog.locator("[data-return-reason]").fill("Too small")
    expect(dialog.locator("[data-return-total]")).to_have_text("€19.90")
    dialog.get_by_role("button", name="Refund Enter").click()
    state = dialog.locator(".pos-printing-text")
    expect(state).to_contain_text("The printer is off or not connected.")
    refund = Refund.objects.get()
    printer.on()
    dialog.get_by_role("button", name="Try again").click()
    expect(state).to_have_text(f"{refund.number} is printed")
    (paper,) = printer.papers()
    assert paper.events[0] == "kick" and "*** REFUND ***" in paper.lines
    dialog.get_by_role("button", name="Close").last.click()

    screen.page.goto(screen.page.url.replace("/register/", f"/receipts/refund/{refund.pk}/"))
    screen.page.get_by_role("button", name="Print at Register 1").click()
    expect(screen.page.get_by_text("Printed.", exact=True)).to_be_visible()
    assert "*** COPY 2 ***" in printer.papers()[1].lines
    assert list(PrintJob.objects.values_list("kind", "status")) == [("refund", "done")] * 2
