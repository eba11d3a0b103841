"""Bodies nobody should send: each is refused in words, nothing changes, and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pos.models import CashSession, Customer, PaymentMethod, Product, Register, User

from .books import nothing_changes
from .tills import line, post, request_body

pytestmark = pytest.mark.django_db
URLS = ("checkout", "price", "session", "parked", "customers")


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Ana's register is open and takes cash and cards; every test ends with the shop's own audit."""


@pytest.fixture
def till(ana: User, signed_in: Callable[[User], Client]) -> Client:
    """Ana at the register. An error the door does not catch is answered with 500, not raised."""
    client = signed_in(ana)
    client.raise_request_exception = False
    return client


@pytest.fixture
def body(till_one: Register, scarf: Product) -> dict[str, Any]:
    """One scarf, paid with a note of 20."""
    return request_body(till_one, line(scarf), total="12.50", pay="cash 20.00")


def refused(
    client: Client, body: Any, status: int, code: str, name: str = "checkout"
) -> dict[str, Any]:
    with nothing_changes():
        response = post(client, name, body)
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert response.json().keys() == {"error"}
    error: dict[str, Any] = response.json()["error"]
    assert (error["code"], bool(error["message"].strip())) == (code, True)
    return error


# --- No JSON, or no object --------------------------------------------------------------------

UNREADABLE = {
    "nothing": "", "word": "sell", "form": "key=1&register=1", "cut off": '{"key": ', "list": "[]", "number": "1",
    "null": "null", "text": '"sell"', "true": "true", "NaN": "NaN", "two": "{}{}", "tail": "{} x",
    "quotes": "{'key': 1}", "comment": "{} // sell", "not UTF-8": b'{"note": "\xff\xfe"}', "NUL": "{}\x00",
    "raw control": '{"note": "a\x01b"}', "names twice": '{"key": 1, "key": 2}', "inner names twice": '{"a": {"b": 1, "b": 1}}',
    "NaN inside": '{"expected_total": NaN}', "Infinity": '{"a": Infinity}', "-Infinity": '{"a": [-Infinity]}',
    "huge number": '{"a": ' + "9" * 5000 + "}", "deep list": '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep object": '{"a":' * 100_000 + "1" + "}" * 100_000, "deep and open": "[" * 100_000,
    "10 MB": '{"note": "' + "x" * 10_000_000 + '"}', "number as key": "{1: 2}", "object as key": '{{"a": 1}: 2}',
}  # fmt: skip


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("name", URLS)
def test_unreadable_body_is_400(
    till: Client, rosa: Customer, name: str, content: str | bytes
) -> None:
    refused(till, content, 400, "malformed", name)


def test_any_depth_is_an_answer_and_never_a_500(till: Client, body: dict[str, Any]) -> None:
    """Somewhere between readable and too deep lies the depth that only one step can take."""
    sound = json.dumps(body | {"expected_total": "0.01"})[:-1]
    seen = set()
    for depth in (*range(50, 1100, 7), *range(9_900, 10_050, 7), 20_000):
        response = post(till, "checkout", sound + ', "extra": ' + "[" * depth + "]" * depth + "}")
        seen.add((response.status_code, response.json()["error"]["code"]))
    assert seen == {(409, "total_changed"), (400, "malformed")}


def test_empty_object_is_400_everywhere(till: Client) -> None:
    codes = {
        "checkout": "bad_key",
        "price": "bad_id",
        "session": "bad_id",
        "parked": "bad_id",
        "customers": "bad_customer",
    }
    for name, code in codes.items():
        refused(till, {}, 400, code, name)


# --- A field that makes no sense --------------------------------------------------------------

FULL_WIDTH = "１２.５０"
FIELDS: list[tuple[str, Any, str]] = [
    ("key", None, "bad_key"), ("key", "", "bad_key"), ("key", 7, "bad_key"), ("key", "k" * 65, "bad_key"),
    ("key", {"a": 1}, "bad_key"), ("key", ["8a6f0c66-4b53-4c86-9a0e-6d0a1c9d1b11"], "bad_key"),
    ("register", None, "bad_id"), ("register", "1", "bad_id"), ("register", True, "bad_id"), ("register", 1.0, "bad_id"),
    ("register", 0, "bad_id"), ("register", -1, "bad_id"), ("register", 2**63, "bad_id"), ("register", 10**400, "bad_id"),
    ("customer", "1", "bad_id"), ("customer", 0, "bad_id"), ("customer", False, "bad_id"), ("customer", {}, "bad_id"),
    ("parked", "1", "bad_id"), ("parked", True, "bad_id"),
    ("expected_total", None, "not_a_number"), ("expected_total", 12.5, "not_a_number"), ("expected_total", True, "not_a_number"),
    ("expected_total", "12,50", "not_a_number"), ("expected_total", FULL_WIDTH, "not_a_number"), ("expected_total", "-0", "not_a_number"),
    ("expected_total", "1e1", "not_a_number"), ("expected_total", "NaN", "not_a_number"), ("expected_total", "12.505", "too_precise"),
    ("expected_total", "-12.50", "too_small"), ("expected_total", 10**400, "not_a_number"), ("expected_total", {"a": 1}, "not_a_number"),
    ("order_discount", {"percent": "101"}, "too_large"), ("order_discount", {"percent": "-5"}, "too_small"),
    ("order_discount", {"percent": "5", "amount": "1.00"}, "bad_discount"), ("order_discount", {"amount": "12.51"}, "discount_too_large"),
    ("order_discount", {"percent": 5.5}, "not_a_number"), ("order_discount", "5", "bad_discount"), ("order_discount", {}, "bad_discount"),
    ("lines", None, "empty_cart"), ("lines", [], "empty_cart"), ("lines", {}, "empty_cart"), ("lines", "1", "empty_cart"),
    ("payments", None, "bad_payments"), ("payments", {}, "bad_payments"), ("payments", [None], "bad_payments"),
    ("note", 7, "bad_text"), ("note", "a\x00b", "bad_text"), ("note", "\ud800", "bad_text"), ("note", "\u202egpj", "bad_text"),
    ("note", "x" * 201, "bad_text"), ("note", "x" * 900_000, "bad_text"), ("note", ["x"], "bad_text"),
    ("delivery", [], "bad_delivery"), ("delivery", {"address": ""}, "bad_delivery"), ("delivery", {"address": "a\x00"}, "bad_text"),
    ("delivery", {"address": "x", "fee": "-1.00"}, "too_small"), ("delivery", {"address": "x", "on": "tomorrow"}, "bad_date"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "code"), FIELDS, ids=lambda value: ascii(value)[:25])
def test_senseless_field_is_400(
    till: Client, body: dict[str, Any], name: str, value: Any, code: str
) -> None:
    refused(till, body | {name: value}, 400, code)


@pytest.mark.parametrize("name", ["key", "register", "expected_total", "lines", "payments"])
def test_missing_field_is_400(till: Client, body: dict[str, Any], name: str) -> None:
    del body[name]
    with nothing_changes():
        assert post(till, "checkout", body).status_code == 400


LINES: list[tuple[dict[str, Any], str]] = [
    ({"quantity": True}, "not_a_number"), ({"quantity": 1.5}, "not_a_number"), ({"quantity": None}, "not_a_number"),
    ({"quantity": "1,5"}, "not_a_number"), ({"quantity": "１"}, "not_a_number"), ({"quantity": "-0"}, "not_a_number"),
    ({"quantity": "1e3"}, "not_a_number"), ({"quantity": {"a": 1}}, "not_a_number"), ({"quantity": 10**400}, "not_a_number"),
    ({"quantity": "0"}, "too_small"), ({"quantity": 0}, "too_small"), ({"quantity": "-1"}, "too_small"),
    ({"quantity": "-0.001"}, "too_small"), ({"quantity": "0.0001"}, "too_small"), ({"quantity": "1.2345"}, "too_precise"),
    ({"quantity": "1.5"}, "too_precise"), ({"quantity": "1000000"}, "too_large"), ({"quantity": "1" + "0" * 29}, "too_large"),
    ({"product": None}, "bad_id"), ({"product": "1"}, "bad_id"), ({"product": True}, "bad_id"), ({"product": 2**63}, "bad_id"),
    ({"discount": {"percent": "101"}}, "too_large"), ({"discount": {"percent": "-1"}}, "too_small"),
    ({"discount": {"amount": "12.51"}}, "discount_too_large"), ({"discount": {"amount": "-1.00"}}, "too_small"),
    ({"discount": {"percent": "5", "amount": "1.00"}}, "bad_discount"), ({"discount": []}, "bad_discount"),
    ({"note": "a\x1b[31m"}, "bad_text"), ({"note": "\ud83d"}, "bad_text"), ({"note": "x" * 201}, "bad_text"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "code"), LINES, ids=lambda value: ascii(value)[:45])
def test_senseless_line_is_400_and_named(
    till: Client, body: dict[str, Any], shirt: Product, fields: dict[str, Any], code: str
) -> None:
    body["lines"] = [line(shirt), body["lines"][0] | fields]
    assert refused(till, body, 400, code)["lines"] == [1]


TENDERS: list[tuple[dict[str, Any], str]] = [
    ({"tendered": "0"}, "too_small"), ({"tendered": "0.00"}, "too_small"), ({"tendered": "-20.00"}, "too_small"),
    ({"tendered": 20.5}, "not_a_number"), ({"tendered": True}, "not_a_number"), ({"tendered": "1" + "0" * 15}, "too_large"),
    ({"tendered": "9.999"}, "too_precise"), ({"tendered": "1E400"}, "not_a_number"), ({"tendered": "0x10"}, "not_a_number"),
    ({"tendered": "1_000"}, "not_a_number"), ({"tendered": "20,00"}, "not_a_number"), ({"tendered": None}, "not_a_number"),
    ({"method": "cheque"}, "unknown_method"), ({"method": None}, "unknown_method"), ({"method": ""}, "unknown_method"),
    ({"method": "CASH"}, "unknown_method"), ({"method": 1}, "bad_text"), ({"method": "c" * 31}, "bad_text"), ({"method": "cash\x00"}, "bad_text"),
    ({"reference": "4111 1111 1111 1111"}, "card_number"), ({"reference": "MC 5500-0000-0000-0004"}, "card_number"),
    ({"reference": "x" * 61}, "bad_text"), ({"reference": "a\x00"}, "bad_text"), ({"reference": 77}, "bad_text"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "code"), TENDERS, ids=lambda value: ascii(value)[:45])
def test_senseless_tender_is_400(
    till: Client, body: dict[str, Any], fields: dict[str, Any], code: str
) -> None:
    body["payments"][0] |= fields
    refused(till, body, 400, code)


def test_literal_too_big_for_a_float_is_400(till: Client, body: dict[str, Any]) -> None:
    for name in ("expected_total", "register", "note"):
        code = {"expected_total": "not_a_number", "register": "bad_id", "note": "bad_text"}[name]
        content = json.dumps(body | {name: "HERE"}).replace('"HERE"', "1e400")
        refused(till, content, 400, code)


@pytest.mark.parametrize("count", [501, 10_000])
def test_too_many_lines_are_400(till: Client, body: dict[str, Any], count: int) -> None:
    refused(
        till, body | {"lines": [{"product": 1, "quantity": "1"}] * count}, 400, "too_many_lines"
    )


def test_500_lines_are_sold(till: Client, till_one: Register, tomatoes: Product) -> None:
    lines = [line(tomatoes, "0.050")] * 500
    asked = request_body(till_one, *lines, total="70.00", pay="card 70.00")
    assert post(till, "checkout", asked).status_code == 201
    assert tomatoes.stock_levels.get().on_hand == 0
    assert tomatoes.stock_movements.filter(kind="sale").count() == 1


def test_hundred_percent_and_exact_amounts_are_no_mistake(
    no_limits: None, till: Client, till_one: Register, scarf: Product
) -> None:
    for discount in ({"percent": "100"}, {"amount": "12.50"}):
        asked = request_body(till_one, line(scarf, discount=discount), total="0.00", pay=[])
        assert post(till, "checkout", asked).status_code == 201
