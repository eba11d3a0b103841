"""The register's doors for goods that come back: what they answer, and what they never believe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from pos.models import AuditEntry, Customer, Order, Product, Refund, Register, User

from .books import nothing_changes
from .returns import refund
from .tills import attempt, item, percent, post, sell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verified", "session")]
SignIn = Callable[[User], Client]


@pytest.fixture
def order(ana: User, till_one: Register, shirt: Product, cash: Any, rosa: Customer) -> Order:
    """2 × 19.90 with 10 % off the order for Rosa, 35.82, paid in cash."""
    return sell(
        ana, till_one, item(shirt, "2", percent("0")), order_discount=percent("10"), customer=rosa,
        total="35.82", pay="cash 40.00",
    ).order  # fmt: skip


def body(register: Register, order: Order, /, quantity: str = "1", **fields: Any) -> dict[str, Any]:
    line = {"line": order.lines.get().pk, "quantity": quantity, "restock": True}
    return {
        "register": register.pk,
        "order": order.pk,
        "lines": [line],
        "back": "original",
    } | fields


def refund_body(
    register: Register, order: Order, /, total: str = "17.91", **fields: Any
) -> dict[str, Any]:
    more = {"key": str(uuid4()), "reason": "Too small", "expected_total": total}
    return body(register, order, **(more | fields))


def found(client: Client, text: str) -> list[str]:
    answer = client.get(reverse("admin:pos_register_returns"), {"q": text})
    return [each["number"] for each in answer.json()["results"]]


# --- Finding ---------------------------------------------------------------------------------


def test_a_sale_is_found_by_number_customer_product_and_refund(
    ana: User, till_one: Register, order: Order, scarf: Product, signed_in: SignIn
) -> None:
    later = sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.50").order
    done = refund(ana, till_one, order, "1 x 1", total="17.91").refund
    client = signed_in(ana)
    for text in (
        "MAIN-R1-000001",
        "main-r1-000001",
        "1",
        "rosa",
        "shirt",
        "4006381333931",
        done.number,
        f"https://shop.example/r/{order.public_token}/",  # what the code on the receipt says
    ):
        assert found(client, text) == [order.number], text
    assert found(client, "") == [later.number, order.number]
    assert found(client, "nothing like it") == []
    assert found(client, f"https://shop.example/r/{'x' * 43}/") == []


def test_at_most_twenty_newest_first_with_a_fixed_number_of_queries(
    ana: User, till_one: Register, shirt: Product, cash: Any, signed_in: SignIn,
    django_assert_max_num_queries: Any, root: User, main: Any,
) -> None:  # fmt: skip
    from pos.tests import factories

    mug = factories.make_product("Mug", "1.00", stock={main: "99"}, by=root)
    for _sale in range(22):
        sell(ana, till_one, item(mug), total="1.00", pay="cash 1.00")
    client = signed_in(ana)
    with django_assert_max_num_queries(22):
        numbers = found(client, "mug")
    assert (len(numbers), numbers[0], numbers[-1]) == (20, "MAIN-R1-000022", "MAIN-R1-000003")


def test_another_stores_sale_is_not_there(
    eve: User, other_till: Register, order: Order, signed_in: SignIn
) -> None:
    client = signed_in(eve)
    assert found(client, "MAIN-R1-000001") == []
    address = reverse("admin:pos_register_returned_order", args=[order.pk])
    assert client.get(address).status_code == 404
    assert post(client, "price_return", body(other_till, order)).status_code == 404


def test_a_sale_tells_what_can_still_come_back(
    ana: User, till_one: Register, order: Order, signed_in: SignIn
) -> None:
    refund(ana, till_one, order, "1 x 1", total="17.91")
    address = reverse("admin:pos_register_returned_order", args=[order.pk])
    answer = signed_in(ana).get(address).json()
    line = answer["lines"][0]
    assert (line["quantity"], line["refunded"], line["left"], line["total"]) == (
        "2",
        "1",
        "1",
        "35.82",
    )
    assert (answer["refunded"], answer["customer"], answer["can_void"]) == (
        "17.91",
        "Rosa Lind",
        False,
    )
    assert answer["paid"] == [{"name": "Cash", "amount": "17.91"}]


# --- Pricing ---------------------------------------------------------------------------------


def test_the_price_door_says_what_it_is_worth_and_changes_nothing(
    ana: User, till_one: Register, order: Order, signed_in: SignIn
) -> None:
    with nothing_changes():
        answer = post(signed_in(ana), "price_return", body(till_one, order)).json()
    assert answer == {
        "total": "17.91",
        "rounding": "0.00",
        "cancelled": "0.00",
        "money": [{"method": "cash", "kind": "cash", "name": "Cash", "amount": "17.91"}],
        "taxes": [{"name": "VAT 20 %", "percent": "20", "net": "14.92", "tax": "2.99"}],
        "lines": [{"line": order.lines.get().pk, "total": "17.91"}],
        "needs": [],
    }


def test_with_a_cart_it_says_the_difference(
    ana: User, till_one: Register, order: Order, scarf: Product, signed_in: SignIn
) -> None:
    lines = [{"product": scarf.pk, "quantity": "2", "discount": None, "note": ""}]
    asked = body(till_one, order, sale={"lines": lines})
    answer = post(signed_in(ana), "price_return", asked).json()["sale"]
    assert answer == {
        "total": "25.00",
        "credit": "17.91",
        "to_pay": "7.09",
        "cash_totals": {},
        "over": [],
    }
    lines[0]["quantity"] = "1"
    answer = post(signed_in(ana), "price_return", asked).json()["sale"]
    assert (answer["to_pay"], answer["over"][0]["amount"]) == ("0.00", "5.41")


def test_over_the_limit_it_says_what_needs_a_yes(
    ana: User, max_: User, till_one: Register, shirt: Product, cash: Any, signed_in: SignIn
) -> None:
    sale = sell(ana, till_one, item(shirt, "3"), total="59.70", pay="cash 60.00").order
    client = signed_in(ana)
    asked = body(till_one, sale, "3")
    need = post(client, "price_return", asked).json()["needs"][0]
    assert (need["kind"], need["amount"]) == ("refund", "59.70")
    given = post(client, "approvals", {**asked, "kind": "refund", "reason": "Torn"})
    assert (given.status_code, given.json()["fingerprint"]) == (201, need["fingerprint"])
    refused = post(client, "returns", refund_body(till_one, sale, "59.70", lines=asked["lines"]))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "approval_needed")


# --- Refunding -------------------------------------------------------------------------------


def test_a_refund_is_made_once_for_a_key(
    ana: User, till_one: Register, order: Order, signed_in: SignIn
) -> None:
    client, asked = signed_in(ana), refund_body(till_one, order)
    first, again = post(client, "returns", asked), post(client, "returns", asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    made = Refund.objects.get()
    assert first.json() == {
        "refund": {
            "id": made.pk,
            "number": "MAIN-R1-R000001",
            "kind": "refund",
            "total": "17.91",
            "money": [{"method": "cash", "kind": "cash", "name": "Cash", "amount": "17.91"}],
        },
        "refund_receipt_url": f"/admin/receipts/refund/{made.pk}/",
    }
    other = post(client, "returns", {**asked, "reason": "Other"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")


def test_an_exchange_answers_for_both_sides(
    ana: User, till_one: Register, order: Order, scarf: Product, signed_in: SignIn
) -> None:
    sale = {
        "lines": [{"product": scarf.pk, "quantity": "2", "discount": None, "note": ""}],
        "payments": [{"method": "cash", "tendered": "10.00", "reference": ""}],
        "expected_total": "25.00",
    }
    client, asked = signed_in(ana), refund_body(till_one, order, sale=sale)
    first, again = post(client, "returns", asked), post(client, "returns", asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["order"] == {
        "id": Order.objects.latest("pk").pk,
        "number": "MAIN-R1-000002",
        "total": "25.00",
        "paid": "25.00",
        "due": "0.00",
        "change": "2.91",
        "payment_status": "paid",
    }
    assert first.json()["refund"]["money"][0]["kind"] == "exchange"


def test_an_exchange_never_takes_the_key_of_a_sale(
    ana: User, till_one: Register, order: Order, scarf: Product, signed_in: SignIn
) -> None:
    sale = {
        "lines": [{"product": scarf.pk, "quantity": "1", "discount": None, "note": ""}],
        "payments": [],
        "expected_total": "12.50",
    }
    asked = refund_body(till_one, order, sale=sale, key=str(order.key))
    with nothing_changes():
        answer = post(signed_in(ana), "returns", asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "key_reused")


def test_a_void_asks_for_a_yes_and_is_done_with_it(
    ana: User, max_: User, till_one: Register, order: Order, signed_in: SignIn
) -> None:
    from pos.models import Approval
    from pos.services.approvals import decide

    client = signed_in(ana)
    asked = {
        "key": str(uuid4()), "register": till_one.pk, "order": order.pk, "reason": "Rung up wrong",
    }  # fmt: skip
    refused = post(client, "void", asked)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "approval_needed")
    given = post(client, "approvals", {**asked, "kind": "void"})
    assert (given.status_code, given.json()["summary"]) == (201, "Void sale MAIN-R1-000001, €35.82")
    decide(user=max_, approval=Approval.objects.get(), approve=True)
    done = post(client, "void", {**asked, "approvals": [given.json()["id"]]})
    assert (done.status_code, done.json()["refund"]["kind"]) == (201, "void")


# --- What a browser may not do ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": []}, 400, "nothing_chosen"),
        ({"lines": "all"}, 400, "nothing_chosen"),
        ({"lines": [7]}, 400, "bad_line"),
        ({"lines": [{"line": 1, "quantity": "1", "restock": "yes"}]}, 400, "bad_line"),
        ({"lines": [{"line": 10**9, "quantity": "1"}]}, 400, "unknown_line"),
        ({"quantity": "-1"}, 400, "too_small"),
        ({"quantity": "1e3"}, 400, "not_a_number"),
        ({"quantity": 1.5}, 400, "not_a_number"),
        ({"quantity": "3"}, 409, "too_much_back"),
        ({"back": "gold"}, 400, "unknown_choice"),
        ({"back": "exchange"}, 400, "unknown_choice"),
        ({"back": ["cash"]}, 400, "bad_text"),
        ({"expected_total": "35.82"}, 409, "total_changed"),
        ({"expected_total": "NaN"}, 400, "not_a_number"),
        ({"reason": ""}, 400, "no_reason"),
        ({"reason": "turned \u202e round"}, 400, "bad_text"),
        ({"key": "1"}, 400, "bad_key"),
        ({"order": True}, 400, "bad_id"),
        ({"register": 10**9}, 404, "no_register"),
        ({"sale": []}, 400, "malformed"),
        ({"sale": {"lines": []}}, 400, "empty_cart"),
        ({"back": "store_credit", "customer": 10**9}, 409, "customer_unavailable"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_changes_nothing(
    ana: User, till_one: Register, order: Order, signed_in: SignIn,
    change: dict[str, Any], status: int, code: str,
) -> None:  # fmt: skip
    with nothing_changes():
        answer = post(signed_in(ana), "returns", refund_body(till_one, order, **change))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"]


def test_prices_that_a_browser_sends_are_never_looked_at(
    ana: User, till_one: Register, order: Order, signed_in: SignIn
) -> None:
    asked = refund_body(till_one, order, total_amount="999.00", credit="999.00", approvals=[1, 2])
    asked["lines"][0] |= {"total": "999.00", "unit_price": "999.00", "gross": "999.00"}
    assert post(signed_in(ana), "returns", asked).json()["refund"]["total"] == "17.91"


def test_without_a_receipt_is_the_managers_and_a_sellers_try_is_noted(
    ana: User, max_: User, till_one: Register, scarf: Product, cash: Any, signed_in: SignIn
) -> None:
    asked = {
        "key": str(uuid4()), "register": till_one.pk, "order": None, "back": "cash",
        "lines": [{"product": scarf.pk, "quantity": "1", "restock": True}],
        "reason": "No receipt", "expected_total": "12.50",
    }  # fmt: skip
    with nothing_changes():
        assert post(signed_in(ana), "returns", asked).status_code == 403
    assert AuditEntry.objects.filter(kind="refused", actor=ana).count() == 1
    assert post(signed_in(max_), "price_return", asked).json()["total"] == "12.50"
    assert post(signed_in(max_), "returns", asked).status_code == 201


def test_an_exchanges_debt_needs_the_yes_to_what_is_really_left(
    ana: User, till_one: Register, order: Order, shirt: Product, rosa: Customer, on_account: Any,
    signed_in: SignIn,
) -> None:  # fmt: skip
    """Eight shirts for 151.24 less what came back: 133.33 on account, over Ana's 100."""
    lines = [{"product": shirt.pk, "quantity": "8", "discount": None, "note": ""}]
    payments = [{"method": "on_account", "tendered": "133.33", "reference": ""}]
    sale = {"lines": lines, "payments": payments, "expected_total": "151.24", "customer": rosa.pk}
    client, asked = signed_in(ana), refund_body(till_one, order, sale=sale)
    refused = post(client, "returns", asked).json()["error"]
    assert [need["amount"] for need in refused["needs"]] == ["133.33"]
    given = post(client, "approvals", {**asked, "kind": "credit"})
    assert (given.status_code, given.json()["fingerprint"]) == (
        201,
        refused["needs"][0]["fingerprint"],
    )


# --- Pages -----------------------------------------------------------------------------------


def test_the_receipt_says_what_came_back_and_counts_its_prints(
    ana: User, till_one: Register, order: Order, scarf: Product, signed_in: SignIn
) -> None:
    from .returns import exchange_for, refund_attempt

    returned = refund_attempt(till_one, order, "1 x 1", total="17.91")
    done = exchange_for(ana, returned, attempt(till_one, item(scarf), total="12.50"))
    client, number = signed_in(ana), done.refund.pk
    page = client.get(reverse("admin:pos_refund_receipt", args=[number])).content.decode()
    for text in (
        "REFUND",
        "MAIN-R1-R000001",
        "MAIN-R1-000001",
        "MAIN-R1-000002",
        "Too small",
        "€17.91",
        "5.41",
    ):
        assert text in page, text
    counted = reverse("admin:pos_refund_receipt_printed", args=[number])
    assert [client.post(counted).json()["print"] for _print in range(2)] == [1, 2]
    assert AuditEntry.objects.filter(kind="reprint", object_id=str(number)).count() == 1


def test_the_orders_page_leads_to_the_register_and_voids(
    max_: User, ana: User, till_one: Register, order: Order, signed_in: SignIn
) -> None:
    client = signed_in(max_)
    page = client.get(reverse("admin:pos_order_change", args=[order.pk])).content.decode()
    assert "Refund…" in page and "Void…" in page
    leads = client.get(reverse("admin:pos_order_refund_sale", args=[order.pk]))
    assert leads.headers["Location"] == f"/admin/register/?refund={order.pk}"
    address = reverse("admin:pos_order_void_sale", args=[order.pk])
    done = client.post(address, {"reason": "Rung up wrong", "_form_submitted": "on"})
    assert done.headers["HX-Redirect"] == f"/admin/pos/order/{order.pk}/change/"
    voided = Refund.objects.get()
    assert (voided.kind, voided.reason, voided.seller) == ("void", "Rung up wrong", max_)
    page = client.get(reverse("admin:pos_order_change", args=[order.pk])).content.decode()
    assert voided.number in page and "Void…" not in page


def test_the_list_and_the_page_of_refunds_show_what_is_theirs(
    ana: User, max_: User, till_one: Register, order: Order, signed_in: SignIn
) -> None:
    done = refund(max_, till_one, order, "1 x 1", total="17.91").refund
    changelist = reverse("admin:pos_refund_changelist")
    assert done.number in signed_in(max_).get(changelist, {"q": "MAIN-R1-000001"}).content.decode()
    assert done.number not in signed_in(ana).get(changelist).content.decode()
    address = reverse("admin:pos_refund_change", args=[done.pk])
    assert "Linen shirt" in signed_in(max_).get(address).content.decode()
    assert signed_in(ana).get(address).status_code == 302
