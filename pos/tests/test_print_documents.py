"""Refunds, payments on account, reports and delivery slips on the register's own printer, and as PDF."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from pos.models import (
    AccountPayment,
    AuditEntry,
    CashSession,
    Customer,
    Order,
    PrintJob,
    Product,
    Refund,
    Register,
    Store,
    User,
)
from pos.services.account_receipts import record_account_print
from pos.services.carts import Delivery
from pos.services.cash import close_session, count_session
from pos.services.errors import Forbidden, Invalid, NotFound
from pos.services.printing import queue_print, retry_print_jobs
from pos.services.refund_receipts import record_refund_print
from pos.services.verification import verify

from .accounts import load, owe, pay_dues
from .books import nothing_changes
from .factories import make_user
from .printer import PrinterSimulator
from .returns import refund
from .tills import item, post, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def printer(till_one: Register, settings: Any, cash: Any, card: Any) -> Iterator[PrinterSimulator]:
    """The first register's, on 80 mm paper."""
    with PrinterSimulator() as simulator:
        settings.PRINTER_PORTS = [simulator.port]
        till_one.printer_kind, till_one.printer_host = "escpos", "127.0.0.1"
        till_one.printer_port = simulator.port
        till_one.save()
        yield simulator


@pytest.fixture
def returned(max_: User, session: CashSession, till_one: Register, shirt: Product) -> Refund:
    """One of two shirts, paid and given back in cash."""
    order = sell(max_, till_one, item(shirt, "2"), total="39.80", pay="cash 39.80").order
    return refund(max_, till_one, order, "1 x 1", total="19.90").refund


@pytest.fixture
def received(
    max_: User, session: CashSession, till_one: Register, shirt: Product, rosa: Customer, on_account: Any
) -> AccountPayment:  # fmt: skip
    """What Rosa owed, paid in cash."""
    owe(max_, till_one, shirt, rosa, "18.90")
    return pay_dues(max_, till_one, rosa, "cash 18.90").payment


@pytest.fixture
def delivered(ana: User, session: CashSession, till_one: Register, shirt: Product) -> Order:
    where = Delivery("Rosa\n5 Quay", timezone.localdate())
    return sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90", delivery=where).order


def printed(user: User, register: Register, kind: str, document: Any) -> PrintJob:
    return queue_print(user=user, register=register, kind=kind, document_id=document.pk)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


# --- What comes out ---------------------------------------------------------------------------


def test_a_refund_opens_the_drawer_once_and_its_copies_say_so(
    printer: PrinterSimulator, max_: User, till_one: Register, returned: Refund
) -> None:
    first = printed(max_, till_one, "refund", returned)
    again = printed(max_, till_one, "refund", returned)
    assert (first.status, first.print_number, first.refund, first.order) == (
        "done",
        1,
        returned,
        None,
    )
    assert (again.print_number, again.opens_drawer) == (2, False)
    original, copy = printer.papers()
    assert "*** REFUND ***" in original.lines and "COPY" not in original.text
    assert "€19.90" in copy.text
    assert original.events[0] == "kick" and "kick" not in copy.events
    assert "*** COPY 2 ***" in copy.lines
    assert Refund.objects.get(pk=returned.pk).print_count == 2
    assert AuditEntry.objects.filter(kind="reprint").count() == 1
    assert verify() == []


def test_a_refund_to_a_card_leaves_the_drawer_shut(
    printer: PrinterSimulator, max_: User, session: Any, till_one: Register, shirt: Product
) -> None:
    order = sell(max_, till_one, item(shirt), total="19.90", pay="card 19.90").order
    back = refund(max_, till_one, order, "1 x 1", total="19.90").refund
    assert printed(max_, till_one, "refund", back).opens_drawer is False
    assert "kick" not in printer.papers()[0].events


def test_dues_in_cash_open_the_drawer(
    printer: PrinterSimulator, max_: User, till_one: Register, received: AccountPayment
) -> None:
    job = printed(max_, till_one, "account_payment", received)
    assert (job.status, job.print_number, job.account_payment) == ("done", 1, received)
    (paper,) = printer.papers()
    assert paper.events[0] == "kick" and received.number in paper.text
    assert AccountPayment.objects.get(pk=received.pk).print_count == 1
    assert verify() == []


def test_only_the_original_of_a_gift_card_tells_its_number(
    printer: PrinterSimulator, max_: User, session: Any, till_one: Register, gift_card: Any, signed_in: Any
) -> None:  # fmt: skip
    loaded = load(max_, till_one, "card 25")
    code = loaded.balance.code if loaded.balance else ""
    for _print in range(2):
        printed(max_, till_one, "account_payment", loaded)
    original, copy = (paper.text.replace(" ", "") for paper in printer.papers())
    assert code in original and code not in copy
    page = reverse("admin:pos_account_receipt_pdf", args=[loaded.pk])
    looked_at = text_of(signed_in(max_).get(page).content)
    assert "COPY" in looked_at and code not in looked_at.replace(" ", "")


def test_a_report_has_figures_for_those_who_may_know_them_only(
    printer: PrinterSimulator, ana: User, max_: User, session: CashSession, till_one: Register, shirt: Product
) -> None:  # fmt: skip
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90")
    with nothing_changes(), pytest.raises(Forbidden):
        printed(ana, till_one, "report", session)
    printed(max_, till_one, "report", session)
    count_session(
        user=max_, session=session, cash_amount=Decimal("100.00"), denominations={}, amounts={}
    )
    close_session(user=max_, session=session, note="All there")
    printed(ana, till_one, "report", session)
    printed(max_, till_one, "report", session)
    x_report, blind, z_report = printer.papers()
    assert "*** X REPORT ***" in x_report.lines and "19.90" in x_report.text
    assert "Counted by" in blind.text and "All there" in blind.text
    for word in ("19.90", "Expected", "expected", "difference", "Sold"):
        assert word not in blind.text
    assert "*** Z REPORT 1 ***" in z_report.lines and "difference" in z_report.text
    assert all("kick" not in paper.events for paper in (x_report, blind, z_report))
    assert verify() == []


def test_a_report_that_waited_shows_nobody_more_than_whoever_asked(
    printer: PrinterSimulator, ana: User, max_: User, session: CashSession, till_one: Register, shirt: Product
) -> None:  # fmt: skip
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90")
    close_session(user=max_, session=session, counted_cash=Decimal("100.00"))
    printer.off()
    job = printed(ana, till_one, "report", session)
    printer.on()
    assert retry_print_jobs(user=max_, jobs=[job]) == {"printed": 1, "waiting": 0}
    assert "19.90" not in printer.papers()[0].text


def test_a_delivery_slip_is_neither_counted_nor_money(
    printer: PrinterSimulator, ana: User, till_one: Register, delivered: Order
) -> None:
    job = printed(ana, till_one, "slip", delivered)
    assert (job.status, job.order, job.opens_drawer) == ("done", delivered, False)
    (paper,) = printer.papers()
    assert "*** Delivery ***" in paper.lines and "5 Quay" in paper.lines
    assert Order.objects.get(pk=delivered.pk).print_count == 0


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("refund", "returned"),
        ("account_payment", "received"),
        ("report", "session"),
        ("slip", "delivered"),
    ],
)
def test_nobody_prints_another_stores_documents(
    printer: PrinterSimulator, eve: User, sam: User, root: User, till_one: Register, other_till: Register,
    request: pytest.FixtureRequest, kind: str, of: str,
) -> None:  # fmt: skip
    document = request.getfixturevalue(of)
    other_till.printer_kind, other_till.printer_host = "escpos", "127.0.0.1"
    other_till.save()
    for user, register, error in (
        (eve, till_one, Forbidden),
        (sam, till_one, Forbidden),
        (eve, other_till, NotFound),
        (root, other_till, NotFound),  # whose it is, but not at that store's printer
    ):
        with nothing_changes(), pytest.raises(error):
            printed(user, register, kind, document)
    assert printer.papers() == [] and PrintJob.objects.count() == 0


def test_a_kind_without_its_document_is_refused(max_: User, till_one: Register) -> None:
    for kind in ("refund", "account_payment", "report", "slip", "receipt"):
        with nothing_changes(), pytest.raises(Invalid):
            queue_print(user=max_, register=till_one, kind=kind)
        with nothing_changes(), pytest.raises(NotFound):
            queue_print(user=max_, register=till_one, kind=kind, document_id=987654)


def test_a_session_of_a_colleague_is_not_printed(
    main: Store, till_one: Register, max_: User, session: CashSession
) -> None:
    ben = make_user("ben", "Seller", [main])
    close_session(user=max_, session=session, counted_cash=Decimal("100.00"))
    with nothing_changes(), pytest.raises(Forbidden):
        printed(ben, till_one, "report", session)


# --- Through the door and on the pages ----------------------------------------------------------


def test_the_door_takes_each_document_by_its_name(
    max_: User, till_one: Register, session: CashSession, returned: Refund, received: AccountPayment,
    delivered: Order, signed_in: Any,
) -> None:  # fmt: skip
    client = signed_in(max_)
    for kind, name, document in (
        ("refund", "refund", returned),
        ("account_payment", "payment", received),
        ("report", "session", session),
        ("slip", "order", delivered),
    ):
        body = {"register": till_one.pk, "kind": kind, name: document.pk}
        answer = post(client, "print", body)
        assert (answer.status_code, answer.json()["status"]) == (201, "done")
        del body[name]
        before = PrintJob.objects.count()
        assert post(client, "print", body).status_code == 400
        assert PrintJob.objects.count() == before
    assert post(client, "print", {"register": till_one.pk, "kind": "drawer"}).status_code == 400


def test_pages_offer_the_printer_where_there_is_one(
    max_: User, ada: User, till_one: Register, session: CashSession, returned: Refund,
    received: AccountPayment, delivered: Order, signed_in: Any,
) -> None:  # fmt: skip
    addresses = [
        reverse("admin:pos_receipt", args=[delivered.pk]),
        reverse("admin:pos_refund_receipt", args=[returned.pk]),
        reverse("admin:pos_account_receipt", args=[received.pk]),
        reverse("admin:pos_session_report", args=[session.pk]),
        reverse("admin:pos_delivery_slip", args=[delivered.pk]),
    ]
    client = signed_in(max_)
    for address in addresses:
        assert "Print at Register 1" in client.get(address).content.decode()
    assert "Print at" not in signed_in(ada).get(addresses[1]).content.decode()
    till_one.printer_kind = "browser"
    till_one.save()
    for address in addresses:
        assert "Print at" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "of", "title", "figure"),
    [
        ("refund_receipt", "returned", "Credit note", "19.90"),
        ("account_receipt", "received", "Receipt", "18.90"),
    ],
)
def test_a_receipt_as_pdf_is_a_copy_unless_it_is_counted(
    max_: User,
    signed_in: Any,
    request: pytest.FixtureRequest,
    name: str,
    of: str,
    title: str,
    figure: str,
) -> None:
    document = request.getfixturevalue(of)
    client = signed_in(max_)
    page = reverse(f"admin:pos_{name}_pdf", args=[document.pk])
    with nothing_changes():
        looked_at = client.get(page)
    assert looked_at["Content-Type"] == "application/pdf"
    text = text_of(looked_at.content)
    assert title in text and "COPY" in text and document.number in text and figure in text
    assert "COPY" not in text_of(client.post(page).content)
    assert "COPY 2" in text_of(client.post(page).content)
    document.refresh_from_db()
    assert document.print_count == 2


def test_a_report_as_pdf_is_what_its_page_says(
    ana: User, max_: User, session: CashSession, till_one: Register, shirt: Product, signed_in: Any
) -> None:
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90")
    page = reverse("admin:pos_session_report_pdf", args=[session.pk])
    assert signed_in(ana).get(page).status_code == 403
    with nothing_changes():
        text = text_of(signed_in(max_).get(page).content)
    assert "X report" in text and "19.90" in text and "COPY" not in text
    close_session(user=max_, session=session, counted_cash=Decimal("100.00"))
    blind = text_of(signed_in(ana).get(page).content)
    assert "19.90" not in blind and "Expected" not in blind
    assert signed_in(max_).post(page).status_code == 405


def test_prints_on_the_screen_and_by_the_server_are_one_count(
    max_: User, till_one: Register, returned: Refund
) -> None:
    assert record_refund_print(user=max_, refund_id=returned.pk) == 1
    assert printed(max_, till_one, "refund", returned).print_number == 2
    Refund.objects.update(print_count=1)
    assert [problem.check for problem in verify()] == ["print_numbers"]


def test_a_payment_on_account_printed_again_is_noted_with_its_amount(
    max_: User, till_one: Register, returned: Refund
) -> None:
    received = load(max_, till_one, "cash 25.00")
    assert [record_account_print(user=max_, payment_id=received.pk) for _each in "ab"] == [1, 2]
    assert AuditEntry.objects.get(kind="reprint").amount == 25
