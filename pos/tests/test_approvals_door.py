"""Approvals through the register's door: the server decides what needs a yes, and for how much."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pos.models import (
    Approval,
    AuditEntry,
    CashSession,
    Customer,
    Order,
    OrderLine,
    PaymentMethod,
    Product,
    Register,
    User,
)
from pos.services.parking import park_order
from pos.services.pins import set_pin

from .books import nothing_changes
from .tills import cart, get, item, line, post, request_body

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
THIRTY = {"percent": "30"}


@pytest.fixture(autouse=True)
def shop(
    verified: None, session: CashSession, cash: PaymentMethod, on_account: PaymentMethod, max_: User
) -> None:
    """Ana's register is open; Max is near and has a PIN; every test ends with the shop's audit."""
    set_pin(user=max_, pin="4711")


@pytest.fixture
def till(ana: User, signed_in: SignIn) -> Client:
    return signed_in(ana)


@pytest.fixture
def sale(till_one: Register, shirt: Product) -> dict[str, Any]:
    """A shirt with 30 % off: 13.93."""
    return request_body(till_one, line(shirt, discount=THIRTY), total="13.93", pay="cash 20.00")


def ask(till: Client, kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    response = post(till, "approvals", {**body, "kind": kind, **more})
    assert response.status_code == 201, response.content
    return response.json()


def by_pin(till: Client, approval_id: int, approver: User, pin: str = "4711") -> Any:
    return post(till, "approval_pin", {"approver": approver.pk, "pin": pin}, approval_id)


def state(till: Client, approval_id: int) -> Any:
    return till.get(reverse("admin:pos_register_approval", args=[approval_id]))


def error(response: Any, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    return response.json()["error"]


# --- The sale --------------------------------------------------------------------------------


def test_price_names_what_needs_a_yes_until_it_is_given(
    till: Client, max_: User, sale: dict[str, Any]
) -> None:
    (problem,) = post(till, "price", sale).json()["problems"]
    print_ = problem.pop("fingerprint")
    assert problem == {
        "line": 0, "code": "approval_needed", "kind": "discount", "amount": "5.97", "blocks": True,
        "summary": "€5.97 off €19.90 (30 %)",
        "message": "30 % off is over your limit of 10 %. Ask for an approval.",
    }  # fmt: skip
    asked = ask(till, "discount", sale)
    assert asked["fingerprint"] == print_
    by_pin(till, asked["id"], max_)
    assert post(till, "price", {**sale, "approvals": [asked["id"]]}).json()["problems"] == []
    assert Approval.objects.get().status == "approved"


def test_sale_goes_through_with_the_yes_and_only_once(
    till: Client, ana: User, max_: User, till_one: Register, sale: dict[str, Any]
) -> None:
    with nothing_changes():
        told = error(post(till, "checkout", sale), 409, "approval_needed")
    (need,) = told["needs"]
    assert (need["kind"], need["amount"], told["lines"]) == ("discount", "5.97", [0])
    asked = ask(till, "discount", sale, reason="stained")
    assert (asked["status"], asked["amount"], asked["decided_by"]) == ("pending", "5.97", None)
    people = get(till, "approvals", register=till_one.pk, kinds="discount,credit").json()
    assert people == {"approvers": [{"id": max_.pk, "name": "Max", "initials": "M"}]}
    given = by_pin(till, asked["id"], max_)
    assert (given.status_code, given.json()["status"], given.json()["decided_by"]) == (
        200, "approved", "Max",
    )  # fmt: skip
    done = {**sale, "approvals": [asked["id"]]}
    first = post(till, "checkout", done)
    assert (first.status_code, first.json()["order"]["total"]) == (201, "13.93")
    assert (post(till, "checkout", done).status_code, Order.objects.count()) == (200, 1)
    other = {**done, "key": "00000000-0000-4000-8000-000000000001"}
    error(post(till, "checkout", other), 409, "approval_needed")
    row = Approval.objects.get()
    assert (row.status, row.order, row.requested_by, row.decided_by) == (
        "used", Order.objects.get(), ana, max_,
    )  # fmt: skip
    used = AuditEntry.objects.filter(kind__startswith="approval").order_by("id")
    assert [(each.kind, each.actor) for each in used] == [
        ("approval_asked", ana), ("approval_given", max_), ("approval_used", ana),
    ]  # fmt: skip


def test_page_decides_neither_amount_nor_fingerprint(till: Client, sale: dict[str, Any]) -> None:
    lies = {"amount": "0.01", "fingerprint": "0" * 64, "summary": "nothing", "status": "approved"}
    asked = ask(till, "discount", sale, **lies)
    assert (asked["amount"], asked["summary"], asked["status"]) == (
        "5.97", "€5.97 off €19.90 (30 %)", "pending",
    )  # fmt: skip


def test_nothing_is_asked_that_needs_no_yes(
    till: Client, till_one: Register, shirt: Product
) -> None:
    plain = request_body(till_one, line(shirt), total="19.90", pay="cash 20.00")
    for kind in ("discount", "price_change", "credit"):
        error(post(till, "approvals", {**plain, "kind": kind}), 409, "not_needed")
    for kind in ("cash_difference", "", "everything"):
        error(post(till, "approvals", {**plain, "kind": kind}), 400, "unknown_kind")
    # Without a receipt there is nothing that a yes could allow a seller.
    error(post(till, "approvals", {**plain, "kind": "refund"}), 403, "no_right")
    assert Approval.objects.count() == 0


def test_denied_and_expired_are_told_to_who_waits(
    till: Client, max_: User, sale: dict[str, Any]
) -> None:
    from pos.services.approvals import decide

    asked = ask(till, "discount", sale)
    assert state(till, asked["id"]).json()["status"] == "pending"
    decide(user=max_, approval=Approval.objects.get(), approve=False)
    assert state(till, asked["id"]).json()["status"] == "denied"
    again = ask(till, "discount", sale)
    assert again["id"] != asked["id"]
    Approval.objects.filter(pk=again["id"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert state(till, again["id"]).json()["status"] == "expired"
    error(by_pin(till, again["id"], max_), 409, "approval_expired")
    error(
        post(till, "checkout", {**sale, "approvals": [asked["id"], again["id"]]}),
        409,
        "approval_needed",
    )


def test_requests_of_others_are_nobodys_business(
    till: Client, max_: User, signed_in: SignIn, sale: dict[str, Any]
) -> None:
    asked = ask(till, "discount", sale)
    other = signed_in(max_)
    error(state(other, asked["id"]), 404, "no_approval")
    error(by_pin(other, asked["id"], max_), 404, "no_approval")
    assert Approval.objects.get().status == "pending"


def test_wrong_pin_own_pin_and_strangers_approve_nothing(
    till: Client, ana: User, eve: User, max_: User, sale: dict[str, Any]
) -> None:
    asked = ask(till, "discount", sale)
    for person in (ana, eve):
        set_pin(user=person, pin="4711")
        error(by_pin(till, asked["id"], person), 403, "no_right")
    error(by_pin(till, asked["id"], max_, "0815"), 403, "wrong_pin")
    error(
        post(till, "approval_pin", {"approver": 987654, "pin": "4711"}, asked["id"]),
        404,
        "no_person",
    )
    error(
        post(till, "approval_pin", {"approver": max_.pk, "pin": 4711}, asked["id"]), 400, "bad_text"
    )
    assert Approval.objects.get().status == "pending"


def test_yes_asked_by_somebody_else_is_no_use(
    till: Client, max_: User, signed_in: SignIn, root: User, sale: dict[str, Any]
) -> None:
    """Max may sell at this register, but has a limit of his own: Ana's yes is not his."""
    half_price = {
        **sale,
        "lines": [{**sale["lines"][0], "discount": {"percent": "60"}}],
        "expected_total": "7.96",
    }
    asked = ask(till, "discount", half_price)
    by_pin(till, asked["id"], max_)
    body = {**half_price, "approvals": [asked["id"]]}
    error(post(signed_in(max_), "checkout", body), 409, "approval_needed")
    assert Order.objects.count() == 0


@pytest.mark.parametrize("ids", ["1", {"id": 1}, [0], [-1], ["1"], [True], [1.5], [None], [1] * 21])
def test_senseless_lists_of_approvals_are_refused(
    till: Client, sale: dict[str, Any], ids: Any
) -> None:
    for name in ("checkout", "price"):
        assert post(till, name, {**sale, "approvals": ids}).status_code == 400
    assert Order.objects.count() == 0


def test_foreign_and_unknown_ids_do_no_harm(
    till: Client, till_one: Register, shirt: Product
) -> None:
    plain = request_body(
        till_one, line(shirt), total="19.90", pay="cash 20.00", approvals=[1, 2**62]
    )
    assert post(till, "checkout", plain).status_code == 201


# --- Prices ----------------------------------------------------------------------------------


def test_manager_charges_another_price(
    max_: User, signed_in: SignIn, till_one: Register, shirt: Product
) -> None:
    told = post(
        signed_in(max_),
        "price",
        {"register": till_one.pk, "lines": [line(shirt, unit_price="15.00")]},
    ).json()
    assert (told["total"], told["lines"][0]["unit_price"], told["problems"]) == (
        "15.00",
        "15.00",
        [],
    )
    body = request_body(till_one, line(shirt, unit_price="15.00"), total="15.00", pay="cash 15.00")
    assert post(signed_in(max_), "checkout", body).status_code == 201
    sold = OrderLine.objects.get()
    assert (sold.list_price, sold.unit_price) == (Decimal("19.90"), Decimal("15.00"))


def test_seller_needs_a_yes_for_another_price(
    till: Client, max_: User, till_one: Register, shirt: Product
) -> None:
    body = request_body(till_one, line(shirt, unit_price="15.00"), total="15.00", pay="cash 15.00")
    (problem,) = post(till, "price", body).json()["problems"]
    assert (problem["kind"], problem["amount"], problem["line"]) == ("price_change", "4.90", 0)
    with nothing_changes():
        error(post(till, "checkout", body), 403, "approval_needed")
    asked = ask(till, "price_change", body)
    by_pin(till, asked["id"], max_)
    assert post(till, "checkout", {**body, "approvals": [asked["id"]]}).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    ["-0.01", "1e3", "NaN", "Infinity", "", " ", "15,00", "0.001", "1" * 20, 15.0, True, [], {}],
)
def test_senseless_price_is_refused(
    max_: User, signed_in: SignIn, till_one: Register, shirt: Product, wrong: Any
) -> None:
    body = request_body(till_one, line(shirt, unit_price=wrong), total="15.00", pay="cash 15.00")
    client = signed_in(max_)
    with nothing_changes():
        for name in ("checkout", "price", "parked"):
            assert post(client, name, body).status_code == 400


def test_what_a_browser_calls_price_is_not_looked_at(
    till: Client, till_one: Register, shirt: Product
) -> None:
    wishes = {"price": "0.01", "total": "0.01", "list_price": "0.01", "unit_price": None}
    body = request_body(till_one, line(shirt, **wishes), total="19.90", pay="cash 20.00")
    assert post(till, "checkout", body).json()["order"]["total"] == "19.90"


def test_changed_price_is_parked_with_its_line(
    till: Client, max_: User, till_one: Register, shirt: Product, scarf: Product
) -> None:
    lines = [line(shirt, unit_price="15.00"), line(scarf)]
    pk = post(till, "parked", {"register": till_one.pk, "lines": lines}).json()["id"]
    back = post(till, "resume", {"register": till_one.pk}, pk).json()["lines"]
    assert [each.get("unit_price") for each in back] == ["15.00", None]
    Product.objects.filter(pk=scarf.pk).update(price=Decimal("13.00"))
    again = post(till, "resume", {"register": till_one.pk}, pk).json()["lines"]
    assert [each.get("unit_price") for each in again] == ["15.00", None]


# --- Credit, two needs at once ----------------------------------------------------------------


def test_sale_may_need_two_yeses(
    till: Client, max_: User, till_one: Register, shirt: Product, rosa: Customer
) -> None:
    body = request_body(
        till_one,
        line(shirt, "10", discount=THIRTY),
        total="139.30",
        pay="on_account 139.30",
        customer=rosa.pk,
    )
    told = error(post(till, "checkout", body), 409, "approval_needed")
    assert [(each["kind"], each["amount"]) for each in told["needs"]] == [
        ("discount", "59.70"), ("credit", "139.30"),
    ]  # fmt: skip
    ids = []
    for need in told["needs"]:
        asked = ask(till, need["kind"], body)
        assert asked["fingerprint"] == need["fingerprint"]
        by_pin(till, asked["id"], max_)
        ids.append(asked["id"])
    error(post(till, "checkout", {**body, "approvals": ids[:1]}), 409, "approval_needed")
    assert post(till, "checkout", {**body, "approvals": ids}).status_code == 201
    assert set(Approval.objects.values_list("status", flat=True)) == {"used"}


# --- Parked orders, the drawer, removed lines -------------------------------------------------


def test_others_parked_order_is_given_up_with_a_yes(
    till: Client, max_: User, till_one: Register, scarf: Product
) -> None:
    parked = park_order(user=max_, register=till_one, cart=cart(item(scarf)), label="blue coat")
    body = {"reason": "in the way"}
    error(post(till, "discard", body, parked.pk), 403, "approval_needed")
    asked = ask(till, "void", {"register": till_one.pk, "order": parked.pk})
    assert asked["summary"] == "Discard parked order blue coat of Max, €12.50"
    by_pin(till, asked["id"], max_)
    assert post(till, "discard", {**body, "approvals": [asked["id"]]}, parked.pk).status_code == 200
    error(
        post(till, "approvals", {"register": till_one.pk, "kind": "void", "order": parked.pk}),
        404,
        "no_order",
    )


def test_drawer_is_opened_with_right_reason_or_yes(
    till: Client, max_: User, signed_in: SignIn, till_one: Register
) -> None:
    body = {"register": till_one.pk, "reason": "change"}
    error(post(till, "no_sale", {"register": till_one.pk, "reason": "  "}), 400, "no_reason")
    error(post(till, "no_sale", body), 403, "approval_needed")
    assert not AuditEntry.objects.filter(kind="no_sale").exists()
    asked = ask(till, "no_sale", body)
    by_pin(till, asked["id"], max_)
    told = post(till, "no_sale", {**body, "approvals": [asked["id"]]})
    assert (told.status_code, told.json()) == (200, {"count": 1})
    assert post(signed_in(max_), "no_sale", body).json() == {"count": 2}
    assert (
        list(AuditEntry.objects.filter(kind="no_sale").values_list("reason", flat=True))
        == ["change"] * 2
    )


def test_removed_lines_are_told_and_priced_here(
    till: Client, ana: User, till_one: Register, shirt: Product
) -> None:
    body = {
        "register": till_one.pk, "kind": "line_removed",
        "lines": [{"product": shirt.pk, "quantity": "2", "price": "0.01", "amount": "0.01"}],
    }  # fmt: skip
    assert post(till, "removed", body).status_code == 200
    entry = AuditEntry.objects.get(kind="line_removed")
    assert (entry.actor, entry.amount) == (ana, Decimal("39.80"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": []}, {"lines": None}, {"lines": [1]}, {"lines": [{"product": 1}]}, {"kind": "sale"},
        {"lines": [{"product": 1, "quantity": "-1"}]}, {"lines": [{"product": 1, "quantity": "1"}] * 501},
    ],
)  # fmt: skip
def test_senseless_removals_are_refused(
    till: Client, till_one: Register, shirt: Product, wrong: dict[str, Any]
) -> None:
    body = {
        "register": till_one.pk,
        "kind": "line_removed",
        "lines": [{"product": shirt.pk, "quantity": "1"}],
    }
    assert post(till, "removed", body | wrong).status_code == 400
    assert not AuditEntry.objects.filter(kind="line_removed").exists()


def test_doors_are_shut_for_other_stores_and_for_nobody(
    eve: User, signed_in: SignIn, till_one: Register, shirt: Product, sale: dict[str, Any]
) -> None:
    stranger = signed_in(eve)
    bodies = {
        "approvals": {**sale, "kind": "discount"},
        "no_sale": {"register": till_one.pk, "reason": "change"},
        "removed": {"register": till_one.pk, "kind": "cart_cleared", "lines": [{"product": shirt.pk, "quantity": "1"}]},
    }  # fmt: skip
    for name, body in bodies.items():
        assert post(stranger, name, body).status_code == 404
        assert post(Client(), name, body).status_code == 401
        asked_by_get = stranger.get(reverse(f"admin:pos_register_{name}"))
        assert asked_by_get.status_code == (400 if name == "approvals" else 405)
    assert Approval.objects.count() == 0
