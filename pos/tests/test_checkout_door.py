"""The checkout's contract: every status code, for whoever knocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from pos.models import CashSession, Customer, Order, PaymentMethod, Product, Register, Store, User
from pos.services.cash import close_session
from pos.services.parking import park_order, resume_order

from .books import nothing_changes
from .tills import cart, item, line, post, request_body

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Ana's register is open and takes cash and cards; every test ends with the shop's own audit."""


@pytest.fixture
def till(ana: User, signed_in: Callable[[User], Client]) -> Client:
    """Ana at the register."""
    return signed_in(ana)


@pytest.fixture
def body(till_one: Register, scarf: Product) -> dict[str, Any]:
    """One scarf, paid with a note of 20."""
    return request_body(till_one, line(scarf), total="12.50", pay="cash 20.00")


def refused(client: Client, body: Any, status: int, code: str, **headers: Any) -> dict[str, Any]:
    """The answer's error; the books are as they were."""
    with nothing_changes():
        response = post(client, "checkout", body, **headers)
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert response.json().keys() == {"error"}
    error: dict[str, Any] = response.json()["error"]
    assert error["code"] == code
    assert error["message"].strip()
    assert isinstance(error["lines"], list)
    return error


# --- 201 and 200 ------------------------------------------------------------------------------


def test_sale_is_answered_with_number_amounts_and_receipt(
    till: Client, body: dict[str, Any]
) -> None:
    response = post(till, "checkout", body)
    order = Order.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "order": {
            "id": order.pk, "number": "MAIN-R1-000001", "total": "12.50", "paid": "12.50",
            "due": "0.00", "change": "7.50", "payment_status": "paid",
        },
        "receipt_url": reverse("admin:pos_receipt", args=[order.pk]),
    }  # fmt: skip
    assert str(order.key) == body["key"]
    assert "no-store" in response["Cache-Control"]


def test_same_key_and_body_get_the_same_bytes(till: Client, body: dict[str, Any]) -> None:
    first = post(till, "checkout", body)
    again = [post(till, "checkout", body), post(till, "checkout", dict(reversed(body.items())))]
    assert (first.status_code, [each.status_code for each in again]) == (201, [200, 200])
    assert {each.content for each in again} == {first.content}
    assert Order.objects.count() == 1


def test_same_answer_comes_after_closing_signing_in_again_and_new_prices(
    till: Client, ana: User, session: CashSession, signed_in: Callable[[User], Client],
    scarf: Product, body: dict[str, Any],
) -> None:  # fmt: skip
    first = post(till, "checkout", body)
    close_session(user=ana, session=session, counted_cash=Decimal("112.50"))
    Product.objects.update(price=Decimal(99), is_active=False)
    again = post(signed_in(ana), "checkout", body)
    assert (again.status_code, again.content) == (200, first.content)


def test_sale_on_account_is_answered_with_what_is_due(
    till: Client, rosa: Customer, on_account: PaymentMethod, till_one: Register, scarf: Product
) -> None:
    asked = request_body(
        till_one,
        line(scarf),
        total="11.87",
        pay=["on_account 6.87", "cash 10.00"],
        customer=rosa.pk,
    )
    first = post(till, "checkout", asked)
    order = first.json()["order"]
    del order["id"], order["number"]
    assert order == {
        "total": "11.87", "paid": "5.00", "due": "6.87", "change": "5.00", "payment_status": "partial",
    }  # fmt: skip
    assert post(till, "checkout", asked).content == first.content


def test_delivery_is_charged_and_taxed(
    till: Client, main: Store, vat10: Any, till_one: Register, scarf: Product
) -> None:
    Store.objects.filter(pk=main.pk).update(delivery_tax_rate=vat10)
    delivery = {
        "address": "1 High Street\nTown",
        "on": "2099-01-31",
        "fee": "4.90",
        "note": "ring twice",
    }
    asked = request_body(
        till_one, line(scarf), total="16.15", pay="card 16.15",
        delivery=delivery, order_discount={"percent": "10"},
    )  # fmt: skip
    assert post(till, "checkout", asked).status_code == 201
    order = Order.objects.get()
    assert (order.delivery_status, order.delivery_address, str(order.deliver_on)) == (
        "pending", "1 High Street\nTown", "2099-01-31",
    )  # fmt: skip
    assert order.delivery_note == "ring twice"
    lines = order.lines.order_by("position").values_list(
        "kind", "product__code", "order_discount_amount", "gross_amount", "tax_amount"
    )
    assert list(lines) == [
        ("product", "SCARF", Decimal("1.25"), Decimal("11.25"), Decimal("1.88")),
        ("delivery", None, 0, Decimal("4.90"), Decimal("0.45")),
    ]


def test_what_the_browser_thinks_it_costs_is_never_used(till: Client, body: dict[str, Any]) -> None:
    wishes = {
        "price": "0.01",
        "total": "0.01",
        "tax": "0.00",
        "change": "99.00",
    }
    body["lines"][0] |= wishes
    response = post(
        till, "checkout", body | wishes | {"seller": 1, "sold_on": "2020-01-01", "paid": "99"}
    )
    assert response.status_code == 201
    order = response.json()["order"]
    assert (order["total"], order["paid"], order["change"]) == ("12.50", "12.50", "7.50")
    stored = Order.objects.get()
    assert (stored.seller.username, stored.sold_on.year > 2020) == ("ana", True)


# --- 422, 409 ---------------------------------------------------------------------------------


def test_same_key_with_another_body_is_422(till: Client, body: dict[str, Any]) -> None:
    post(till, "checkout", body)
    refused(till, body | {"expected_total": "12.500"}, 422, "key_reused")
    refused(till, body | {"payments": []}, 422, "key_reused")


def test_key_of_another_person_is_422_and_tells_nothing(
    till: Client, max_: User, signed_in: Callable[[User], Client], body: dict[str, Any]
) -> None:
    post(till, "checkout", body)
    error = refused(signed_in(max_), body, 422, "key_reused")
    assert error.keys() == {"code", "message", "lines"}


def test_new_total_is_409_with_the_total(
    till: Client, scarf: Product, body: dict[str, Any]
) -> None:
    Product.objects.filter(pk=scarf.pk).update(price=Decimal("13.00"))
    error = refused(till, body, 409, "total_changed")
    assert error["total"] == "13.00"
    body |= {"expected_total": "13.00", "key": str(uuid4())}
    assert post(till, "checkout", body).status_code == 201


def test_short_stock_is_409_with_its_lines(
    till: Client, till_one: Register, shirt: Product, scarf: Product
) -> None:
    asked = request_body(till_one, line(shirt), line(scarf, "4"), total="69.90", pay="cash 69.90")
    assert refused(till, asked, 409, "stock_short")["lines"] == [1]


def test_product_off_sale_or_unknown_is_409_with_its_lines(
    till: Client, shirt: Product, body: dict[str, Any]
) -> None:
    body["lines"] += [
        line(shirt),
        {"product": 987654, "quantity": "1"},
        {"product": 2**63 - 1, "quantity": "1"},
    ]
    Product.objects.filter(pk=shirt.pk).update(is_active=False)
    assert refused(till, body, 409, "product_unavailable")["lines"] == [1, 2, 3]


@pytest.mark.parametrize(("tenders", "code"), [([], "payment_short"), (["cash 12.49"], "payment_short"),
                                               (["card 12.51"], "overpaid")])  # fmt: skip
def test_wrong_payment_is_409(
    till: Client, till_one: Register, scarf: Product, tenders: list[str], code: str
) -> None:
    refused(till, request_body(till_one, line(scarf), total="12.50", pay=tenders), 409, code)


def test_closed_session_is_409(
    till: Client, ana: User, session: CashSession, body: dict[str, Any]
) -> None:
    close_session(user=ana, session=session, counted_cash=Decimal(100))
    refused(till, body, 409, "session_closed")


def test_customer_who_left_is_409(till: Client, rosa: Customer, body: dict[str, Any]) -> None:
    refused(till, body | {"customer": 987654}, 409, "customer_unavailable")
    Customer.objects.filter(pk=rosa.pk).update(status="inactive")
    refused(till, body | {"customer": rosa.pk}, 409, "customer_unavailable")


def test_parked_order_of_another_is_409_and_of_nobody_404(
    till: Client, max_: User, till_one: Register, scarf: Product, body: dict[str, Any]
) -> None:
    refused(till, body | {"parked": 987654}, 404, "no_order")
    order = park_order(user=max_, register=till_one, cart=cart(item(scarf)))
    refused(till, body | {"parked": order.pk}, 409, "held")
    resume_order(user=max_, order_id=order.pk, register=till_one)
    assert "Max" in refused(till, body | {"parked": order.pk}, 409, "held")["message"]


# --- 401, 403, 404, 405 -----------------------------------------------------------------------


def test_nobody_sells_without_signing_in(client: Client, body: dict[str, Any]) -> None:
    refused(client, body, 401, "signed_out")


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_person_put_out_meanwhile_is_401(
    till: Client, ana: User, body: dict[str, Any], change: dict[str, bool]
) -> None:
    User.objects.filter(pk=ana.pk).update(**change)
    refused(till, body, 401, "signed_out")


def test_new_password_signs_out_everywhere(till: Client, ana: User, body: dict[str, Any]) -> None:
    ana.set_password("another correct horse")
    ana.save()
    refused(till, body, 401, "signed_out")


@pytest.mark.parametrize(
    ("who", "code"), [("sam", "no_right"), ("ada", "no_right"), ("eve", "wrong_store")]
)
def test_people_without_the_right_are_403(
    request: Any, signed_in: Callable[[User], Client], body: dict[str, Any], who: str, code: str
) -> None:  # fmt: skip
    refused(signed_in(request.getfixturevalue(who)), body, 403, code)


def test_right_taken_away_counts_at_once(till: Client, ana: User, body: dict[str, Any]) -> None:
    ana.groups.clear()
    refused(till, body, 403, "no_right")


def test_session_of_another_is_403(
    signed_in: Callable[[User], Client], main: Store, body: dict[str, Any]
) -> None:
    from pos import roles

    from . import factories

    refused(signed_in(factories.make_user("bob", roles.SELLER, [main])), body, 403, "other_session")


def test_unknown_register_is_404(till: Client, body: dict[str, Any]) -> None:
    refused(till, body | {"register": 987654}, 404, "no_register")


def test_missing_or_foreign_csrf_token_is_403_in_json(ana: User, body: dict[str, Any]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana, "django.contrib.auth.backends.ModelBackend")
    refused(strict, body, 403, "csrf")
    refused(strict, body, 403, "csrf", headers={"X-CSRFToken": "x" * 32})
    strict.get(reverse("admin:pos_register"))
    token = strict.cookies["csrftoken"].value
    refused(strict, body, 403, "csrf", headers={"X-CSRFToken": token[::-1]})
    origin = {"X-CSRFToken": token, "Origin": "https://evil.example"}
    refused(strict, body, 403, "csrf", headers=origin)
    with nothing_changes():
        plain = strict.post(
            reverse("admin:pos_register_checkout"), json.dumps(body), content_type="text/plain"
        )
    assert plain.status_code == 403
    response = post(strict, "checkout", body, headers={"X-CSRFToken": token})
    assert response.status_code == 201


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_other_methods_are_405_in_json(till: Client, method: str) -> None:
    with nothing_changes():
        response = getattr(till, method)(reverse("admin:pos_register_checkout"))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    if method != "head":
        assert response.json()["error"]["code"] == "method_not_allowed"


def test_busy_database_is_503_with_a_hint(
    till: Client, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**asked: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("pos.views.register_sales.complete_order", busy)
    refused(till, body, 503, "busy")
    assert post(till, "checkout", body)["Retry-After"] == "1"


def test_refusal_is_answered_although_it_cannot_be_written_down(
    till: Client, ana: User, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**asked: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("pos.views.shop.record_refusal", busy)
    ana.groups.clear()
    refused(till, body, 403, "no_right")
    assert till.get(reverse("admin:pos_seller_changelist")).status_code == 403
