"""Receipts by email, through a real mail server that also refuses and is slow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from pos.models import AuditEntry, CashSession, Customer, Order, Product, Register, Store, User
from pos.services import mailing
from pos.services.errors import Conflict, Forbidden, Invalid, NotFound
from pos.services.mailing import NotSent, send_receipt
from pos.services.receipts import record_print

from .books import nothing_changes
from .mail_server import Mailbox, free_port, mail_server
from .tills import get, item, post, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mail_server(settings) as mailbox:
        yield mailbox


@pytest.fixture
def order(
    ana: User, session: CashSession, till_one: Register, shirt: Product, card: Any, rosa: Customer
) -> Order:
    return sell(ana, till_one, item(shirt), total="18.90", pay="card 18.90", customer=rosa).order


def send(user: User, order: Order, address: str = "rosa@example.org", **more: Any) -> str:
    return send_receipt(user=user, order=order, address=address, **more)


def sent_entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(kind="receipt_sent").order_by("pk"))


def test_the_mail_says_what_it_is_and_carries_the_invoice(
    box: Mailbox, ana: User, order: Order, main: Store
) -> None:
    main.email = "shop@example.com"
    main.save()
    assert send(ana, order, " rosa@example.org ", base="https://shop.example") == "rosa@example.org"
    (mail,) = box.mails
    assert box.recipients == [["rosa@example.org"]]
    assert (mail["From"], mail["To"]) == ("till@shop.example", "rosa@example.org")
    assert mail["Reply-To"] == "shop@example.com"
    assert mail["Subject"] == "Your receipt MAIN-R1-000001 from Main Street"
    text = mail.get_body().get_content()  # type: ignore[union-attr]
    assert "Receipt MAIN-R1-000001, total €18.90. The invoice is attached." in text
    assert f"https://shop.example/r/{order.public_token}/" in text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "MAIN-R1-000001.pdf"
    page = PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text()
    for part in ("Invoice", "Main Street", "Linen shirt M", "€18.90", "Rosa Lind", "Page 1 of 1"):
        assert part in page
    assert "COPY" not in page


def test_it_counts_as_a_print_and_is_recorded(box: Mailbox, ana: User, order: Order) -> None:
    send(ana, order)
    record_print(user=ana, order=order)
    send(ana, order)
    assert Order.objects.get(pk=order.pk).print_count == 3
    (attached,) = box.mails[1].iter_attachments()
    assert "COPY 3" in PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text()
    first, last = sent_entries()
    assert first.changes == [["email", "", "rosa@example.org"], ["times printed", "0", "1"]]
    assert (last.actor, last.store, last.object_text) == (ana, order.store, "MAIN-R1-000001")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("550 No such user", "The mail server refuses this address. Check it with the customer."),
        ("451 Try later", "The mail server refuses this address. Check it with the customer."),
    ],
)
def test_a_refused_address_is_said(
    box: Mailbox, ana: User, order: Order, answer: str, message: str
) -> None:
    box.refuses = answer
    with pytest.raises(NotSent) as refused:
        send(ana, order)
    assert (refused.value.message, refused.value.status) == (message, 503)
    assert box.mails == []
    assert Order.objects.get(pk=order.pk).print_count == 0  # it never left
    assert [entry.changes[1] for entry in sent_entries()] == [["answer", "", "not sent"]]


def test_a_slow_server_is_not_waited_for(box: Mailbox, ana: User, order: Order) -> None:
    box.waits = 3
    with pytest.raises(NotSent, match="does not answer"):
        send(ana, order)
    assert Order.objects.get(pk=order.pk).print_count == 0


def test_a_server_that_is_off_is_said(box: Mailbox, ana: User, order: Order, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    with pytest.raises(NotSent, match="did not take the mail"):
        send(ana, order)


def test_a_print_in_between_keeps_its_number(
    box: Mailbox, ana: User, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.refuses = "550 No"
    taken_back = mailing._take_back

    def later(user: User, sold: Order, address: str, number: int) -> None:
        assert record_print(user=ana, order=order) == 2
        taken_back(user, sold, address, number)

    monkeypatch.setattr(mailing, "_take_back", later)
    with pytest.raises(NotSent):
        send(ana, order)
    assert Order.objects.get(pk=order.pk).print_count == 2


@pytest.mark.parametrize(
    "address",
    ["", "rosa", "rosa@", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example",
     "Rosa <a@b.example>", "a@b.example\r\n\r\nHello", "x" * 250 + "@b.example"],
)  # fmt: skip
def test_only_one_plain_address(box: Mailbox, ana: User, order: Order, address: str) -> None:
    with nothing_changes(), pytest.raises(Invalid):
        send(ana, order, address)
    assert box.mails == []


def test_a_shops_name_writes_no_headers(box: Mailbox, ana: User, order: Order, main: Store) -> None:
    Store.objects.update(name="Shop\nBcc: evil@example.org\x07")
    send(ana, order)
    (mail,) = box.mails
    assert mail["Subject"] == "Your receipt MAIN-R1-000001 from Shop Bcc: evil@example.org"
    assert mail["Bcc"] is None
    assert box.recipients == [["rosa@example.org"]]


def test_who_sends_what(
    box: Mailbox, ana: User, eve: User, ada: User, sam: User, order: Order
) -> None:
    for user, error in ((eve, NotFound), (ada, Forbidden), (sam, Forbidden)):
        with nothing_changes(), pytest.raises(error):
            send(user, order)
    assert box.mails == []


def test_without_settings_it_says_what_to_set(ana: User, order: Order) -> None:
    with nothing_changes(), pytest.raises(Conflict) as refused:
        send(ana, order)
    assert refused.value.code == "no_mail"
    assert "EMAIL_URL" in refused.value.message


def test_nobody_sends_without_end(
    box: Mailbox, ana: User, max_: User, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "MOST_MAILS", 2)
    send(ana, order)
    box.refuses = "550 No"
    with pytest.raises(NotSent):
        send(ana, order)
    with nothing_changes(), pytest.raises(Conflict) as refused:
        send(ana, order)
    assert refused.value.code == "too_many"
    box.refuses = ""
    send(max_, order)  # each person for themselves
    assert len(box.mails) == 2


def test_the_door_sends(box: Mailbox, ana: User, order: Order, signed_in: Any) -> None:
    client = signed_in(ana)
    assert get(client, "bootstrap").json()["can_mail"] is True
    answer = post(client, "mail", {"order": order.pk, "address": "rosa@example.org"})
    assert (answer.status_code, answer.json()) == (200, {"address": "rosa@example.org"})
    box.refuses = "550 No"
    refused = post(client, "mail", {"order": order.pk, "address": "rosa@example.org"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "not_sent")
    assert len(box.mails) == 1
