"""A receipt leaves the till: on paper from the network printer, by email, and by its link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from pos.models import Customer, Order, PaymentMethod, PrintJob, Product, Register

from ..mail_server import Mailbox, mail_server
from ..printer import PrinterSimulator

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


@pytest.fixture
def printer(till_one: Register, settings: Any) -> Iterator[PrinterSimulator]:
    with PrinterSimulator() as simulator:
        settings.PRINTER_PORTS = [simulator.port]
        till_one.printer_kind, till_one.printer_host = "escpos", "127.0.0.1"
        till_one.printer_port = simulator.port
        till_one.save()
        yield simulator


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mail_server(settings) as mailbox:
        yield mailbox


def test_printed_mailed_and_opened_by_the_customer(
    sit_down, chromium, live_server, ana, session, till_one: Register, shirt: Product,
    cash: PaymentMethod, rosa: Customer, printer: PrinterSimulator, box: Mailbox,
) -> None:  # fmt: skip
    cache.clear()
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.press("F3")
    screen.page.keyboard.type("Rosa")
    screen.page.get_by_role("dialog").get_by_text("Rosa Lind").click()
    screen.shows_total("€18.90")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    screen.shows("MAIN-R1-000001 is printed")
    (paper,) = printer.papers()
    assert paper.events[0] == "kick" and "Linen shirt M" in paper.lines

    screen.button("Email").click()
    dialog = screen.dialog("Email the receipt")
    expect(dialog.get_by_label("To this address")).to_have_value("rosa@example.org")
    screen.press("Enter")
    screen.shows("The receipt is on its way to rosa@example.org.")
    (mail,) = box.mails
    link = re.search(r"http://\S+/r/\S+/", mail.get_body().get_content())  # type: ignore[union-attr]
    assert link

    (qr,) = [event[1] for event in paper.events if event[0] == "qr"]
    assert qr == link[0]
    stranger = chromium.new_context(viewport={"width": 390, "height": 844})
    page = stranger.new_page()
    page.goto(qr)
    expect(page.get_by_text("Linen shirt M")).to_be_visible()
    expect(page.get_by_text("Paid", exact=True)).to_be_visible()
    assert stranger.cookies() == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Invoice as PDF").click()
    assert download.value.suggested_filename == "MAIN-R1-000001.pdf"
    page.goto(f"{qr[:-5]}XXXX/")
    expect(page.get_by_text("There is no such receipt")).to_be_visible()
    stranger.close()
    assert Order.objects.get().print_count == 2


def test_a_printer_that_is_off_stops_nobody(
    sit_down, ana, session, till_one: Register, shirt: Product, scarf: Product,
    cash: PaymentMethod, printer: PrinterSimulator,
) -> None:  # fmt: skip
    printer.off()
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.shows_total("€19.90")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    screen.shows("MAIN-R1-000001 is not printed. The printer is off or not connected.")
    screen.scan("0012345678905")  # the next customer does not wait
    screen.shows_line("Wool scarf", "1", "12.50")
    printer.on()
    with screen.page.expect_response("**/admin/register/print/") as answer:
        screen.button("Try again").click()
    assert answer.value.json()["status"] == "done"
    expect(screen.page.locator(".pos-printing").filter(visible=True)).to_have_count(0)
    assert PrintJob.objects.get().status == "done"
    assert "MAIN-R1-000001" in printer.papers()[0].text
