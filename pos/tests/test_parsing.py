"""What the register sends, field by field: one verdict for every senseless value."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from pos.services.errors import Invalid
from pos.views import parsing

from .tills import amount, percent

FULL_WIDTH = "１２"
ARABIC = "١٢"
KEY = "8a6f0c66-4b53-4c86-9a0e-6d0a1c9d1b11"

NOT_NUMBERS: list[Any] = [
    None, "", "  ", True, False, 1.5, [], {}, ["1"], {"1": 1}, "abc", "NaN", "Infinity", "-Infinity",
    "1e5", "1E400", "0x10", "1_000", "1,50", "1.000,00", FULL_WIDTH, ARABIC, "²", "-0", "-0.00", "+1", "1 000",
    "1\u00a0000", "--1", "." , "1..2", "9" * 31, "1\x002", "\ud800", 10**40, -(10**40), float("nan"), float("inf"),
]  # fmt: skip


def refusal(read: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Invalid) as caught:
        read(*args, **kwargs)
    assert caught.value.status == 400
    assert caught.value.message.strip()
    return caught.value.code


@pytest.mark.parametrize("value", NOT_NUMBERS, ids=ascii)
def test_no_number_is_refused_everywhere_alike(value: Any) -> None:
    assert refusal(parsing.read_amount, value) == "not_a_number"
    assert refusal(parsing.read_quantity, value) == "not_a_number"
    assert refusal(parsing.read_discount, {"percent": value}) == "not_a_number"
    assert refusal(parsing.read_discount, {"amount": value}) == "not_a_number"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("9.999", "too_precise"), ("-0.01", "too_small"), (-1, "too_small"),
        ("1000000000", "too_large"), ("1" + "0" * 15, "too_large"), (10**15, "too_large"),
    ],
)  # fmt: skip
def test_amount_out_of_bounds_is_refused(value: Any, code: str) -> None:
    assert refusal(parsing.read_amount, value) == code


@pytest.mark.parametrize(
    ("value", "read"),
    [("10.5", "10.50"), (" 10.50 ", "10.50"), (10, "10.00"), ("1.500", "1.50"), ("0", "0.00"),
     ("999999999.99", "999999999.99")],
)  # fmt: skip
def test_amount_has_the_currencys_decimals(value: Any, read: str) -> None:
    assert str(parsing.read_amount(value)) == read


@pytest.mark.parametrize(
    ("value", "code"),
    [("0", "too_small"), (0, "too_small"), ("-1", "too_small"), ("-0.001", "too_small"), ("0.0001", "too_small"),
     ("1.2345", "too_precise"), ("1.0000000001", "too_precise"), ("1000000", "too_large")],
)  # fmt: skip
def test_quantity_out_of_bounds_is_refused(value: Any, code: str) -> None:
    assert refusal(parsing.read_quantity, value) == code


def test_quantity_is_exact() -> None:
    assert parsing.read_quantity("0.684") == Decimal("0.684")
    assert parsing.read_quantity(2) == 2


# --- Ids and keys -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -1, 2**63, 10**40, 1.0, "1", "", [], {}, "1 OR 1=1"], ids=ascii
)
def test_id_is_a_whole_number_above_zero(value: Any) -> None:
    assert refusal(parsing.read_id, value, "product") == "bad_id"


def test_id_may_be_left_out_where_it_is_optional() -> None:
    assert parsing.read_optional_id(None, "customer") is None
    assert parsing.read_optional_id(7, "customer") == 7
    assert refusal(parsing.read_optional_id, 0, "customer") == "bad_id"


@pytest.mark.parametrize(
    "value",
    [None, "", 7, True, [], {}, {"$ne": ""}, "k" * 65, KEY[:-1], KEY + "0", "g" * 32, "\ud800" * 32, "１" * 32,
     "1_" * 16, "{" + KEY + "}", "urn:uuid:" + KEY, KEY + "\n", " " + KEY],
    ids=ascii,
)  # fmt: skip
def test_key_is_one_plain_uuid(value: Any) -> None:
    assert refusal(parsing.read_checkout, body(key=value)) == "bad_key"


def test_key_may_be_written_in_capitals() -> None:
    for text in (KEY, KEY.upper(), KEY.replace("-", "")):
        assert parsing.read_checkout(body(key=text)).key == UUID(KEY)


# --- Text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [7, True, [], {}, "a\x00b", "a\x1bb", "a\nb", "a\tb", "a\rb", "\x7f", "a\x85b", "\ud800", "a\u202eb", "a\u2066b", "a\u2029b",
     "a\u2028b", "x" * 201, "x" * 1_000_000],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
def test_harmful_or_long_text_is_refused(value: Any) -> None:
    assert refusal(parsing.read_text, value, "note") == "bad_text"


def test_text_is_trimmed_and_composed() -> None:
    assert parsing.read_text("  Cafe\u0301 ", "note") == "Caf\u00e9"
    assert parsing.read_text(None, "note") == ""
    assert parsing.read_text(" \t ", "note") == ""
    assert parsing.read_text("x" * 200, "note") == "x" * 200
    assert parsing.read_text("😀 <b>\"'", "note") == "😀 <b>\"'"
    assert parsing.read_text("1 Road\nTown", "address", lines=True) == "1 Road\nTown"


# --- Discounts, deliveries, payments ----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "bad_discount"), ({"percent": "5", "amount": "1"}, "bad_discount"), ([], "bad_discount"), ("5", "bad_discount"),
        (5, "bad_discount"), (True, "bad_discount"), (False, "bad_discount"), ({"factor": "5"}, "bad_discount"),
        ({"percent": "101"}, "too_large"), ({"percent": "100.01"}, "too_large"), ({"percent": "-1"}, "too_small"),
        ({"percent": "1.234"}, "too_precise"), ({"amount": "-0.01"}, "too_small"), ({"amount": "0.001"}, "too_precise"),
    ],
    ids=ascii,
)  # fmt: skip
def test_senseless_discount_is_refused(value: Any, code: str) -> None:
    assert refusal(parsing.read_discount, value) == code


def test_discount_is_a_percentage_or_an_amount() -> None:
    assert parsing.read_discount({"percent": "12.5"}) == percent("12.50")
    assert parsing.read_discount({"amount": "1"}) == amount("1.00")
    assert parsing.read_discount(None) is None


def test_discount_of_zero_is_a_discount() -> None:
    assert parsing.read_discount({"percent": "0"}) == percent("0")
    assert parsing.read_discount({"amount": "0.00"}) == amount("0")


def body(**fields: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "key": KEY, "register": 1, "expected_total": "10.00",
        "lines": [{"product": 1, "quantity": "1"}], "payments": [{"method": "cash", "tendered": "10.00"}],
    }  # fmt: skip
    return sound | fields


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([], "bad_delivery"), ("home", "bad_delivery"), (True, "bad_delivery"), ({}, "bad_delivery"),
        ({"address": "  "}, "bad_delivery"), ({"address": 7}, "bad_text"), ({"address": "x" * 501}, "bad_text"),
        ({"address": "x", "fee": "-1"}, "too_small"), ({"address": "x", "fee": "1,5"}, "not_a_number"),
        ({"address": "x", "fee": []}, "not_a_number"), ({"address": "x", "fee": False}, "not_a_number"),
        ({"address": "x", "on": "31.01.2026"}, "bad_date"), ({"address": "x", "on": "2026-02-30"}, "bad_date"),
        ({"address": "x", "on": 20260131}, "bad_date"), ({"address": "x", "on": "20260131"}, "bad_date"),
        ({"address": "x", "on": "2026-W05"}, "bad_date"), ({"address": "x", "on": True}, "bad_date"),
    ],
    ids=ascii,
)  # fmt: skip
def test_senseless_delivery_is_refused(value: Any, code: str) -> None:
    assert refusal(parsing.read_checkout, body(delivery=value)) == code


def test_delivery_is_read() -> None:
    wanted = {"address": " 1 Road\nTown ", "on": "2026-01-31", "fee": "4.9"}
    delivery = parsing.read_checkout(body(delivery=wanted)).cart.delivery
    assert delivery is not None
    assert (delivery.address, delivery.on) == ("1 Road\nTown", date(2026, 1, 31))
    assert str(delivery.fee) == "4.90"
    for nothing in (None, "", "0"):
        plain = parsing.read_checkout(body(delivery={"address": "x", "fee": nothing})).cart.delivery
        assert plain is not None and (plain.fee, plain.on) == (0, None)


@pytest.mark.parametrize(
    "value",
    [None, {}, "cash", 7, True, [None], ["cash"], [[]], [{"method": "cash"}] * 21],
    ids=ascii,
)
def test_payments_are_a_short_list(value: Any) -> None:
    assert refusal(parsing.read_checkout, body(payments=value)) == "bad_payments"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_line_that_is_wrong_is_named(place: int) -> None:
    lines: list[Any] = [{"product": 1, "quantity": "1"} for _ in range(3)]
    for wrong in (
        None,
        [],
        "1",
        {"product": True, "quantity": "1"},
        {"product": 1, "quantity": "x"},
    ):
        lines[place] = wrong
        with pytest.raises(Invalid) as caught:
            parsing.read_checkout(body(lines=lines))
        assert caught.value.lines == [place]


# --- The same request -------------------------------------------------------------------------


def test_hash_is_of_the_content_not_of_its_order() -> None:
    sound = body()
    turned = json.loads(json.dumps(dict(reversed(sound.items()))))
    assert parsing.request_hash(sound) == parsing.request_hash(turned | {"key": "other"})
    for other in (body(expected_total="10"), body(register=2), body(note=""), body(payments=[])):
        assert parsing.request_hash(sound) != parsing.request_hash(other)
