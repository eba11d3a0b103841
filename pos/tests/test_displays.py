"""The customer's screen: a secret address, plain figures, and nothing of anybody else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import F
from django.test import Client
from django.urls import reverse
from segno import make_qr as real

from pos.models import (
    AuditEntry,
    CashSession,
    Customer,
    Order,
    PaymentMethod,
    Product,
    Register,
    RegisterDisplay,
    Store,
    User,
)
from pos.services import displays
from pos.services.displays import display_token, renew_display
from pos.services.errors import Forbidden, NotFound

from .books import nothing_changes, refused
from .tills import item, post, sell

pytestmark = pytest.mark.django_db
LINE = {"name": "Linen shirt M", "quantity": "2", "amount": "39.80"}


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod) -> None:
    """Ana's register is open; every test ends with the shop's own audit."""


@pytest.fixture
def till(ana: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(ana)


@pytest.fixture
def address(ana: User, till_one: Register) -> str:
    token = display_token(user=ana, register_id=till_one.pk)
    return reverse("pos_display", args=[token])


def show(client: Client, register: Register, **fields: Any) -> Any:
    wanted = {"register": register.pk, "kind": "cart", "lines": [LINE], "total": "39.80"}
    return post(client, "display", wanted | fields)


def seen(address: str, since: int | None = None) -> Any:
    """What a browser that is not signed in gets."""
    query = {} if since is None else {"since": since}
    return Client().get(f"{address}state/", query)


# --- What is shown -----------------------------------------------------------------------------------


def test_the_screen_follows_the_cart(till: Client, till_one: Register, address: str) -> None:
    assert seen(address).json() == {"version": 0, "state": None}
    answer = show(till, till_one, discount="1.00", tax="0.50", paid="10.00", due="29.80", more=3)
    assert (answer.status_code, answer.json()) == (200, {"shown": True})
    told = seen(address).json()
    assert told == {
        "version": 1,
        "state": {
            "kind": "cart", "lines": [LINE], "more": 3, "total": "39.80", "discount": "1.00",
            "tax": "0.50", "paid": "10.00", "due": "29.80",
        },
    }  # fmt: skip
    assert (seen(address, 1).status_code, seen(address, 1).content) == (204, b"")
    show(till, till_one, lines=[LINE, LINE])
    assert seen(address, 1).json()["version"] == 2


def test_the_same_picture_again_is_no_news(till: Client, till_one: Register, address: str) -> None:
    show(till, till_one)
    RegisterDisplay.objects.update(updated_at=F("updated_at") - timedelta(seconds=50))
    show(till, till_one)
    RegisterDisplay.objects.update(updated_at=F("updated_at") - timedelta(seconds=50))
    assert seen(address, 1).status_code == 204


def test_after_a_minute_without_news_it_says_welcome(
    till: Client, till_one: Register, address: str
) -> None:
    show(till, till_one)
    RegisterDisplay.objects.update(updated_at=F("updated_at") - timedelta(seconds=61))
    assert seen(address, 1).json() == {"version": 0, "state": None}
    assert seen(address, 0).status_code == 204


def test_an_empty_till_says_welcome(till: Client, till_one: Register, address: str) -> None:
    show(till, till_one)
    show(till, till_one, kind="idle", lines=[], total=None)
    assert seen(address, 1).json() == {"version": 0, "state": None}


def test_weights_keep_their_grams(till: Client, till_one: Register, address: str) -> None:
    show(till, till_one, lines=[{"name": "Tomatoes", "quantity": "0.684", "amount": "1.92"}])
    (line,) = seen(address).json()["state"]["lines"]
    assert line == {"name": "Tomatoes", "quantity": "0.684", "amount": "1.92"}


def test_after_the_sale_the_code_leads_to_the_receipt(
    till: Client, ana: User, till_one: Register, shirt: Product, rosa: Customer, address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    drawn: list[str] = []
    monkeypatch.setattr(
        "pos.views.display.make_qr", lambda text, **kw: drawn.append(text) or real(text, **kw)
    )
    order = sell(ana, till_one, item(shirt), total="18.90", pay="cash 20", customer=rosa).order
    show(
        till,
        till_one,
        kind="done",
        lines=[],
        order=order.pk,
        total="18.90",
        paid="18.90",
        change="1.10",
    )
    state = seen(address).json()["state"]
    assert state["code"]["size"] > 20
    assert state["code"]["path"].startswith("M2 2h1v1h-1z")
    assert drawn == [f"http://testserver/r/{order.public_token}/"]
    assert (state["kind"], state["total"], state["change"]) == ("done", "18.90", "1.10")
    assert "Rosa" not in json.dumps(state)


def test_without_links_the_code_is_the_number(
    till: Client, ana: User, till_one: Register, main: Store, shirt: Product, address: str
) -> None:
    Store.objects.filter(pk=main.pk).update(receipt_link_days=0)
    order = sell(ana, till_one, item(shirt), total="19.90", pay="cash 20").order
    show(till, till_one, kind="done", lines=[], order=order.pk, total="19.90")
    assert RegisterDisplay.objects.get().state["code"] == "MAIN-R1-000001"


def test_another_registers_order_has_no_code(
    till: Client, max_: User, till_one: Register, till_two: Register, shirt: Product, address: str
) -> None:
    from pos.services.cash import open_session

    open_session(user=max_, register=till_two, opening_float=Decimal(0))
    order = sell(max_, till_two, item(shirt), total="19.90", pay="cash 20").order
    show(till, till_one, kind="done", lines=[], order=order.pk, total="19.90")
    assert seen(address).json()["state"]["code"] == ""


# --- What is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "advert"}, {"kind": None}, {"kind": []}, {"lines": "x"}, {"lines": [7]}, {"lines": [LINE] * 101},
        {"lines": [LINE | {"name": "x" * 241}]}, {"lines": [LINE | {"name": "a\u202eb"}]},
        {"lines": [LINE | {"name": ["x"]}]}, {"lines": [LINE | {"amount": "NaN"}]}, {"lines": [LINE | {"amount": []}]}, {"lines": [LINE | {"quantity": "-1"}]}, {"total": "1e5"}, {"total": "<b>"}, {"change": {}}, {"order": "x"},
        {"order": 2**63}, {"more": -1}, {"more": True}, {"more": 10_000},
    ],
)  # fmt: skip
def test_senseless_pictures_are_refused(
    till: Client, till_one: Register, address: str, fields: dict[str, Any]
) -> None:
    with nothing_changes():
        answer = show(till, till_one, **fields)
    assert (answer.status_code, RegisterDisplay.objects.count()) == (400, 0)
    assert answer.json()["error"]["message"]


def test_an_oversized_picture_is_refused(till: Client, till_one: Register, address: str) -> None:
    answer = show(till, till_one, note="x" * 70_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_large")
    assert RegisterDisplay.objects.count() == 0


def test_nothing_but_what_a_screen_shows_is_kept(
    till: Client, till_one: Register, address: str
) -> None:
    secret = {"customer": "Rosa", "cost": "8.00", "note": "VIP", "stock": 12}
    show(till, till_one, lines=[LINE | secret], **secret)
    assert RegisterDisplay.objects.get().state == {
        "kind": "cart", "lines": [LINE], "more": 0, "total": "39.80",
    }  # fmt: skip


@pytest.mark.parametrize(("who", "status"), [("eve", 404), ("sam", 403), ("ada", 403)])
def test_only_who_sells_there_puts_a_picture_up(
    request: Any, signed_in: Any, till_one: Register, address: str, who: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert show(client, till_one).status_code == status
    made = post(client, "display_address", {"register": till_one.pk})
    assert made.status_code == status
    assert seen(address).json() == {"version": 0, "state": None}


def test_a_busy_shop_drops_the_picture(
    till: Client, till_one: Register, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(displays, "_put", busy)
    answer = show(till, till_one)
    assert (answer.status_code, answer.json()) == (200, {"shown": False})


# --- The address ---------------------------------------------------------------------------------------


def test_the_address_is_made_once(till: Client, till_one: Register, main: Store) -> None:
    first = post(till, "display_address", {"register": till_one.pk}).json()["url"]
    assert post(till, "display_address", {"register": till_one.pk}).json()["url"] == first
    token = Register.objects.get(pk=till_one.pk).display_token
    assert token is not None
    assert (first, len(token)) == (f"/display/{token}/", 43)


def test_a_screen_shows_its_own_register_only(
    till: Client, ana: User, till_one: Register, till_two: Register, address: str
) -> None:
    show(till, till_one)
    elsewhere = reverse("pos_display", args=[display_token(user=ana, register_id=till_two.pk)])
    assert seen(elsewhere).json() == {"version": 0, "state": None}


def test_renewing_kills_the_old_address(
    root: User, till: Client, till_one: Register, address: str
) -> None:
    show(till, till_one)
    new = reverse("pos_display", args=[renew_display(user=root, register_id=till_one.pk)])
    assert (seen(address).status_code, Client().get(address).status_code) == (404, 404)
    assert seen(new).json() == {"version": 0, "state": None}
    entry = AuditEntry.objects.latest("id")
    assert (entry.kind, entry.actor, entry.changes) == (
        "changed", root, [["address of the second screen", "", "renewed"]],
    )  # fmt: skip


def test_only_who_changes_registers_renews(
    ana: User, max_: User, till_one: Register, address: str
) -> None:
    for user in (ana, max_):
        with refused(Forbidden, "no_right"):
            renew_display(user=user, register_id=till_one.pk)
    assert Client().get(address).status_code == 200


def test_renewing_stays_in_ones_own_stores(
    max_: User, other_till: Register, till_one: Register
) -> None:
    from django.contrib.auth.models import Permission

    max_.user_permissions.add(Permission.objects.get(codename="change_register"))
    max_ = User.objects.get(pk=max_.pk)
    with refused(NotFound, "no_register"):
        renew_display(user=max_, register_id=other_till.pk)
    renew_display(user=max_, register_id=till_one.pk)


def test_it_is_renewed_on_the_registers_page(
    root: User, signed_in: Any, till_one: Register, address: str
) -> None:
    url = reverse("admin:pos_register_renew_display", args=[till_one.pk])
    answer = signed_in(root).post(url, {"_form_submitted": "on"})
    assert answer.headers["HX-Redirect"] == reverse("admin:pos_register_change", args=[till_one.pk])
    assert Client().get(address).status_code == 404


def test_histories_do_not_keep_addresses(root: User, till_one: Register, address: str) -> None:
    till_one.refresh_from_db()
    till_one.name = "Window"
    till_one.save()
    token = till_one.display_token
    assert token
    rows = till_one.history.values()
    assert token not in str(list(rows))


GUESSES = ["x", "A" * 43, "A" * 44, "%00" + "A" * 40, "ä" * 43, "..%2F..%2Fadmin"]


@pytest.mark.parametrize("guess", GUESSES)
def test_guesses_learn_nothing(till_one: Register, address: str, guess: str) -> None:
    wrong, real_one = f"/display/{guess}/", Client().get(f"/display/{secrets.token_urlsafe(32)}/")
    answers = [Client().get(wrong), Client().get(f"{wrong}state/")]
    assert {answer.status_code for answer in answers} == {404}
    if "%2F" not in guess:
        assert {answer.content for answer in answers} == {real_one.content}
    assert b"Main Street" not in answers[0].content


def test_a_register_that_is_switched_off_shows_nothing(till_one: Register, address: str) -> None:
    Register.objects.filter(pk=till_one.pk).update(is_active=False)
    assert (Client().get(address).status_code, seen(address).status_code) == (404, 404)


def test_the_page_is_public_and_keeps_nothing(address: str, django_assert_num_queries: Any) -> None:
    for url in (address, f"{address}state/"):
        with django_assert_num_queries(1):
            answer = Client().get(url)
        assert (answer.status_code, answer.cookies) == (200, {})
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
    page = Client().get(address).content.decode()
    assert "Main Street" in page
    assert "csrfmiddlewaretoken" not in page


def test_it_can_only_be_looked_at(till: Client, address: str) -> None:
    for url in (address, f"{address}state/"):
        answer = till.post(url, {})
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_a_flood_is_stopped(address: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    from django.core.cache import cache

    cache.clear()
    monkeypatch.setattr("pos.views.display.MOST_A_MINUTE", 3)
    answers = [seen(address) for _number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"
    cache.clear()


def test_hostile_names_stay_text(
    till: Client, till_one: Register, main: Store, address: str
) -> None:
    Store.objects.filter(pk=main.pk).update(name="<img src=x onerror=hit()>")
    assert b"&lt;img src=x" in Client().get(address).content
    show(till, till_one, lines=[LINE | {"name": "<script>hit()</script>"}])
    answer = seen(address)
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["state"]["lines"][0]["name"] == "<script>hit()</script>"


def test_pictures_write_nothing_down(till: Client, till_one: Register, address: str) -> None:
    before = AuditEntry.objects.count()
    with nothing_changes():
        show(till, till_one)
    assert (AuditEntry.objects.count(), Order.objects.count()) == (before, 0)
