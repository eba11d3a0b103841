"""The list of deliveries, its steps by form, the slip, and the delivery on an order's own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pos import roles
from pos.models import (
    AuditEntry,
    CashSession,
    Customer,
    Order,
    PaymentMethod,
    Product,
    Register,
    Store,
    User,
)
from pos.services.carts import Delivery
from pos.services.cash import open_session
from pos.services.deliveries import complete_delivery, dispatch_delivery

from . import factories
from .books import nothing_changes
from .tills import item, sell

pytestmark = pytest.mark.django_db
PAGE = "/admin/deliveries/"


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Ana's register is open; every test ends with the shop's own audit."""


@pytest.fixture
def bring(
    ana: User, till_one: Register, tomatoes: Product, main: Store, rosa: Customer
) -> Callable[..., Order]:
    """bring(2) sells a kilogram of tomatoes, to be brought to Rosa in two days; None: any day."""

    def sold(days: int | None, address: str = "3 Mill Lane\nTown", note: str = "") -> Order:
        # The day is moved afterwards: what is overdue was not when it was sold.
        where = Delivery(address, note=note)
        sale = sell(ana, till_one, item(tomatoes), total="2.66", pay="cash 2.66",
                    customer=rosa, delivery=where)  # fmt: skip
        on = None if days is None else main.business_day() + timedelta(days=days)
        Order.objects.filter(pk=sale.order.pk).update(deliver_on=on)
        sale.order.refresh_from_db()
        return sale.order

    return sold


@pytest.fixture
def desk(ana: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(ana)


def listed(client: Client, **query: Any) -> list[str]:
    rows = client.get(PAGE, query).context["rows"]
    return [row["order"].number for row in rows]


def move(client: Client, order: Order, verb: str, **fields: Any) -> Any:
    return client.post(reverse("admin:pos_delivery_move", args=[order.pk, verb]), fields)


def said(client: Client) -> list[str]:
    return [str(message) for message in client.get(PAGE).context["messages"]]


def stands(order: Order) -> str:
    return Order.objects.get(pk=order.pk).delivery_status


# --- The list --------------------------------------------------------------------------------------


def test_deliveries_are_listed_by_their_day(desk: Client, bring: Callable[..., Order]) -> None:
    late, today, tomorrow, later, far, any_day = (bring(days) for days in (-2, 0, 1, 6, 7, None))
    numbers = {
        span: set(listed(desk, span=span))
        for span in ("overdue", "today", "tomorrow", "week", "all")
    }
    assert numbers == {
        "overdue": {late.number},
        "today": {today.number, any_day.number},
        "tomorrow": {tomorrow.number},
        "week": {today.number, tomorrow.number, later.number},
        "all": {each.number for each in (late, today, tomorrow, later, far, any_day)},
    }
    assert set(listed(desk)) == numbers["today"]
    tabs = {tab["span"]: tab["count"] for tab in desk.get(PAGE).context["tabs"]}
    assert tabs == {"overdue": 1, "today": 2, "tomorrow": 1, "week": 3, "all": None}


def test_what_is_delivered_is_not_overdue(
    desk: Client, ana: User, bring: Callable[..., Order]
) -> None:
    late = bring(-1)
    complete_delivery(user=ana, order_id=late.pk)
    assert (listed(desk, span="overdue"), listed(desk, span="all")) == ([], [late.number])


def test_everything_a_driver_needs_is_told(
    desk: Client, ana: User, till_one: Register, shirt: Product, rosa: Customer
) -> None:
    sell(ana, till_one, item(shirt), total="18.90", pay="card 8.90", customer=rosa,
         delivery=Delivery("3 Mill Lane\n2nd & 3rd floor", note="ring twice"))  # fmt: skip
    page = desk.get(PAGE, {"span": "all"}).content.decode()
    for text in ("MAIN-R1-000001", "Rosa Lind", "ring twice", "€10.00", "To deliver"):
        assert text in page
    assert (
        'href="https://www.openstreetmap.org/search?query=3%20Mill%20Lane%2C%202nd%20%26%203rd%20floor"'
        ' target="_blank" rel="noopener noreferrer"'
    ) in page
    assert 'href="tel:+442079460123"' in page


def test_an_empty_list_says_what_to_do(desk: Client) -> None:
    page = desk.get(PAGE, {"span": "overdue"}).content.decode()
    assert "Nothing is overdue." in page
    assert "Open the register" in page


@pytest.mark.parametrize(
    "query", [{"span": "x"}, {"store": "x"}, {"store": "9" * 30}, {"page": "x"}, {"page": "999"}]
)
def test_senseless_questions_show_the_list_of_today(
    desk: Client, bring: Callable[..., Order], query: dict[str, str]
) -> None:
    order = bring(0)
    assert listed(desk, **query) == [order.number]


def test_a_person_of_two_stores_chooses_one(
    root: User, signed_in: Any, bring: Callable[..., Order], other: Store, other_till: Register,
    tomatoes: Product,
) -> None:  # fmt: skip
    here = bring(0)
    factories.put_in_stock(tomatoes, other, "5", by=root)
    open_session(user=root, register=other_till, opening_float=Decimal(0))
    there = sell(root, other_till, item(tomatoes), total="2.80", pay="cash 2.80",
                 delivery=Delivery("Pier 9")).order  # fmt: skip
    client = signed_in(root)
    assert set(listed(client, span="all")) == {here.number, there.number}
    assert listed(client, span="all", store=other.pk) == [there.number]


def test_a_colleagues_delivery_is_listed_but_its_order_stays_closed(
    main: Store, signed_in: Any, bring: Callable[..., Order]
) -> None:
    order = bring(0)
    ben = signed_in(factories.make_user("ben", roles.SELLER, [main]))
    (row,) = ben.get(PAGE).context["rows"]
    assert (row["order"], row["url"]) == (order, "")


def test_other_stores_deliveries_do_not_exist(
    eve: User, signed_in: Any, bring: Callable[..., Order]
) -> None:
    order = bring(0)
    client = signed_in(eve)
    assert listed(client, span="all") == []
    assert client.get(reverse("admin:pos_delivery_slip", args=[order.pk])).status_code == 404
    with nothing_changes():
        move(client, order, "dispatch")
    assert said(client) == ["There is no such delivery."]


@pytest.mark.parametrize("who", ["sam", "ada"])
def test_without_the_right_nothing_opens(
    request: Any, signed_in: Any, bring: Callable[..., Order], who: str
) -> None:
    order = bring(0)
    client = signed_in(request.getfixturevalue(who))
    slip = reverse("admin:pos_delivery_slip", args=[order.pk])
    with nothing_changes():
        answers = [client.get(PAGE), client.get(slip), move(client, order, "dispatch")]
        answers.append(client.post(reverse("admin:pos_deliveries_dispatch"), {"order": order.pk}))
    assert [answer.status_code for answer in answers] == [403] * 4


def test_number_of_queries_does_not_grow_with_the_list(
    desk: Client, ana: User, bring: Callable[..., Order], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    dispatch_delivery(user=ana, order_id=bring(0).pk)
    desk.get(PAGE)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(PAGE)
    for _number in range(5):
        dispatch_delivery(user=ana, order_id=bring(0).pk)
    with django_assert_num_queries(len(few)):
        desk.get(PAGE)


def test_long_lists_have_pages(desk: Client, bring: Callable[..., Order], monkeypatch: Any) -> None:
    monkeypatch.setattr("pos.views.deliveries.PER_PAGE", 2)
    first, second, third = bring(0), bring(0), bring(0)
    assert listed(desk) == [first.number, second.number]
    assert listed(desk, page=2) == [third.number]
    assert 'href="?span=today&amp;page=2"' in desk.get(PAGE).content.decode()


# --- Steps by form -----------------------------------------------------------------------------------


def test_steps_are_taken_in_the_list(desk: Client, bring: Callable[..., Order]) -> None:
    order = bring(0)
    answer = move(desk, order, "dispatch", note="with Tom", back="span=all&store=7&page=1&next=//x")
    assert answer["Location"] == "/admin/deliveries/?span=all&store=7&page=1"
    assert said(desk) == ["MAIN-R1-000001 is on the way."]
    move(desk, order, "fail", note="nobody at home")
    move(desk, order, "retry")
    move(desk, order, "deliver", note="picked up")
    assert list(order.delivery_steps.values_list("to_status", "note")) == [
        ("dispatched", "with Tom"), ("failed", "nobody at home"), ("pending", ""), ("delivered", "picked up"),
    ]  # fmt: skip
    (row,) = desk.get(PAGE, {"span": "all"}).context["rows"]
    move(desk, order, "undo", step=row["undo"].pk)
    assert stands(order) == "pending"
    assert AuditEntry.objects.filter(kind="delivery").count() == 5


@pytest.mark.parametrize(
    ("verb", "fields", "text"),
    [
        ("fail", {}, "stands at “To deliver” by now"),
        ("dispatch", {"note": "a\u202eb"}, "invisible signs"),
        ("dispatch", {"note": "x" * 201}, "too long"),
        ("undo", {}, "no step of this delivery to take back"),
        ("undo", {"step": "x"}, "no step of this delivery to take back"),
    ],
)
def test_a_refused_step_says_why(
    desk: Client, bring: Callable[..., Order], verb: str, fields: dict[str, str], text: str
) -> None:
    order = bring(0)
    fields = {"note": "so it was"} | fields
    with nothing_changes():
        assert move(desk, order, verb, **fields).status_code == 302
    (message,) = said(desk)
    assert text in message


def test_only_forms_take_steps(desk: Client, bring: Callable[..., Order]) -> None:
    order = bring(0)
    with nothing_changes():
        url = reverse("admin:pos_delivery_move", args=[order.pk, "dispatch"])
        assert desk.get(url).status_code == 405
        assert desk.get(reverse("admin:pos_deliveries_dispatch")).status_code == 405
        assert move(desk, order, "explode").status_code == 404


def test_several_leave_at_once(desk: Client, ana: User, bring: Callable[..., Order]) -> None:
    first, second, gone = bring(0), bring(1), bring(0)
    complete_delivery(user=ana, order_id=gone.pk)
    ids = [first.pk, second.pk, gone.pk, 999_999, "x", "9" * 25]
    desk.post(reverse("admin:pos_deliveries_dispatch"), {"order": ids, "note": "van 2"})
    assert [stands(each) for each in (first, second, gone)] == [
        "dispatched",
        "dispatched",
        "delivered",
    ]
    assert list(first.delivery_steps.values_list("note", "created_by__username")) == [
        ("van 2", "ana")
    ]
    assert said(desk) == [
        "2 deliveries are on the way.", "Not dispatched, moved on elsewhere: MAIN-R1-000003",
    ]  # fmt: skip
    assert AuditEntry.objects.filter(kind="delivery").count() == 3


def test_nothing_chosen_is_said(desk: Client, bring: Callable[..., Order]) -> None:
    bring(0)
    with nothing_changes():
        desk.post(reverse("admin:pos_deliveries_dispatch"), {"note": "van 2"})
    assert said(desk) == ["Choose the deliveries first."]


# --- The slip ----------------------------------------------------------------------------------------


def test_the_slip_tells_the_driver_and_no_prices(
    desk: Client, ana: User, till_one: Register, shirt: Product, tomatoes: Product, rosa: Customer
) -> None:
    order = sell(ana, till_one, item(shirt, "2"), item(tomatoes, "0.5"), total="39.14", pay="cash 9.14",
                 customer=rosa, delivery=Delivery("3 Mill Lane\nTown", note="ring twice"),
                 note="gift wrap").order  # fmt: skip
    page = desk.get(reverse("admin:pos_delivery_slip", args=[order.pk])).content.decode()
    for text in ("Rosa Lind", "3 Mill Lane", "+44 20 7946 0123", "ring twice", "gift wrap", "Linen shirt M",
                 "2 ×", "0.5 kg", "€30.00", "MAIN-R1-000001", "signature", 'class="pos-qr"'):  # fmt: skip
        assert text in page
    assert "19.90" not in page
    assert Order.objects.get(pk=order.pk).print_count == 0


def test_what_is_not_delivered_has_no_slip(
    desk: Client, ana: User, till_one: Register, shirt: Product
) -> None:
    order = sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90").order
    assert desk.get(reverse("admin:pos_delivery_slip", args=[order.pk])).status_code == 404


# --- The order's own page, and the list of orders ------------------------------------------------------


def test_the_order_tells_every_step(desk: Client, ana: User, bring: Callable[..., Order]) -> None:
    order = bring(0)
    dispatch_delivery(user=ana, order_id=order.pk, note="with <b>Tom</b>")
    page = desk.get(reverse("admin:pos_order_change", args=[order.pk])).content.decode()
    assert 'class="pos-timeline"' in page
    assert "with &lt;b&gt;Tom&lt;/b&gt;" in page
    assert "goods-delivered" in page or "goods_delivered" in page


def test_the_orders_dialogs_move_it(desk: Client, ana: User, bring: Callable[..., Order]) -> None:
    order = bring(0)
    names = ("dispatch_goods", "goods_failed", "deliver_again", "goods_delivered", "undo_step")
    for name, status in zip(
        names, ("dispatched", "failed", "pending", "delivered", "pending"), strict=True
    ):
        url = reverse(f"admin:pos_order_{name}", args=[order.pk])
        answer = desk.post(url, {"note": "why not", "_form_submitted": "on"})
        assert answer.headers.get("HX-Redirect"), (name, answer.status_code)
        assert stands(order) == status


def test_a_refusal_stays_in_the_dialog(desk: Client, bring: Callable[..., Order]) -> None:
    order = bring(0)
    with nothing_changes():
        url = reverse("admin:pos_order_dispatch_goods", args=[order.pk])
        answer = desk.post(url, {"note": "a\u202eb", "_form_submitted": "on"})
    assert "invisible signs" in answer.content.decode()


def test_orders_are_filtered_by_delivery(
    desk: Client, ana: User, bring: Callable[..., Order], main: Store
) -> None:
    first, second = bring(0), bring(3)
    dispatch_delivery(user=ana, order_id=first.pk)
    orders = reverse("admin:pos_order_changelist")

    def found(**query: Any) -> list[str]:
        return [row.number for row in desk.get(orders, query).context["cl"].result_list]

    day = (main.business_day() + timedelta(days=3)).isoformat()
    assert found(delivery_status__exact="dispatched") == [first.number]
    assert found(deliver_on_from=day) == [second.number]
    assert found(deliver_on_from="nonsense") == [second.number, first.number]
