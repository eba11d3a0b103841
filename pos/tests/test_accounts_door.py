"""The register's doors to accounts and gift cards, receipts, the statement, the lists in the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pos.models import (
    AccountPayment,
    AuditEntry,
    Balance,
    CashSession,
    Customer,
    Order,
    PaymentMethod,
    Product,
    Register,
    User,
)
from pos.services.card_numbers import new_card_number
from pos.services.cash import open_session
from pos.tests import factories
from pos.tests.accounts import load, owe, pay_dues
from pos.tests.books import nothing_changes
from pos.tests.test_audit_page import rows_of
from pos.tests.tills import get, line, post, request_body

pytestmark = pytest.mark.usefixtures("verified", "no_limits", "session", "cash")
SignIn = Callable[[User], Client]


@pytest.fixture
def lena(db: None) -> Customer:
    return factories.make_customer("Lena Holm", credit_limit=Decimal("100.00"))


@pytest.fixture
def debts(
    ana: User, session: CashSession, till_one: Register, shirt: Product, scarf: Product,
    lena: Customer, on_account: PaymentMethod,
) -> list[Order]:  # fmt: skip
    """Lena owes 19.90 and 12.50."""
    return [owe(ana, till_one, shirt, lena, "19.90"), owe(ana, till_one, scarf, lena, "12.50")]


@pytest.fixture
def till(ana: User, signed_in: SignIn) -> Client:
    return signed_in(ana)


@pytest.fixture
def office(max_: User, signed_in: SignIn) -> Client:
    return signed_in(max_)


def body(register: Register, customer: Customer | None, tendered: str, **fields: Any) -> Any:
    return {
        "key": str(uuid4()), "register": register.pk, "customer": customer and customer.pk,
        "method": "cash", "tendered": tendered, "reference": "",
    } | fields  # fmt: skip


def refused(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


# --- Dues ------------------------------------------------------------------------------------


def test_dues_are_listed_oldest_first_and_paid(
    till: Client, till_one: Register, lena: Customer, debts: list[Order]
) -> None:
    listed = get(till, "dues", customer=lena.pk, register=till_one.pk).json()
    assert (listed["customer"]["due"], listed["customer"]["credit_limit"]) == ("32.40", "100.00")
    assert [(each["number"], each["due"], each["age"]) for each in listed["orders"]] == [
        (debts[0].number, "19.90", 0), (debts[1].number, "12.50", 0),
    ]  # fmt: skip
    asked = body(till_one, lena, "40.00", surplus="store_credit", orders=[debts[0].pk, debts[1].pk])
    answer = post(till, "dues", asked)
    assert answer.status_code == 201
    received = AccountPayment.objects.get()
    assert answer.json() == {
        "account_payment": {
            "id": received.pk, "number": "MAIN-R1-A000001", "kind": "dues", "amount": "40.00",
            "credited": "7.60", "change": "0.00",
        },
        "receipt_url": reverse("admin:pos_account_receipt", args=[received.pk]),
    }  # fmt: skip
    again = post(till, "dues", asked)
    assert (again.status_code, again.json()) == (200, answer.json())
    after = get(till, "dues", customer=lena.pk, register=till_one.pk).json()
    assert (after["orders"], after["customer"]["store_credit"]) == ([], "7.60")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"key": "x"}, 400, "bad_key"), ({"orders": "all"}, 400, "bad_orders"),
        ({"orders": [True]}, 400, "bad_id"), ({"orders": [1] * 201}, 400, "bad_orders"),
        ({"tendered": "1e5"}, 400, "not_a_number"), ({"tendered": 5.5}, 400, "not_a_number"),
        ({"note": "4111 1111 1111 1111"}, 400, "card_number"), ({"surplus": "tip"}, 400, "bad_surplus"),
        ({"customer": 999}, 404, "no_customer"), ({"customer": None}, 400, "bad_id"),
        ({"register": 999}, 404, "no_register"), ({"method": "on_account"}, 400, "no_money"),
        ({"surplus": "\u202e"}, 400, "bad_text"),
    ],
)  # fmt: skip
def test_senseless_payments_are_refused(
    till: Client, till_one: Register, lena: Customer, debts: list[Order],
    fields: dict[str, Any], status: int, code: str,
) -> None:  # fmt: skip
    with nothing_changes():
        answer = post(till, "dues", body(till_one, lena, "5.00") | fields)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] in (code, "malformed", "bad_amount")


def test_doors_are_shut_where_one_does_not_work(
    eve: User, sam: User, signed_in: SignIn, till_one: Register, lena: Customer, debts: list[Order]
) -> None:
    with nothing_changes():
        for person in (eve, sam):
            client = signed_in(person)
            assert get(client, "dues", customer=lena.pk, register=till_one.pk).status_code in (
                403,
                404,
            )
            assert post(client, "dues", body(till_one, lena, "5.00")).status_code == 403
            assert (
                post(
                    client, "gift_card", body(till_one, None, "5.00", kind="gift_card")
                ).status_code
                == 403
            )


def test_number_of_queries_does_not_grow_with_dues(
    ana: User, till: Client, till_one: Register, lena: Customer, debts: list[Order], shirt: Product,
) -> None:  # fmt: skip
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def ask() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert get(till, "dues", customer=lena.pk, register=till_one.pk).status_code == 200
        return len(caught)

    ask()
    few = ask()
    Customer.objects.filter(pk=lena.pk).update(credit_limit=None)
    for _each in range(4):
        owe(ana, till_one, shirt, lena, "19.90")
    assert ask() == few


# --- Gift cards ------------------------------------------------------------------------------


def test_gift_card_is_sold_looked_at_and_spent(
    till: Client, till_one: Register, shirt: Product, gift_card: PaymentMethod
) -> None:
    sold = post(till, "gift_card", body(till_one, None, "25.00", kind="gift_card"))
    assert sold.json()["account_payment"]["credited"] == "25.00"
    card = Balance.objects.get()
    seen = get(till, "gift_card", code=card.code, register=till_one.pk).json()
    assert seen == {
        "digits": f"…{card.code[-4:]}", "balance": "25.00", "is_usable": True, "state": "",
        "expires_on": None,
    }  # fmt: skip
    paid = request_body(till_one, line(shirt), total="19.90", pay=f"gift_card 19.90 {card.code}")
    assert post(till, "checkout", paid).json()["order"]["payment_status"] == "paid"
    assert get(till, "gift_card", code=card.code, register=till_one.pk).json()["balance"] == "5.10"


def test_unknown_numbers_are_few_and_written_down(till: Client, till_one: Register) -> None:
    refused(get(till, "gift_card", code="1234", register=till_one.pk), 400, "bad_card")
    for _each in range(10):
        number = new_card_number()
        refused(get(till, "gift_card", code=number, register=till_one.pk), 404, "no_balance")
    refused(get(till, "gift_card", code=number, register=till_one.pk), 403, "too_many_tries")
    entries = AuditEntry.objects.filter(model="pos.balance", kind="refused")
    assert entries.count() == 10
    assert not any(number in entry.reason for entry in entries)


def test_card_numbers_are_refused_in_every_text_of_a_sale(
    till: Client, till_one: Register, shirt: Product
) -> None:
    card = "4111-1111-1111-1111"
    delivery = {"address": f"1 High Street\n{card}", "on": None, "fee": "0"}
    for fields in (
        {"note": card}, {"lines": [line(shirt, note=card)]}, {"delivery": delivery},
        {"payments": [{"method": "cash", "tendered": "19.90", "reference": card}]},
    ):  # fmt: skip
        asked = request_body(till_one, line(shirt), total="19.90", pay="cash 19.90", **fields)
        with nothing_changes():
            refused(post(till, "checkout", asked), 400, "card_number")


# --- The customer's credit limit --------------------------------------------------------------


def test_customer_over_the_limit_needs_a_yes(
    ana: User, max_: User, till: Client, till_one: Register, shirt: Product, lena: Customer,
    debts: list[Order],
) -> None:  # fmt: skip
    Customer.objects.filter(pk=lena.pk).update(credit_limit=Decimal("52.29"))
    asked = request_body(
        till_one, line(shirt), total="19.90", pay="on_account 19.90", customer=lena.pk
    )
    with nothing_changes():
        answer = post(till, "checkout", asked)
    refused(answer, 409, "approval_needed")
    need = answer.json()["error"]["needs"][0]
    assert (need["kind"], need["amount"]) == ("credit", "19.90")
    assert "32.40" in need["summary"]
    assert "32.40" not in answer.json()["error"]["message"]
    Customer.objects.filter(pk=lena.pk).update(credit_limit=Decimal("52.30"))
    assert post(till, "checkout", asked).status_code == 201


def test_credit_limit_is_about_what_is_owed_in_every_store(
    till: Client, till_one: Register, shirt: Product, lena: Customer, debts: list[Order], eve: User,
    other_till: Register, root: User,
) -> None:  # fmt: skip
    open_session(user=eve, register=other_till, opening_float=Decimal(0))
    factories.put_in_stock(shirt, other_till.store, "5", by=root)
    owe(eve, other_till, shirt, lena, "19.90")
    Customer.objects.filter(pk=lena.pk).update(credit_limit=Decimal("60.00"))
    asked = request_body(
        till_one, line(shirt), total="19.90", pay="on_account 19.90", customer=lena.pk
    )
    refused(post(till, "checkout", asked), 409, "approval_needed")


# --- Receipts --------------------------------------------------------------------------------


def test_receipt_names_orders_and_change_and_counts_prints(
    ana: User, till: Client, till_one: Register, lena: Customer, debts: list[Order]
) -> None:
    received = pay_dues(ana, till_one, lena, "cash 30.00").payment
    url = reverse("admin:pos_account_receipt", args=[received.pk])
    page = till.get(url)
    text = page.content.decode()
    assert page.status_code == 200
    for part in (received.number, debts[0].number, debts[1].number, "10.10", "Still due: 2.40"):
        assert part in text
    printed = reverse("admin:pos_account_receipt_printed", args=[received.pk])
    assert [till.post(printed).json() for _each in range(2)] == [{"print": 1}, {"print": 2}]
    assert "COPY 3" in till.get(url).content.decode()


def test_receipt_shows_a_new_card_number_on_the_original_only(
    ana: User, till: Client, till_one: Register
) -> None:
    received = load(ana, till_one, "cash 25.00")
    code = Balance.objects.get().code or ""
    grouped = " ".join(code[place : place + 4] for place in range(0, 16, 4))
    url = reverse("admin:pos_account_receipt", args=[received.pk])
    assert grouped in till.get(url).content.decode()
    till.post(reverse("admin:pos_account_receipt_printed", args=[received.pk]))
    assert grouped not in till.get(url).content.decode()


def test_receipts_of_others_are_not_there(
    ana: User, eve: User, sam: User, signed_in: SignIn, till_one: Register
) -> None:
    received = load(ana, till_one, "cash 25.00")
    url = reverse("admin:pos_account_receipt", args=[received.pk])
    assert signed_in(eve).get(url).status_code == 404
    assert signed_in(sam).get(url).status_code == 403


# --- The statement ---------------------------------------------------------------------------


def test_statement_runs_from_opening_to_closing(
    ana: User, max_: User, office: Client, till_one: Register, lena: Customer, debts: list[Order]
) -> None:
    from pos.reports.customer_accounts import statement_of

    pay_dues(ana, till_one, lena, "cash 25.00")
    today = timezone.localdate()
    found = statement_of(user=max_, customer=lena, first=today, last=today, today=today)
    assert [(each.debit, each.credit, each.balance) for each in found.lines] == [
        (Decimal("19.90"), 0, Decimal("19.90")), (Decimal("12.50"), 0, Decimal("32.40")),
        (0, Decimal("25.00"), Decimal("7.40")),
    ]  # fmt: skip
    assert (found.opening, found.closing, found.due) == (0, Decimal("7.40"), Decimal("7.40"))
    later = today + timedelta(days=1)
    after = statement_of(user=max_, customer=lena, first=later, last=later, today=later)
    assert (after.opening, after.lines, after.closing) == (Decimal("7.40"), (), Decimal("7.40"))
    page = office.get(reverse("admin:pos_statement", args=[lena.pk]))
    assert page.status_code == 200
    assert debts[0].number in page.content.decode()
    assert "MAIN-R1-A000001" in page.content.decode()


def test_dues_are_told_by_age(max_: User, lena: Customer, debts: list[Order]) -> None:
    from pos.reports.customer_accounts import statement_of

    today = timezone.localdate()
    for days, age in ((0, "30"), (30, "30"), (31, "60"), (60, "60"), (61, "90"), (91, "older")):
        Order.objects.filter(pk=debts[0].pk).update(sold_on=today - timedelta(days=days))
        found = statement_of(user=max_, customer=lena, first=today, last=today, today=today)
        expected = dict.fromkeys(("30", "60", "90", "older"), Decimal(0))
        expected["30"] += Decimal("12.50")
        expected[age] += Decimal("19.90")
        assert found.ages == expected
    Order.objects.filter(pk=debts[0].pk).update(sold_on=today)


def test_statement_goes_out_as_pdf_and_spreadsheet(
    office: Client, lena: Customer, debts: list[Order]
) -> None:
    pdf = office.post(reverse("admin:pos_statement_pdf", args=[lena.pk]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert "statement-Lena-Holm-" in pdf["Content-Disposition"]
    sheet = office.post(reverse("admin:pos_statement_xlsx", args=[lena.pk]))
    book = ZipFile(BytesIO(b"".join(sheet.streaming_content)))
    rows = rows_of(book.read("xl/worksheets/sheet1.xml").decode())
    assert rows[0] == ["Day", "What", "Document", "Debit", "Credit", "Balance"]
    balances = [Decimal(row[-1]) for row in rows[1:5]]
    assert balances == [Decimal(each) for each in ("0", "19.90", "32.40", "32.40")]
    assert [entry.kind for entry in AuditEntry.objects.filter(kind="export")] == ["export"] * 2


def test_statement_is_for_who_sees_customers_and_orders(
    eve: User, sam: User, signed_in: SignIn, lena: Customer, debts: list[Order]
) -> None:
    url = reverse("admin:pos_statement", args=[lena.pk])
    page = signed_in(eve).get(url)
    assert debts[0].number not in page.content.decode()
    assert signed_in(sam).get(url).status_code == 403
    assert signed_in(eve).get(reverse("admin:pos_statement", args=[999])).status_code in (403, 404)


# --- Lists -----------------------------------------------------------------------------------


def test_lists_show_what_was_received_and_what_is_on_cards(
    ana: User, office: Client, till_one: Register, lena: Customer, debts: list[Order]
) -> None:
    received = pay_dues(ana, till_one, lena, "cash 40.00", surplus="store_credit").payment
    card = load(ana, till_one, "cash 25.00").balance
    for model, rows in (("accountpayment", [received]), ("balance", [card, received.balance])):
        listed = office.get(reverse(f"admin:pos_{model}_changelist"))
        assert listed.status_code == 200
        for row in rows:
            assert row is not None
            assert str(row) in listed.content.decode()
            page = office.get(reverse(f"admin:pos_{model}_change", args=[row.pk]))
            assert page.status_code == 200
    assert office.get(reverse("admin:pos_payment_changelist")).status_code == 200
    found = office.get(reverse("admin:pos_balance_changelist"), {"q": card.code})  # type: ignore[union-attr]
    assert str(card) in found.content.decode()
    customer = office.get(reverse("admin:pos_customer_change", args=[lena.pk])).content.decode()
    assert "7.60" in customer


def test_dues_list_is_narrowed_by_age(office: Client, lena: Customer, debts: list[Order]) -> None:
    url = reverse("admin:pos_order_changelist")
    for due, is_there in (("any", True), ("30", True), ("older", False), ("nonsense", False)):
        page = office.get(url, {"due": due, "customer__id__exact": lena.pk})
        assert (debts[0].number in page.content.decode()) is is_there


def test_balance_is_corrected_and_blocked_from_its_page(
    ana: User, office: Client, till: Client, till_one: Register
) -> None:
    card = load(ana, till_one, "cash 25.00").balance
    assert card is not None

    def act(client: Client, name: str, **data: str) -> Any:
        sent = {"_form_submitted": "on", **data}
        return client.post(reverse(f"admin:pos_balance_{name}", args=[card.pk]), sent)

    assert act(office, "adjust", amount="-5.00", reason="Loaded twice").headers["HX-Redirect"]
    short = act(office, "adjust", amount="-50.00", reason="Typo")
    assert "There is not that much left" in short.content.decode()
    assert act(office, "set_expiry", expires_on="2999-12-31", reason="Promised").status_code == 200
    assert act(office, "block", reason="Lost").headers["HX-Redirect"]
    card.refresh_from_db()
    assert (card.amount, card.is_active) == (Decimal("20.00"), False)
    assert str(card.expires_on) == "2999-12-31"
    with nothing_changes():
        assert act(till, "unblock", reason="Mine").status_code == 403
        assert act(office, "block", reason="Again").status_code in (302, 403)
    assert act(office, "unblock", reason="Found").headers["HX-Redirect"]
