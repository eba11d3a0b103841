"""Finding, pricing and parking through the register's door: figures as they will be charged."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from pos.models import CashSession, Customer, Order, PaymentMethod, Product, Register, Store, User
from pos.services.parking import park_order, resume_order

from . import factories
from .books import nothing_changes
from .tills import cart, get, item, line, post, request_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(ana: User, session: CashSession, cash: PaymentMethod, card: PaymentMethod,
         signed_in: Callable[[User], Client]) -> Client:  # fmt: skip
    """Ana at her open register."""
    return signed_in(ana)


def price(client: Client, register: Register, *lines: Any, **fields: Any) -> dict[str, Any]:
    with nothing_changes():
        response = post(client, "price", {"register": register.pk, "lines": list(lines)} | fields)
    assert response.status_code == 200, response.content
    told: dict[str, Any] = response.json()
    return told


# --- Finding ----------------------------------------------------------------------------------


def test_scan_finds_the_one_product(till: Client, scarf: Product, shirt: Product) -> None:
    for code in ("0012345678905", "SCARF"):
        assert get(till, "scan", code=code).json() == {
            "id": scarf.pk, "code": "SCARF", "barcode": "0012345678905", "name": "Wool scarf", "size": "",
            "style": "", "price": "12.50", "stock": "3", "stock_state": "ok", "image": None,
            "colour": "#64748b", "sold_by": "unit",
        }  # fmt: skip


@pytest.mark.parametrize("code", ["12345678905", "scar", "", " ", "' OR 1=1", "%", "<b>", "9" * 60])
def test_scan_of_nothing_is_404(till: Client, scarf: Product, code: str) -> None:
    response = get(till, "scan", code=code)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("code", ["a\x00b", "9" * 61, "01\x1d21"])
def test_scan_of_noise_is_400(till: Client, code: str) -> None:
    assert get(till, "scan", code=code).status_code == 400


def test_product_off_sale_is_not_found(till: Client, scarf: Product) -> None:
    Product.objects.update(is_active=False)
    assert get(till, "scan", code="SCARF").status_code == 404
    assert get(till, "products").json() == {"results": [], "next": None}


def test_stock_is_that_of_the_registers_store(
    till: Client, ana: User, root: User, main: Store, other: Store, till_one: Register, tomatoes: Product
) -> None:  # fmt: skip
    mug = factories.make_product("Mug", "8.00", stock={other: "7"}, by=root)
    Product.objects.filter(pk=tomatoes.pk).update(reorder_point=Decimal(25))
    told = {
        each["code"]: each for each in get(till, "products", register=till_one.pk).json()["results"]
    }
    assert (told[mug.code]["stock"], told[mug.code]["stock_state"]) == (None, "out")
    assert (told["TOMATO"]["stock"], told["TOMATO"]["stock_state"]) == ("25", "low")


@pytest.mark.parametrize(
    "query",
    [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "9" * 30}, {"page": "99999"}, {"category": "x"},
     {"category": "9" * 30}, {"category": "-1"}, {"register": "x"}, {"group": "2"}, {"favourites": "x"}, {"q": "%_\\"}],
    ids=ascii,
)  # fmt: skip
def test_senseless_query_finds_what_it_finds(
    till: Client, scarf: Product, query: dict[str, str]
) -> None:
    assert get(till, "products", **query).status_code == 200


def test_sizes_of_a_style_share_one_tile(
    till: Client, shirt: Product, root: User, main: Store
) -> None:
    for size in ("XL", "S", "L"):
        factories.make_product(
            "Linen shirt", "19.90", code=f"SHIRT-{size}", style="SHIRT", size=size
        )
    (tile,) = get(till, "products", group="1", q="linen").json()["results"]
    assert [each["size"] for each in tile["sizes"]] == ["S", "M", "L", "XL"]
    assert [each["id"] for each in tile["sizes"]][1] == tile["id"] == shirt.pk


# --- Pricing ----------------------------------------------------------------------------------


def test_price_is_what_checkout_charges(
    till: Client,
    till_one: Register,
    shirt: Product,
    scarf: Product,
    tomatoes: Product,
    rosa: Customer,
) -> None:
    PaymentMethod.objects.filter(code="cash").update(cash_rounding=Decimal("0.05"))
    lines = [line(shirt), line(scarf, "2", discount={"percent": "10"}), line(tomatoes, "0.684")]
    told = price(till, till_one, *lines, customer=rosa.pk, order_discount={"amount": "1.00"})
    assert told == {
        "total": "42.22", "cash_totals": {"cash": "42.20"}, "subtotal": "46.82", "discount": "4.60",
        "order_discount": "1.00", "tax": "6.90", "prices_include_tax": True,
        "taxes": [
            {"name": "VAT 20 %", "percent": "20", "net": "33.70", "tax": "6.74"},
            {"name": "VAT 10 %", "percent": "10", "net": "1.62", "tax": "0.16"},
        ],
        "lines": [
            {"product": shirt.pk, "unit_price": "19.90", "discount": "1.00", "total": "18.90", "level_percent": "5"},
            {"product": scarf.pk, "unit_price": "12.50", "discount": "2.50", "total": "22.50", "level_percent": None},
            {"product": tomatoes.pk, "unit_price": "2.80", "discount": "0.10", "total": "1.82", "level_percent": "5"},
        ],
        "problems": [],
    }  # fmt: skip
    asked = request_body(
        till_one,
        *lines,
        total="42.20",
        pay="cash 50.00",
        customer=rosa.pk,
        order_discount={"amount": "1.00"},
    )
    order = post(till, "checkout", asked).json()["order"]
    assert (order["total"], order["change"]) == ("42.20", "7.80")


def test_problems_name_lines_and_say_what_blocks(
    till: Client, till_one: Register, shirt: Product, scarf: Product, tomatoes: Product
) -> None:
    Product.objects.filter(pk=shirt.pk).update(is_active=False)
    Product.objects.filter(pk=tomatoes.pk).update(stock_policy="warn")
    told = price(
        till,
        till_one,
        line(shirt),
        line(scarf, "4"),
        line(tomatoes, "26"),
        {"product": 987654, "quantity": "1"},
    )
    assert [(each["line"], each["code"], each["blocks"], each["message"]) for each in told["problems"]] == [
        (0, "unavailable", True, "No longer on sale. Remove it."),
        (3, "unavailable", True, "No longer on sale. Remove it."),
        (1, "stock_short", True, "Only 3 of Wool scarf left."),
        (2, "stock_low", False, "Only 25 of Tomatoes left."),
    ]  # fmt: skip
    assert (told["total"], [each["total"] for each in told["lines"]]) == (
        "122.80", ["0.00", "50.00", "72.80", "0.00"],
    )  # fmt: skip


def test_refused_line_is_named_by_its_place_in_the_whole_cart(
    till: Client, till_one: Register, shirt: Product, scarf: Product
) -> None:
    Product.objects.filter(pk=shirt.pk).update(is_active=False)
    for wrong in (line(scarf, "1.5"), line(scarf, discount={"amount": "99.00"})):
        body = {"register": till_one.pk, "lines": [line(shirt), line(shirt), wrong]}
        response = post(till, "price", body)
        assert (response.status_code, response.json()["error"]["lines"]) == (400, [2])


def test_cart_of_nothing_on_sale_costs_nothing(
    till: Client, till_one: Register, scarf: Product
) -> None:
    Product.objects.update(is_active=False)
    told = price(till, till_one, line(scarf))
    assert (told["total"], told["tax"], told["taxes"]) == ("0.00", "0.00", [])
    assert [each["code"] for each in told["problems"]] == ["unavailable"]


# --- Parking ----------------------------------------------------------------------------------


def test_parked_cart_comes_back_as_it_was_put_aside(
    till: Client, ana: User, till_one: Register, shirt: Product, scarf: Product, rosa: Customer
) -> None:
    delivery = {"address": "1 High Street", "on": "2099-01-31", "fee": "4.90", "note": "2nd floor"}
    lines = [
        line(shirt, discount={"percent": "12.5"}, note="wrap"), line(scarf, "2", discount={"amount": "1.00"}),
        line(scarf, discount={"percent": "0"}), line(scarf),
    ]  # fmt: skip
    body = {
        "register": till_one.pk, "label": "blue coat", "customer": rosa.pk, "note": "at six", "lines": lines,
        "order_discount": {"percent": "10"}, "delivery": delivery,
    }  # fmt: skip
    pk = post(till, "parked", body).json()["id"]
    (listed,) = get(till, "parked", register=till_one.pk).json()["results"]
    order = Order.objects.get(pk=pk)
    assert listed == {
        "id": pk, "label": "blue coat", "items": 4, "total": f"{order.total_amount:.2f}", "seller": "Ana",
        "customer": "Rosa Lind", "parked_at": order.created_at.isoformat(), "held_by": None, "is_mine": True,
    }  # fmt: skip
    told = post(till, "resume", {"register": till_one.pk}, pk).json()
    assert (told["id"], told["label"], told["note"], told["customer"]["id"]) == (
        pk,
        "blue coat",
        "at six",
        rosa.pk,
    )
    assert (told["order_discount"], told["delivery"]) == ({"percent": "10"}, delivery)
    back = [each | {"product": each["product"]["id"]} for each in told["lines"]]
    assert back == [each | {"discount": each["discount"]} for each in lines]
    again = {"register": till_one.pk, "parked": pk, "lines": lines, "customer": rosa.pk,
             "order_discount": told["order_discount"], "delivery": told["delivery"]}  # fmt: skip
    assert post(till, "parked", again).status_code == 201
    assert Order.objects.get(pk=pk).total_amount == order.total_amount


def test_order_discount_by_amount_and_free_delivery_come_back(
    till: Client, till_one: Register, scarf: Product
) -> None:
    body = {"register": till_one.pk, "lines": [line(scarf)], "order_discount": {"amount": "1.50"}}
    for asked, back in [
        (None, None),
        ({"address": "1 Road"}, {"address": "1 Road", "on": None, "fee": "0.00", "note": ""}),
    ]:
        pk = post(till, "parked", body | {"delivery": asked}).json()["id"]
        told = post(till, "resume", {"register": till_one.pk}, pk).json()
        assert (told["order_discount"], told["delivery"]) == ({"amount": "1.50"}, back)


def test_order_held_by_another_is_409_unless_taken_over(
    till: Client, ana: User, max_: User, till_one: Register, scarf: Product
) -> None:
    order = park_order(user=ana, register=till_one, cart=cart(item(scarf)))
    resume_order(user=max_, order_id=order.pk, register=till_one)
    for take_over in (False, None, "true", 1):
        with nothing_changes():
            response = post(
                till, "resume", {"register": till_one.pk, "take_over": take_over}, order.pk
            )
        assert (response.status_code, response.json()["error"]["code"]) == (409, "held")
        assert response.json()["error"]["message"] == "Being served by Max."
    response = post(till, "resume", {"register": till_one.pk, "take_over": True}, order.pk)
    assert response.status_code == 200


@pytest.mark.parametrize("name", ["resume", "discard"])
def test_unknown_parked_order_is_404(till: Client, till_one: Register, name: str) -> None:
    for pk in (987654, 10**30):
        response = post(till, name, {"register": till_one.pk, "reason": "x"}, pk)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "no_order")


def test_seller_without_the_right_sees_only_own_parked_orders(
    till: Client, ana: User, max_: User, till_one: Register, scarf: Product
) -> None:
    own = park_order(user=ana, register=till_one, cart=cart(item(scarf)))
    theirs = park_order(user=max_, register=till_one, cart=cart(item(scarf)))
    assert [each["id"] for each in get(till, "parked").json()["results"]] == [own.pk, theirs.pk]
    group = ana.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="take_over_order"))
    assert [each["id"] for each in get(till, "parked").json()["results"]] == [own.pk]
