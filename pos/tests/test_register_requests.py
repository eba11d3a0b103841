"""What the register asks before it sells: who may ask, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pos.models import (
    CashSession,
    Category,
    Customer,
    PaymentMethod,
    Product,
    Register,
    Store,
    User,
)
from pos.services.cash import close_session, open_session
from pos.services.parking import park_order

from . import factories
from .books import nothing_changes
from .tills import cart, get, item, line, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign(
    signed_in: Callable[[User], Client], request: pytest.FixtureRequest
) -> Callable[[str], Client]:
    """sign("ana") is a client with Ana at the keyboard; sign("") one with nobody."""
    return lambda who: signed_in(request.getfixturevalue(who)) if who else Client()


@pytest.fixture
def till(sign: Callable[[str], Client]) -> Client:
    return sign("ana")


def code_of(response: Any) -> tuple[int, str]:
    """Status and error code; the shape of the refusal is checked on the way."""
    assert response["Content-Type"] == "application/json"
    error = response.json()["error"]
    assert response.json().keys() == {"error"}
    assert error["message"].strip() and isinstance(error["lines"], list)
    return response.status_code, error["code"]


def queries(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ask().status_code in (200, 201)
    return len(asked)


# --- Who may ask what -------------------------------------------------------------------------

PEOPLE = ("", "sam", "ada", "eve", "ana", "max_", "root")
SIGNED_OUT, NO_RIGHT, NOT_HERE = (401, "signed_out"), (403, "no_right"), (404, "no_register")
WHO: dict[str, tuple[Any, ...]] = {
    # name: nobody, stock keeper, auditor, seller of another store, seller, manager, administrator
    "bootstrap": (SIGNED_OUT, 200, 200, 200, 200, 200, 200),
    "products": (SIGNED_OUT, NO_RIGHT, NO_RIGHT, NOT_HERE, 200, 200, 200),
    "scan": (SIGNED_OUT, NO_RIGHT, NO_RIGHT, NOT_HERE, 200, 200, 200),
    "parked": (SIGNED_OUT, NO_RIGHT, NO_RIGHT, NOT_HERE, 200, 200, 200),
    "customers": (SIGNED_OUT, NO_RIGHT, 200, 200, 200, 200, 200),
    "POST price": (SIGNED_OUT, NO_RIGHT, NO_RIGHT, NOT_HERE, 200, 200, 200),
    "POST parked": (SIGNED_OUT, NO_RIGHT, NOT_HERE, NOT_HERE, 201, 201, 201),
    "POST session": (SIGNED_OUT, NO_RIGHT, NOT_HERE, NOT_HERE, 201, 201, 201),
    "POST resume": (SIGNED_OUT, NO_RIGHT, NOT_HERE, NOT_HERE, 200, 200, 200),
    "POST discard": (SIGNED_OUT, NO_RIGHT, (404, "no_order"), (404, "no_order"), 200, 200, 200),
}  # fmt: skip


@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("person", range(len(PEOPLE)), ids=lambda place: PEOPLE[place] or "nobody")
def test_everybody_is_told_only_what_they_may_know(
    sign: Callable[[str], Client],
    ana: User,
    till_one: Register,
    scarf: Product,
    name: str,
    person: int,
) -> None:
    order = park_order(user=ana, register=till_one, cart=cart(item(scarf)))
    client, expected = sign(PEOPLE[person]), WHO[name][person]
    here = {"register": till_one.pk}
    bodies: dict[str, dict[str, Any]] = {
        "price": here | {"lines": [line(scarf)]},
        "parked": here | {"lines": [line(scarf)], "label": "x"},
        "session": here | {"opening_float": "10.00"},
        "resume": here | {"take_over": True},
        "discard": {"reason": "gone"},
    }
    verb, _, asked = name.rpartition(" ")
    arguments = (order.pk,) if asked in ("resume", "discard") else ()

    def ask() -> Any:
        if verb:
            return post(client, asked, bodies[asked], *arguments)
        return get(client, asked, code="SCARF", **here)

    if isinstance(expected, int):
        assert ask().status_code == expected
    else:
        with nothing_changes():
            assert code_of(ask()) == expected


@pytest.mark.parametrize("name", [name for name in WHO if not name.startswith("POST")])
def test_looking_changes_nothing_and_other_methods_are_refused(
    till: Client, till_one: Register, session: CashSession, scarf: Product, name: str
) -> None:
    with nothing_changes():
        assert get(till, name, code="SCARF").status_code == 200
        url = reverse(f"admin:pos_register_{name}")
        assert code_of(till.delete(url)) == (405, "method_not_allowed")
        assert code_of(till.put(url)) == (405, "method_not_allowed")


# --- Bootstrap --------------------------------------------------------------------------------


def test_bootstrap_tells_a_seller_where_and_with_what_to_sell(
    till: Client, ana: User, session: CashSession, till_one: Register, till_two: Register,
    other_till: Register, cash: PaymentMethod, transfer: PaymentMethod, on_account: PaymentMethod,
    card: PaymentMethod, main: Store,
) -> None:  # fmt: skip
    PaymentMethod.objects.filter(code="cash").update(cash_rounding=Decimal("0.05"))
    PaymentMethod.objects.filter(code="card").update(is_active=False)
    Category.objects.create(name="Wine", code="WINE", colour="#112233", position=1)
    top = Category.objects.create(name="Bread", code="BREAD", position=2)
    Category.objects.create(name="Rolls", code="ROLLS", parent=top)
    told = get(till, "bootstrap").json()
    assert (told["currency"], told["decimals"], told["locale"]) == ("EUR", 2, "en")
    assert told["notes"] == ["5.00", "10.00", "20.00", "50.00", "100.00", "200.00"]
    assert [each["name"] for each in told["categories"]] == ["Wine", "Bread"]
    assert told["user"] == {
        "id": ana.pk, "name": "Ana", "initials": "A",
        "rights": {
            "discount": True, "on_account": True, "take_over": True, "void": False,
            "add_customer": True, "open_session": True, "close_session": True,
            "change_price": False, "open_drawer": False, "send_receipt": True, "move_cash": False,
            "refund_loose": False, "receive_payment": True, "load_balance": True,
        },
        "open_register": {
            "id": till_one.pk, "name": "Register 1", "store": "Main Street",
            "close_url": reverse("admin:pos_close_session", args=[session.pk]),
        },
    }  # fmt: skip
    first, second = told["registers"]
    assert first == {
        "id": till_one.pk, "name": "Register 1", "code": "R1", "store": "Main Street", "store_id": main.pk,
        "prices_include_tax": True, "session": session.pk, "session_by": "Ana",
        "session_since": session.opened_at.isoformat(), "is_usable": True, "suggested_float": "0.00", "idle_minutes": 5,
        "today": main.business_day().isoformat(),
        "has_printer": False, "display_url": None,
        "close_url": reverse("admin:pos_close_session", args=[session.pk]), "report_url": None,
    }  # fmt: skip
    assert (second["id"], second["session"], second["session_by"], second["is_usable"], second["close_url"]) == (
        till_two.pk, None, None, True, None,
    )  # fmt: skip
    assert [
        (each["code"], each["needs_reference"], each["allows_change"], each["needs_customer"], each["cash_rounding"])
        for each in told["payment_methods"]
    ] == [
        ("cash", False, True, False, "0.05"), ("transfer", True, False, False, "0.00"),
        ("on_account", False, False, True, "0.00"),
    ]  # fmt: skip


def test_bootstrap_knows_whose_session_may_be_used_and_closed(
    sign: Callable[[str], Client], session: CashSession, main: Store
) -> None:
    factories.make_user("bob", "Seller", [main])
    client = Client()
    client.force_login(
        User.objects.get(username="bob"), "django.contrib.auth.backends.ModelBackend"
    )
    seen = {}
    for who, asking in (
        ("bob", client),
        ("max", sign("max_")),
        ("root", sign("root")),
        ("ana", sign("ana")),
    ):
        (told,) = get(asking, "bootstrap").json()["registers"]
        seen[who] = (told["is_usable"], bool(told["close_url"]))
    assert seen == {
        "bob": (False, False),
        "max": (True, True),
        "root": (True, True),
        "ana": (True, True),
    }


@pytest.mark.parametrize("who", ["sam", "ada", "eve"])
def test_bootstrap_shows_no_register_of_others(
    sign: Callable[[str], Client], session: CashSession, other_till: Register, who: str
) -> None:
    told = get(sign(who), "bootstrap").json()
    assert [each["id"] for each in told["registers"]] == ([other_till.pk] if who == "eve" else [])


def test_bootstrap_leaves_out_what_is_switched_off_and_suggests_the_last_count(
    no_limits: None, till: Client, ana: User, session: CashSession, till_one: Register, till_two: Register
) -> None:  # fmt: skip
    close_session(user=ana, session=session, counted_cash=Decimal("87.65"))
    Register.objects.filter(pk=till_two.pk).update(is_active=False)
    (told,) = get(till, "bootstrap").json()["registers"]
    assert (told["id"], told["session"], told["suggested_float"]) == (till_one.pk, None, "87.65")
    Store.objects.update(is_active=False)
    assert get(till, "bootstrap").json()["registers"] == []


# --- Session ----------------------------------------------------------------------------------


def test_session_is_opened_once(till: Client, till_one: Register) -> None:
    asked = {"register": till_one.pk, "opening_float": "100.00"}
    response = post(till, "session", asked)
    opened = CashSession.objects.get()
    assert (response.status_code, response.json()) == (
        201, {"id": opened.pk, "since": opened.opened_at.isoformat()},
    )  # fmt: skip
    with nothing_changes():
        again = post(till, "session", asked)
    assert code_of(again) == (409, "already_open")
    assert again.json()["error"]["session"] == opened.pk


@pytest.mark.parametrize(
    ("opening_float", "code"),
    [("-0.01", "too_small"), ("9.999", "too_precise"), (100.5, "not_a_number"), (True, "not_a_number"),
     (None, "not_a_number"), ("", "not_a_number"), ("1000000000", "too_large"), ("1e3", "not_a_number")],
)  # fmt: skip
def test_senseless_float_is_400(
    till: Client, till_one: Register, opening_float: Any, code: str
) -> None:
    with nothing_changes():
        response = post(till, "session", {"register": till_one.pk, "opening_float": opening_float})
    assert code_of(response) == (400, code)


def test_register_elsewhere_unknown_or_switched_off_is_404(
    till: Client, other_till: Register, till_one: Register, till_two: Register
) -> None:
    Register.objects.filter(pk=till_two.pk).update(is_active=False)
    for register in (other_till.pk, till_two.pk, 987654):
        with nothing_changes():
            response = post(till, "session", {"register": register, "opening_float": "1.00"})
        assert code_of(response) == (404, "no_register")


# --- Costs ------------------------------------------------------------------------------------


def test_number_of_queries_does_not_grow_with_the_shop(
    till: Client, ana: User, root: User, main: Store, till_one: Register, session: CashSession,
    rosa: Customer, cash: PaymentMethod, vat20: Any,
) -> None:  # fmt: skip
    PaymentMethod.objects.update(cash_rounding=Decimal("0.05"))
    top = Category.objects.create(name="Top", code="TOP")

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            sort = Category.objects.create(name=f"C{number}", code=f"C{number}")
            one = factories.make_product(
                f"Thing {number}", "1.00", tax_rate=vat20, style=f"S{number // 2}", size=str(number),
                barcodes=[f"77{number}"], stock={main: "99"}, by=root,
            )  # fmt: skip
            one.categories.add(sort, top)
            factories.make_customer(f"Person {number}", level=f"L{number}", discount="1")
            register = factories.make_register(main, f"Till {number}", f"T{number}")
            if number % 2:
                somebody = factories.make_user(f"somebody{number}", "Manager", [main])
                open_session(user=somebody, register=register, opening_float=Decimal(1))
            park_order(user=ana, register=till_one, cart=cart(item(one), customer=rosa))

    def ask() -> dict[str, int]:
        User.objects.update(last_seen_at=timezone.now())  # noted once a minute, whatever is asked
        lines = [line(each) for each in Product.objects.all()]
        body = {"register": till_one.pk, "customer": rosa.pk, "lines": lines}
        asks: dict[str, Callable[[], Any]] = {
            "bootstrap": lambda: get(till, "bootstrap"),
            "products": lambda: get(till, "products"),
            "grouped": lambda: get(till, "products", group="1", category=str(top.pk), q="thing"),
            "customers": lambda: get(till, "customers", q="person"),
            "parked": lambda: get(till, "parked", register=till_one.pk),
            "price": lambda: post(till, "price", body),
        }
        return {name: queries(each) for name, each in asks.items()}

    grow(0, 5)
    few = ask()
    grow(5, 50)
    assert ask() == few
