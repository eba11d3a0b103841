"""The printer on a register's page, and the list of what waits for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pos.models import CashSession, Customer, Order, PrintJob, Product, Register, User
from pos.services.printing import queue_print

from .books import nothing_changes
from .mail_server import mail_server
from .printer import PrinterSimulator
from .tills import item, sell

pytestmark = pytest.mark.django_db
LIST = reverse("admin:pos_printjob_changelist")


@pytest.fixture
def printer(till_one: Register, settings: Any) -> Iterator[PrinterSimulator]:
    with PrinterSimulator() as simulator:
        settings.PRINTER_PORTS = [simulator.port]
        yield simulator


@pytest.fixture
def waiting(
    printer: PrinterSimulator, ana: User, session: CashSession, till_one: Register, shirt: Product,
    card: Any,
) -> PrintJob:  # fmt: skip
    """A receipt for a printer that was off, and is on again."""
    with_printer(till_one, printer)
    order: Order = sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90").order
    printer.off()
    job = queue_print(user=ana, register=till_one, kind="receipt", document_id=order.pk)
    printer.on()
    return job


def with_printer(register: Register, printer: PrinterSimulator) -> None:
    register.printer_kind, register.printer_host = "escpos", "127.0.0.1"
    register.printer_port = printer.port
    register.save()


def form_of(register: Register, **fields: Any) -> dict[str, Any]:
    return {
        "store": register.store_id, "name": register.name, "code": register.code, "is_active": "on",
        "change_reason": "", "paper_width": "80", "printer_kind": "escpos", "printer_host": "",
        "printer_port": "9100", "has_drawer_kick": "on",
    } | fields  # fmt: skip


def change(client: Client, register: Register, **fields: Any) -> Any:
    page = reverse("admin:pos_register_change", args=[register.pk])
    return client.post(page, form_of(register, **fields))


def test_a_printer_is_set_up(root: User, till_one: Register, signed_in: Any) -> None:
    answer = change(signed_in(root), till_one, printer_host=" 192.168.1.50 ", printer_port="9101")
    assert answer.status_code == 302
    till_one.refresh_from_db()
    assert (till_one.printer_kind, till_one.printer_host, till_one.printer_port) == (
        "escpos", "192.168.1.50", 9101,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"printer_host": ""}, "Type the printer&#x27;s IP address"),
        ({"printer_host": "printer.local"}, "Type the printer&#x27;s IP address"),
        ({"printer_host": "169.254.169.254"}, "must be in your own network"),
        ({"printer_host": "93.184.216.34"}, "must be in your own network"),
        ({"printer_host": "10.0.0.9", "printer_port": "5432"}, "listens on one of these ports"),
        ({"printer_host": "10.0.0.9", "printer_port": "70000"}, "listens on one of these ports"),
        ({"printer_host": "10.0.0.9", "printer_kind": "fax"}, "not one of the available choices"),
    ],
)
def test_an_address_that_is_no_printers_is_refused(
    root: User, till_one: Register, signed_in: Any, fields: dict[str, str], message: str
) -> None:
    with nothing_changes():
        answer = change(signed_in(root), till_one, **fields)
    assert answer.status_code == 200
    assert message in answer.content.decode()


def test_a_browsers_printer_needs_no_address(
    root: User, till_one: Register, signed_in: Any
) -> None:
    assert change(signed_in(root), till_one, printer_kind="browser").status_code == 302


def test_the_test_page_comes_out(
    root: User, till_one: Register, printer: PrinterSimulator, signed_in: Any
) -> None:
    with_printer(till_one, printer)
    page = reverse("admin:pos_register_test_page", args=[till_one.pk])
    answer = signed_in(root).post(page, {"_form_submitted": "on"})
    assert answer.headers["HX-Redirect"] == f"/admin/pos/register/{till_one.pk}/change/"
    (paper,) = printer.papers()
    assert "*** Test page ***" in paper.lines
    assert "Crème brûlée, Žluťoučký kůň, ½ kg" in paper.lines
    assert [event[0] for event in paper.events if event != "cut"] == [
        "image",
        "image",
        "bars",
        "qr",
    ]


def test_the_test_page_says_why_not(
    root: User, till_one: Register, printer: PrinterSimulator, signed_in: Any
) -> None:
    with_printer(till_one, printer)
    printer.has_paper = False
    page = reverse("admin:pos_register_test_page", args=[till_one.pk])
    answer = signed_in(root).post(page, {"_form_submitted": "on"})
    assert 'role="alert">The printer is out of paper.</p>' in answer.content.decode()
    assert PrintJob.objects.get().status == "failed"


def act(client: Client, action: str, job: PrintJob) -> str:
    answer = client.post(LIST, {"action": action, "_selected_action": [job.pk]}, follow=True)
    return str(answer.content.decode())


def test_what_waits_is_printed_again(
    waiting: PrintJob, max_: User, printer: PrinterSimulator, signed_in: Any
) -> None:
    client = signed_in(max_)
    assert "The printer is off or not connected." in client.get(LIST).content.decode()
    assert "1 is printed." in act(client, "print_again", waiting)
    waiting.refresh_from_db()
    assert waiting.status == "done" and len(printer.papers()) == 1
    assert "None of these waits." in act(client, "print_again", waiting)


def test_what_waits_is_given_up(waiting: PrintJob, max_: User, signed_in: Any) -> None:
    assert "1 print job given up." in act(signed_in(max_), "give_up", waiting)
    waiting.refresh_from_db()
    assert waiting.status == "failed"


def test_an_auditor_looks_and_a_seller_does_not(
    waiting: PrintJob, ada: User, ana: User, eve: User, signed_in: Any
) -> None:
    with nothing_changes():
        assert signed_in(ada).get(LIST).status_code == 200
        act(signed_in(ada), "give_up", waiting)
        for user in (ana, eve):
            assert signed_in(user).get(LIST).status_code == 403
    waiting.refresh_from_db()
    assert waiting.status == "waiting"


# --- The order's page -----------------------------------------------------------------------------


def test_an_order_is_mailed_from_its_page(
    ana: User, session: CashSession, till_one: Register, shirt: Product, card: Any, rosa: Customer,
    signed_in: Any, settings: Any,
) -> None:  # fmt: skip
    order = sell(ana, till_one, item(shirt), total="18.90", pay="card 18.90", customer=rosa).order
    page = reverse("admin:pos_order_email_receipt", args=[order.pk])
    client = signed_in(ana)
    assert "set EMAIL_URL" in client.get(page).content.decode()
    with mail_server(settings) as box:
        assert 'value="rosa@example.org"' in client.get(page).content.decode()
        wrong = client.post(page, {"_form_submitted": "on", "address": "rosa"})
        assert "Type one email address" in wrong.content.decode()
        sent = client.post(page, {"_form_submitted": "on", "address": "rosa@example.com"})
        assert sent.headers["HX-Redirect"] == f"/admin/pos/order/{order.pk}/change/"
        assert box.recipients == [["rosa@example.com"]]
