"""Printing by the shop's server: what comes out, what waits, and that the sale stands whatever happens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pos.models import CashSession, Order, PrintJob, Product, Register, Store, User
from pos.printers.network import PrinterTrouble, checked_address
from pos.services.errors import Conflict, Forbidden, Invalid, NotFound
from pos.services.printing import (
    attempt,
    find_job,
    give_up_print_jobs,
    kick_drawer,
    queue_print,
    retry_print_jobs,
)
from pos.services.verification import verify

from .books import nothing_changes
from .factories import make_product
from .printer import PrinterSimulator
from .tills import get, item, post, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def printer(till_one: Register, settings: Any) -> Iterator[PrinterSimulator]:
    """The first register's, on 80 mm paper."""
    with PrinterSimulator() as simulator:
        settings.PRINTER_PORTS = [simulator.port]
        till_one.printer_kind, till_one.printer_host = "escpos", "127.0.0.1"
        till_one.printer_port = simulator.port
        till_one.save()
        yield simulator


@pytest.fixture
def order(ana: User, session: CashSession, till_one: Register, shirt: Product, cash: Any) -> Order:
    return sell(ana, till_one, item(shirt, "2"), total="39.80", pay="cash 50").order


@pytest.fixture
def card_order(
    ana: User, session: CashSession, till_one: Register, shirt: Product, card: Any
) -> Order:
    return sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90").order


def print_receipt(user: User, register: Register, order: Order, **more: Any) -> PrintJob:
    return queue_print(user=user, register=register, kind="receipt", document_id=order.pk, **more)


# --- What comes out ---------------------------------------------------------------------------


def test_a_receipt_comes_out_whole(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    job = print_receipt(ana, till_one, order, base="https://shop.example")
    assert (job.status, job.error, job.attempts, job.print_number) == ("done", "", 1, 1)
    (paper,) = printer.papers()
    assert paper.events == [
        "kick",
        ("bars", b"{BMAIN-R1-{C\x00\x00\x01"),
        ("qr", f"https://shop.example/r/{order.public_token}/"),
        "cut",
    ]
    assert paper.lines[:2] == ["Main Street", "-" * 48]
    assert "Receipt                           MAIN-R1-000001" in paper.lines
    assert "2 x 19.90                                  39.80" in paper.lines
    assert "Total             €39.80" in paper.lines  # twice as large: half as many letters
    assert max(len(line) for line in paper.lines) == 48
    assert verify() == []


def test_narrow_paper_has_32_letters(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    till_one.paper_width = 58
    till_one.save()
    print_receipt(ana, till_one, order)
    (paper,) = printer.papers()
    assert "2 x 19.90                  39.80" in paper.lines
    assert max(len(line) for line in paper.lines) == 32


def test_accents_are_letters_and_other_scripts_are_pictures(
    printer: PrinterSimulator, ana: User, session: Any, till_one: Register, main: Store, card: Any
) -> None:
    names = [
        "Crème brûlée",
        "Žluťoučký kůň",
        "Сметана",
        "Ψωμί",
        "手工編織羊毛圍巾",
        "قميص كتان",
        "X" * 190,
    ]
    goods = [
        make_product(name, "1.00", code=f"G{place}", stock={main: "5"})
        for place, name in enumerate(names)
    ]
    order = sell(ana, till_one, *map(item, goods), total="7.00", pay="card 7.00").order
    print_receipt(ana, till_one, order)
    (paper,) = printer.papers()
    for name in names[:4]:
        assert name in paper.lines
    assert "X" * 48 in paper.lines
    pictures = [event for event in paper.events if event[0] == "image"]
    assert [width for _image, width, _height in pictures] == [576, 576]


def test_a_second_print_is_marked_and_does_not_open_the_drawer(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    print_receipt(ana, till_one, order)
    again = print_receipt(ana, till_one, order)
    first, second = printer.papers()
    assert again.print_number == 2
    assert "kick" in first.events and "kick" not in second.events
    assert "*** COPY 2 ***" in second.lines and "COPY" not in first.text
    assert Order.objects.get(pk=order.pk).print_count == 2


def test_a_card_sale_leaves_the_drawer_shut(
    printer: PrinterSimulator, ana: User, till_one: Register, card_order: Order
) -> None:
    assert print_receipt(ana, till_one, card_order).opens_drawer is False
    assert "kick" not in printer.papers()[0].events


def test_a_register_whose_drawer_hangs_elsewhere_never_kicks(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    till_one.has_drawer_kick = False
    till_one.save()
    print_receipt(ana, till_one, order)
    assert kick_drawer(user=ana, register=till_one) is None
    assert "kick" not in printer.papers()[0].events


def test_a_gift_receipt_has_no_price_and_is_not_counted(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    queue_print(
        user=ana,
        register=till_one,
        kind="gift_receipt",
        document_id=order.pk,
        base="https://x.example",
    )
    (paper,) = printer.papers()
    assert "*** Gift receipt ***" in paper.lines and "Linen shirt M" in paper.lines
    for price in ("19.90", "39.80", "50.00", "Total", "Cash"):
        assert price not in paper.text
    assert ("qr", "MAIN-R1-000001") in paper.events  # no link: behind it stands what was paid
    assert "kick" not in paper.events
    assert Order.objects.get(pk=order.pk).print_count == 0


def test_a_drawer_is_opened_without_paper(
    printer: PrinterSimulator, ana: User, till_one: Register
) -> None:
    job = kick_drawer(user=ana, register=till_one)
    assert job is not None and job.status == "done"
    (paper,) = printer.papers()
    assert (paper.events, paper.lines) == (["kick"], [])


# --- When it does not ---------------------------------------------------------------------------


def test_a_printer_that_is_off_costs_no_sale(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    printer.off()
    job = print_receipt(ana, till_one, order)
    assert (job.status, job.error) == ("waiting", "The printer is off or not connected.")
    assert Order.objects.get(pk=order.pk).status == "completed"
    printer.on()
    assert retry_print_jobs(user=ana, jobs=[job]) == {"printed": 1, "waiting": 0}
    job.refresh_from_db()
    assert (job.status, job.attempts, job.error) == ("done", 2, "")
    assert len(printer.papers()) == 1
    assert "COPY" not in printer.papers()[0].text
    assert verify() == []


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ({"has_paper": False}, "The printer is out of paper."),
        ({"is_open": True}, "The printer's cover is open."),
    ],
)
def test_a_printer_tells_what_it_lacks(
    printer: PrinterSimulator,
    ana: User,
    till_one: Register,
    order: Order,
    trouble: dict[str, bool],
    message: str,
) -> None:
    for name, value in trouble.items():
        setattr(printer, name, value)
    job = print_receipt(ana, till_one, order)
    assert (job.status, job.error) == ("waiting", message)
    assert printer.papers() == []  # nothing was sent into a printer that would lose it


def test_a_printer_without_status_prints_all_the_same(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    printer.is_mute = True
    assert print_receipt(ana, till_one, order).status == "done"
    assert "cut" in printer.papers()[0].events


def test_a_silent_printer_is_not_waited_for(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    """Nobody reads at the other end: the till goes on within its patience."""
    printer.is_stuck = True
    start = time.monotonic()
    print_receipt(ana, till_one, order)
    assert time.monotonic() - start < 4


def test_two_tries_at_once_print_once(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    printer.off()
    job = print_receipt(ana, till_one, order)
    printer.on()
    PrintJob.objects.update(sending_at=timezone.now())  # somebody is at it
    assert attempt(job).status == "waiting"
    assert printer.papers() == []
    PrintJob.objects.update(sending_at=timezone.now() - timedelta(minutes=1))  # and died
    assert attempt(job).status == "done"
    assert attempt(job).attempts == 2
    assert len(printer.papers()) == 1


def test_a_drawer_does_not_open_later(
    printer: PrinterSimulator, ana: User, till_one: Register
) -> None:
    printer.off()
    job = kick_drawer(user=ana, register=till_one)
    assert job is not None and job.status == "failed"
    printer.on()
    retry_print_jobs(user=ana, jobs=[job])
    assert printer.papers() == []


def test_a_receipt_that_comes_late_leaves_the_drawer_shut(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order
) -> None:
    printer.off()
    job = print_receipt(ana, till_one, order)
    assert job.opens_drawer
    printer.on()
    PrintJob.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    retry_print_jobs(user=ana, jobs=[job])
    (paper,) = printer.papers()
    assert "cut" in paper.events and "kick" not in paper.events


def test_giving_up_leaves_the_list(
    printer: PrinterSimulator, ana: User, max_: User, till_one: Register, order: Order
) -> None:
    printer.off()
    job = print_receipt(ana, till_one, order)
    assert give_up_print_jobs(user=max_, jobs=[job]) == 1
    assert give_up_print_jobs(user=max_, jobs=[job]) == 0
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "The printer is off or not connected.")


def test_a_dead_printer_is_asked_once_for_many_jobs(
    printer: PrinterSimulator, ana: User, max_: User, till_one: Register, order: Order
) -> None:
    printer.off()
    jobs = [print_receipt(ana, till_one, order) for _copy in range(3)]
    assert retry_print_jobs(user=max_, jobs=jobs) == {"printed": 0, "waiting": 3}
    assert sorted(PrintJob.objects.values_list("attempts", flat=True)) == [1, 1, 2]


# --- Who may ------------------------------------------------------------------------------------


def test_whose_receipt_on_whose_printer(
    printer: PrinterSimulator, ana: User, eve: User, sam: User, till_one: Register,
    other_till: Register, order: Order,
) -> None:  # fmt: skip
    other_till.printer_kind, other_till.printer_host = "escpos", "127.0.0.1"
    other_till.save()
    for user, register, error in (
        (eve, till_one, Forbidden),
        (sam, till_one, Forbidden),
        (eve, other_till, NotFound),
    ):
        with nothing_changes(), pytest.raises(error):
            print_receipt(user, register, order)
    assert PrintJob.objects.count() == 0


def test_a_register_without_printer_says_so(ana: User, till_one: Register, order: Order) -> None:
    with nothing_changes(), pytest.raises(Conflict) as refused:
        print_receipt(ana, till_one, order)
    assert refused.value.code == "no_printer"


@pytest.mark.parametrize("kind", ["drawer", "test", "nonsense"])
def test_no_till_asks_for_what_is_not_its_to_ask(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order, kind: str
) -> None:
    """The drawer opens by a sale or a recorded no-sale only."""
    with nothing_changes(), pytest.raises((Invalid, Forbidden)):
        queue_print(user=ana, register=till_one, kind=kind, document_id=order.pk)
    assert printer.papers() == []


def test_ones_own_jobs_are_tried_again_others_are_managed(
    printer: PrinterSimulator, ana: User, max_: User, eve: User, main: Store, till_one: Register,
    order: Order,
) -> None:  # fmt: skip
    from .factories import make_user

    ben = make_user("ben", "Seller", [main])
    printer.off()
    job = print_receipt(ana, till_one, order)
    for user in (ben, eve):
        with pytest.raises(NotFound):
            find_job(user=user, job_id=job.pk)
        with pytest.raises(Forbidden):
            retry_print_jobs(user=user, jobs=[job])
        with pytest.raises(Forbidden):
            give_up_print_jobs(user=user, jobs=[job])
    assert find_job(user=ana, job_id=job.pk) == find_job(user=max_, job_id=job.pk) == job


# --- Where the server connects to ---------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["192.168.1.50", "10.0.0.9", "172.16.3.4", "127.0.0.1", "fd00::12", "::1"]
)
def test_printers_of_the_shop_are_reached(host: str) -> None:
    assert checked_address(f" {host} ", 9100) == (host, 9100)


@pytest.mark.parametrize(
    "host",
    [
        "8.8.8.8", "169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "fe80::1", "::",
        "2001:4860:4860::8888", "::ffff:8.8.8.8", "::ffff:169.254.169.254", "printer.example",
        "localhost", "127.0.0.1:80", "http://127.0.0.1", "2130706433", "0x7f000001", "", "127.1",
    ],
)  # fmt: skip
def test_nothing_else_is(host: str) -> None:
    with pytest.raises(PrinterTrouble):
        checked_address(host, 9100)


@pytest.mark.parametrize("port", [0, 22, 25, 80, 443, 5432, 6379, 65535, 70000])
def test_ports_are_printers(port: int) -> None:
    with pytest.raises(PrinterTrouble):
        checked_address("192.168.1.50", port)


def test_a_forbidden_address_in_the_database_is_not_connected_to(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order, settings: Any
) -> None:
    settings.PRINTER_PORTS = [9100]
    job = print_receipt(ana, till_one, order)
    assert (job.status, printer.connections) == ("waiting", 0)
    assert "listens on one of these ports" in job.error


# --- Through the register's door ----------------------------------------------------------------


def test_the_door_prints_and_tries_again(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order, signed_in: Any
) -> None:
    client: Client = signed_in(ana)
    printer.off()
    body = {"register": till_one.pk, "kind": "receipt", "order": order.pk}
    answer = post(client, "print", body)
    told = answer.json()
    assert answer.status_code == 201
    assert told == {
        "job": told["job"],
        "kind": "receipt",
        "status": "waiting",
        "message": "The printer is off or not connected.",
        "print": 1,
    }
    printer.on()
    again = post(client, "print", {"register": till_one.pk, "job": told["job"]})
    assert (again.status_code, again.json()["status"], again.json()["message"]) == (200, "done", "")
    assert ("qr", f"http://testserver/r/{order.public_token}/") in printer.papers()[0].events


def test_no_sale_opens_the_drawer(
    printer: PrinterSimulator, max_: User, session: CashSession, till_one: Register, signed_in: Any
) -> None:
    client = signed_in(max_)
    assert get(client, "bootstrap").json()["registers"][0]["has_printer"] is True
    body = {"register": till_one.pk, "reason": "Change for a note"}
    assert post(client, "no_sale", body).json() == {"count": 1}
    assert [paper.events for paper in printer.papers()] == [["kick"]]


def test_a_refused_no_sale_leaves_it_shut(
    printer: PrinterSimulator, max_: User, session: CashSession, till_one: Register, signed_in: Any
) -> None:
    assert (
        post(signed_in(max_), "no_sale", {"register": till_one.pk, "reason": " "}).status_code
        == 400
    )
    assert printer.papers() == []


def test_amounts_of_a_currency_without_decimals(
    printer: PrinterSimulator, ana: User, till_one: Register, order: Order, settings: Any
) -> None:
    settings.POS_CURRENCY = "JPY"
    Order.objects.update(
        subtotal_amount=Decimal(3980), net_amount=Decimal(3980), tax_amount=0,
        gross_amount=Decimal(3980), total_amount=Decimal(3980),
    )  # fmt: skip
    print_receipt(ana, till_one, order)
    (paper,) = printer.papers()
    assert "Subtotal                                    3980" in paper.lines
    assert any(line.startswith("Total") and line.endswith("3,980") for line in paper.lines)
