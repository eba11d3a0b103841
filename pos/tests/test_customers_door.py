"""Customers at the register: found by what the cashier hears, added with what the cashier knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pos.models import CashSession, Customer, PaymentMethod, Product, Register, User

from . import factories
from .books import nothing_changes
from .tills import get, item, post, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(ana: User, signed_in: Callable[[User], Client]) -> Client:
    """Ana at the register."""
    return signed_in(ana)


def names(response: Any) -> list[str]:
    assert response.status_code == 200
    return [each["name"] for each in response.json()["results"]]


def test_customer_comes_with_level_and_what_is_due(
    till: Client, ana: User, rosa: Customer, session: CashSession, till_one: Register, scarf: Product,
    cash: PaymentMethod, on_account: PaymentMethod,
) -> None:  # fmt: skip
    for pay in (["on_account 11.87"], ["cash 5.00", "on_account 6.87"]):
        sell(ana, till_one, item(scarf), total="11.87", pay=pay, customer=rosa)
    assert get(till, "customers", q="rosa").json() == {
        "results": [
            {
                "id": rosa.pk, "name": "Rosa Lind", "phone": "+44 20 7946 0123", "email": "rosa@example.org",
                "initials": "RL", "level": "Gold", "discount_percent": "5", "due": "18.74",
                "store_credit": "0.00", "credit_limit": None,
            }
        ]
    }  # fmt: skip


def test_customers_are_found_by_name_email_and_telephone(till: Client, rosa: Customer) -> None:
    factories.make_customer("Åsa Öberg", phone="070 123 45 67", email="asa@example.org")
    asked = {
        "rosa": ["Rosa Lind"], "LIND rosa": ["Rosa Lind"], "åsa": ["Åsa Öberg"], "asa oberg": ["Åsa Öberg"],
        "02079460123": ["Rosa Lind"], "7946 0123": ["Rosa Lind"], "0701234567": ["Åsa Öberg"],
        "@example.org": ["Rosa Lind", "Åsa Öberg"], "am": [], "li ro": ["Rosa Lind"], "rosa@ex": ["Rosa Lind"], "": ["Rosa Lind", "Åsa Öberg"], "%": [], "_": [], "nobody": [],
        "\\": [], "' OR 1=1 --": [],
    }  # fmt: skip
    assert {text: sorted(names(get(till, "customers", q=text))) for text in asked} == asked
    assert names(get(till, "customers", id=rosa.pk)) == ["Rosa Lind"]


def test_inactive_customers_are_not_offered(till: Client, rosa: Customer) -> None:
    Customer.objects.filter(pk=rosa.pk).update(status="inactive")
    assert names(get(till, "customers", q="rosa")) == []
    assert names(get(till, "customers", id=rosa.pk)) == []


def test_search_gives_twenty_at_most(till: Client) -> None:
    for number in range(25):
        factories.make_customer(f"Kim {number:02}")
    assert names(get(till, "customers", q="kim")) == [f"Kim {number:02}" for number in range(20)]


@pytest.mark.parametrize("text", ["a\x00b", "\u202egpj", "x" * 101])
def test_senseless_search_is_400(till: Client, text: str) -> None:
    response = get(till, "customers", q=text)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_text")


@pytest.mark.parametrize("asked", ["9" * 30, "-1", "1.5", "x", "١", "0"])
def test_senseless_id_finds_nobody_and_never_breaks(till: Client, asked: str) -> None:
    assert names(get(till, "customers", id=asked)) == []


# --- Adding -----------------------------------------------------------------------------------


def test_customer_is_added_with_a_name_only_or_with_everything(till: Client, ana: User) -> None:
    for body in (
        {"name": " Jo Po "},
        {"name": "Zoë", "phone": "+1 555 0100", "email": "zoe@example.org"},
    ):
        response = post(till, "customers", body)
        customer = Customer.objects.latest("id")
        assert response.status_code == 201
        assert response.json() == {
            "id": customer.pk, "name": body["name"].strip(), "phone": body.get("phone", ""),
            "email": body.get("email", ""), "initials": "JP" if "Jo" in body["name"] else "Z",
            "level": None, "discount_percent": "0", "due": "0.00",
            "store_credit": "0.00", "credit_limit": None,
        }  # fmt: skip
        made = customer.history.get()
        assert (made.history_user, made.history_type) == (ana, "+")


def test_level_and_status_are_not_the_tills_to_give(till: Client, rosa: Customer) -> None:
    wishes = {
        "name": "Jo",
        "level": rosa.level_id,
        "status": "inactive",
        "note": "vip",
        "id": rosa.pk,
    }
    assert post(till, "customers", wishes).status_code == 201
    added = Customer.objects.get(name="Jo")
    assert (added.level, added.status, added.note, added.pk != rosa.pk) == (
        None,
        "active",
        "",
        True,
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "bad_customer"), ({"name": "   "}, "bad_customer"), ({"name": None}, "bad_customer"),
        ({"email": "rosa"}, "bad_customer"), ({"email": "a@b"}, "bad_customer"), ({"email": "a@b.org\nBcc: c@d.org"}, "bad_text"),
        ({"name": 7}, "bad_text"), ({"name": "x" * 121}, "bad_text"), ({"name": "a\x00b"}, "bad_text"),
        ({"name": "\ud800"}, "bad_text"), ({"name": "Jo\nPo"}, "bad_text"), ({"name": "\u202egpj"}, "bad_text"),
        ({"phone": "5" * 41}, "bad_text"), ({"phone": True}, "bad_text"), ({"email": "x" * 255}, "bad_text"),
        ({"email": {"a": 1}}, "bad_text"),
    ],
    ids=ascii,
)  # fmt: skip
def test_senseless_customer_is_400(till: Client, fields: dict[str, Any], code: str) -> None:
    with nothing_changes():
        response = post(till, "customers", {"name": "Jo"} | fields)
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    if code == "bad_customer":
        assert response.json()["error"]["field"] in fields


@pytest.mark.parametrize(
    ("who", "status"), [("sam", 403), ("ada", 403), ("max_", 201), ("root", 201)]
)
def test_adding_needs_its_right(
    request: Any, signed_in: Callable[[User], Client], who: str, status: int
) -> None:  # fmt: skip
    client = signed_in(request.getfixturevalue(who))
    assert post(client, "customers", {"name": "Jo"}).status_code == status
    assert Customer.objects.count() == (status == 201)


def test_markup_in_a_name_stays_text(till: Client) -> None:
    name = "<img src=x onerror=alert(1)> {{7*7}}"
    assert post(till, "customers", {"name": name}).json()["name"] == name
    response = get(till, "customers", q="onerror")
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert names(response) == [name]
