"""The customer's link: one receipt for whoever has it, and nothing for everybody else."""

from __future__ import annotations

import io
import re
import secrets
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from pos.models import CashSession, Customer, Order, Product, Register, Store, User
from pos.services.carts import Delivery
from pos.services.orders import complete_order
from pos.services.parking import park_order
from pos.services.receipts import link_of, public_order

from .tills import attempt, cart, item, sell

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def order(
    ana: User, session: CashSession, till_one: Register, shirt: Product, card: Any, rosa: Customer
) -> Order:
    User.objects.filter(pk=ana.pk).update(first_name="Ana Maria", last_name="Almeida")
    return sell(
        ana, till_one, item(shirt), total="18.90", pay="card 10.00", customer=rosa,
        delivery=Delivery("Rosa\n5 Quay", date(2099, 2, 3)),
    ).order  # fmt: skip


def page_of(order: Order) -> str:
    return f"/r/{order.public_token}/"


def test_every_sale_has_a_token_of_its_own(
    ana: User, session: CashSession, till_one: Register, shirt: Product, card: Any
) -> None:
    checkout = attempt(till_one, item(shirt), total="19.90", pay="card 19.90")
    first = complete_order(user=ana, checkout=checkout).order
    again = complete_order(user=ana, checkout=checkout)
    other = sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90").order
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first.public_token)
    assert again.is_replay and again.order.public_token == first.public_token
    assert other.public_token != first.public_token
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt)))
    assert parked.public_token is None


def test_it_shows_the_receipt_and_how_it_stands(order: Order, client: Client) -> None:
    response = client.get(page_of(order))
    page = response.content.decode()
    assert response.status_code == 200
    for text in (
        "Main Street",
        "MAIN-R1-000001",
        "Linen shirt M",
        "€18.90",
        "Partly paid",
        "To deliver",
    ):
        assert text in page, text
    assert {name: response[name] for name in HEADERS} == HEADERS
    assert response.cookies == {}


def test_it_tells_nothing_of_staff_contact_or_admin(
    order: Order, rosa: Customer, client: Client
) -> None:
    page = client.get(page_of(order)).content.decode()
    content = client.get(f"{page_of(order)}invoice.pdf").content
    pdf = "".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages)
    assert "Served by" in page and "Served by" in pdf
    for text in (page, pdf):
        for secret in ("Maria", "Almeida", rosa.email, rosa.phone, "/admin", f"#{order.pk}"):
            assert secret not in text, secret
    User.objects.update(first_name="")  # their log-in name is nobody's business either
    assert "Served by" not in client.get(page_of(order)).content.decode()


def test_the_pdf_is_marked_as_a_copy_and_counts_nothing(order: Order, client: Client) -> None:
    response = client.get(f"{page_of(order)}invoice.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert 'filename="MAIN-R1-000001.pdf"' in response["Content-Disposition"]
    assert "COPY" in PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
    assert {name: response[name] for name in HEADERS} == HEADERS
    assert Order.objects.get(pk=order.pk).print_count == 0


def test_wrong_old_and_missing_tokens_answer_alike(
    order: Order, main: Store, client: Client
) -> None:
    token = order.public_token
    wrong = [
        secrets.token_urlsafe(32), token[:-1], f"{token}A", token.swapcase(), "x", "1", "A" * 43,
        "A" * 3000, "%00" * 14 + "a", "..", "{{7*7}}", "'%20OR%201=1--", "é" * 43,
    ]  # fmt: skip
    answers = set()
    for each in wrong:
        response = client.get(f"/r/{each}/", REMOTE_ADDR="10.0.0.1")
        answers.add((response.status_code, response.content, response["Referrer-Policy"]))
        pdf = client.get(f"/r/{each}/invoice.pdf", REMOTE_ADDR="10.0.0.2")
        answers.add((pdf.status_code, pdf.content, pdf["Referrer-Policy"]))
    Order.objects.update(
        completed_at=timezone.now() - timedelta(days=main.receipt_link_days, seconds=1)
    )
    old = client.get(page_of(order))
    answers.add((old.status_code, old.content, old["Referrer-Policy"]))
    assert len(answers) == 1
    ((status, content, _policy),) = answers
    assert status == 404
    assert b"/admin" not in content and b"Main Street" not in content


@pytest.mark.parametrize(
    ("days", "age", "is_shown"), [(90, 89, True), (90, 91, False), (1, 2, False), (0, 0, False)]
)
def test_it_ends_when_the_store_says(
    order: Order, main: Store, client: Client, days: int, age: int, is_shown: bool
) -> None:
    Store.objects.update(receipt_link_days=days)
    Order.objects.update(completed_at=timezone.now() - timedelta(days=age))
    assert client.get(page_of(order)).status_code == (200 if is_shown else 404)
    fresh = Order.objects.select_related("store").get(pk=order.pk)
    assert bool(link_of(fresh, "https://shop.example")) is is_shown


def test_old_orders_have_no_link(order: Order) -> None:
    Order.objects.update(public_token=None)
    old = Order.objects.select_related("store").get(pk=order.pk)
    assert link_of(old, "https://shop.example") == ""
    assert public_order("") is None and public_order("None") is None


def test_where_the_link_leads(order: Order, settings: Any) -> None:
    path = f"/r/{order.public_token}/"
    assert link_of(order, "http://till.local:8000") == f"http://till.local:8000{path}"
    assert link_of(order, "") == ""
    settings.PUBLIC_URL = "https://shop.example"
    assert link_of(order, "http://till.local:8000") == f"https://shop.example{path}"


def test_a_link_shows_its_own_order_only(
    order: Order, ana: User, till_one: Register, scarf: Product, card: Any, client: Client
) -> None:
    other = sell(ana, till_one, item(scarf), total="12.50", pay="card 12.50").order
    mine, theirs = (client.get(page_of(each)).content.decode() for each in (order, other))
    assert "Wool scarf" not in mine and other.number not in mine
    for text in ("Linen shirt", "Rosa", "5 Quay", order.number):
        assert text not in theirs


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_it_can_only_be_looked_at(order: Order, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)(page_of(order))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.cookies == {}
    assert {name: response[name] for name in HEADERS} == HEADERS


def test_head_is_get_without_content(order: Order, client: Client) -> None:
    for address in (page_of(order), f"{page_of(order)}invoice.pdf"):
        response = client.head(address)
        assert (response.status_code, response.content) == (200, b"")
    assert client.head("/r/x/").status_code == 404


def test_nobody_tries_without_end(order: Order, client: Client) -> None:
    for _try in range(30):
        assert client.get("/r/guess/", REMOTE_ADDR="10.1.1.1").status_code == 404
    busy = client.get(page_of(order), REMOTE_ADDR="10.1.1.1")
    assert (busy.status_code, busy["Retry-After"]) == (429, "60")
    assert b"MAIN-R1" not in busy.content
    assert client.get(page_of(order), REMOTE_ADDR="10.1.1.2").status_code == 200


def test_an_ipv6_line_is_one_address(order: Order, client: Client) -> None:
    for number in range(30):
        client.get("/r/guess/", REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
    assert client.get(page_of(order), REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert client.get(page_of(order), REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


def test_whoever_is_signed_in_sees_the_same_and_leaves_no_trace(
    order: Order, eve: User, signed_in: Any
) -> None:
    User.objects.update(must_change_password=True)
    before = User.objects.values_list("last_seen_at", flat=True).get(pk=eve.pk)
    response = signed_in(eve).get(page_of(order))
    assert response.status_code == 200 and response.cookies == {}
    assert User.objects.values_list("last_seen_at", flat=True).get(pk=eve.pk) == before


def test_what_people_typed_is_never_markup(order: Order, client: Client) -> None:
    Order.objects.update(note="<script>hit()</script>", delivery_address="<b>x</b>\u202e")
    Store.objects.update(name='"><img src=x onerror=hit()>')
    page = client.get(page_of(order)).content.decode()
    assert "<script>hit" not in page and "<img src=x" not in page and "<b>x" not in page
    assert client.get(f"{page_of(order)}invoice.pdf").status_code == 200
