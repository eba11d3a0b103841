"""The receipt: what it says, who may see it, and how its prints are counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pos.models import (
    CashSession,
    Customer,
    Order,
    PaymentMethod,
    Product,
    Register,
    RoleLimit,
    Store,
    TaxRate,
    User,
)
from pos.receipts import (
    Block,
    Facts,
    Footer,
    Header,
    Items,
    Marker,
    Payments,
    Receipt,
    Row,
    Sums,
    TaxTable,
    Text,
    Total,
    build_receipt,
)
from pos.services.carts import Delivery
from pos.services.errors import Forbidden, NotFound
from pos.services.parking import park_order
from pos.services.receipts import record_print
from pos.views.receipts import bars_svg

from .books import nothing_changes
from .factories import make_product
from .tills import amount, cart, item, percent, sell

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def block(receipt: Receipt, kind: type[Block]) -> Any:
    """The receipt's only block of this kind."""
    (found,) = (each for each in receipt.blocks if isinstance(each, kind))
    return found


def kinds(receipt: Receipt) -> list[str]:
    return [each.kind for each in receipt.blocks]


@pytest.fixture
def order(
    ana: User,
    session: CashSession,
    till_one: Register,
    shirt: Product,
    tomatoes: Product,
    cash: PaymentMethod,
) -> Order:
    RoleLimit.objects.update(discount_percent=None)  # what Ana may give is not meant here
    lines = (item(shirt, "2", percent("10"), "Gift"), item(tomatoes, "0.684"))
    return sell(
        ana, till_one, *lines, total="36.74", pay="cash 50", order_discount=amount("1.00")
    ).order


def page_of(order: Order, **query: str) -> str:
    return reverse("admin:pos_receipt", args=[order.pk], query=query)


def printed_of(order: Order) -> str:
    return reverse("admin:pos_receipt_printed", args=[order.pk])


# --- What it says -----------------------------------------------------------------------------


def test_the_head_names_the_store(order: Order, main: Store) -> None:
    main.address, main.phone, main.tax_number = "1 Road\r\n\r\nTown", "+1 555", "GB 1"
    main.receipt_header, main.receipt_footer = "Open daily", "Thanks!\nBye"
    main.save()
    receipt = build_receipt(Order.objects.get(pk=order.pk))
    head = ("1 Road", "Town", "Phone +1 555", "Tax no. GB 1", "Open daily")
    assert block(receipt, Header) == Header("Main Street", head)
    assert block(receipt, Footer) == Footer(("Thanks!", "Bye"))


def test_time_is_the_stores(order: Order, main: Store) -> None:
    main.time_zone = "Asia/Tokyo"
    main.save()
    Order.objects.update(completed_at=datetime(2026, 1, 31, 20, 5, tzinfo=UTC))
    facts = dict(block(build_receipt(Order.objects.get(pk=order.pk)), Facts).rows)
    assert facts == {
        "Receipt": "MAIN-R1-000001",
        "Date": "1 Feb 2026, 05:05",
        "Register": "Register 1",
        "Served by": "Ana",
    }


def test_lines_carry_quantity_price_discount_and_note(order: Order) -> None:
    shirt, tomatoes = block(build_receipt(order), Items).items
    assert (shirt.name, shirt.detail, shirt.amount) == ("Linen shirt M", "2 × 19.90", "39.80")
    assert (shirt.discount, shirt.note) == (Row("Discount 10\N{NO-BREAK SPACE}%", "-3.98"), "Gift")
    assert (tomatoes.detail, tomatoes.amount) == ("0.684 kg × 2.80", "1.92")
    assert (tomatoes.discount, tomatoes.note) == (None, "")


def test_sums_lead_to_the_total(order: Order) -> None:
    receipt = build_receipt(order)
    assert block(receipt, Sums).rows == (Row("Subtotal", "37.74"), Row("Order discount", "-1.00"))
    assert block(receipt, Total).row == Row("Total", "€36.74")
    paid = Payments((Row("Cash", "50.00"),), (Row("Change", "13.26"),))
    assert block(receipt, Payments) == paid
    assert block(receipt, TaxTable).rows == (
        ("VAT 20 %", "29.06", "5.81", "34.87"),
        ("VAT 10 %", "1.70", "0.17", "1.87"),
    )


def test_prices_without_tax_show_the_tax_before_the_total(
    main: Store, ana: User, session: CashSession, till_one: Register, shirt: Product, card: Any
) -> None:
    main.prices_include_tax = False
    main.save()
    order = sell(ana, till_one, item(shirt), total="23.88", pay="card 23.88 4711").order
    receipt = build_receipt(order)
    assert block(receipt, Sums).rows == (Row("Subtotal", "19.90"), Row("VAT 20 %", "3.98"))
    assert block(receipt, Payments) == Payments((Row("Card · 4711", "23.88"),), ())


def test_a_rate_that_does_not_name_its_percentage_gets_it(
    ana: User, session: CashSession, till_one: Register, main: Store, root: User, card: Any
) -> None:
    rate = TaxRate.objects.create(name="PST", percent=Decimal("9.975"))
    goods = make_product("Syrup", "10.00", tax_rate=rate, stock={main: "5"}, by=root)
    order = sell(ana, till_one, item(goods), total="10.00", pay="card 10").order
    assert block(build_receipt(order), TaxTable).rows[0][0] == "PST 9.975\N{NO-BREAK SPACE}%"


def test_cash_rounding_and_due_are_said(
    ana: User,
    session: CashSession,
    till_one: Register,
    shirt: Product,
    tomatoes: Product,
    cash: PaymentMethod,
    card: PaymentMethod,
    rosa: Customer,
) -> None:
    cash.cash_rounding = Decimal("0.05")
    cash.save()
    rounded = sell(ana, till_one, item(tomatoes, "0.684"), total="1.92", pay="cash 1.90").order
    assert block(build_receipt(rounded), Sums).rows[-1] == Row("Cash rounding", "-0.02")
    due = sell(ana, till_one, item(shirt), total="18.90", pay="card 10", customer=rosa).order
    receipt = build_receipt(due)
    assert block(receipt, Payments).results == (Row("Due on account", "8.90"),)
    assert ("Customer", "Rosa Lind") in block(receipt, Facts).rows


def test_delivery_and_note_are_said(
    ana: User, session: CashSession, till_one: Register, shirt: Product, card: PaymentMethod
) -> None:
    order = sell(
        ana,
        till_one,
        item(shirt),
        total="19.90",
        pay="card 19.90",
        delivery=Delivery("Rosa\n5 Quay", date(2099, 2, 3)),
        note="Ring twice",
    ).order
    texts = [each for each in build_receipt(order).blocks if isinstance(each, Text)]
    assert texts == [
        Text("Delivery to", ("Rosa", "5 Quay", "On Tuesday 3 Feb 2099")),
        Text("Note", ("Ring twice",)),
    ]


def test_every_print_but_the_first_is_marked(order: Order) -> None:
    assert "marker" not in kinds(build_receipt(order))
    assert "marker" not in kinds(build_receipt(order, print_number=1))
    assert block(build_receipt(order, print_number=2), Marker) == Marker("COPY 2")
    order.print_count = 3
    assert block(build_receipt(order), Marker) == Marker("COPY 3")


def test_a_price_below_the_smallest_coin_keeps_its_digits(
    ana: User, session: CashSession, till_one: Register, main: Store, root: User, card: Any
) -> None:
    screw = make_product("Screw", "0.0375", stock={main: "1000"}, by=root)
    order = sell(ana, till_one, item(screw, "100"), total="3.75", pay="card 3.75").order
    assert block(build_receipt(order), Items).items[0].detail == "100 × 0.0375"


def test_a_currency_without_decimals(order: Order, settings: Any) -> None:
    settings.POS_CURRENCY = "JPY"
    Order.objects.update(net_amount=1000, tax_amount=0, gross_amount=1000, total_amount=1000)
    receipt = build_receipt(Order.objects.get(pk=order.pk))
    assert block(receipt, Total).row.amount == "¥1,000"
    assert block(receipt, Sums).rows[0].amount == "38"


# --- Counting prints --------------------------------------------------------------------------


def test_prints_are_counted_from_one(order: Order, ana: User) -> None:
    assert [record_print(user=ana, order=order) for _print in range(3)] == [1, 2, 3]
    assert Order.objects.get(pk=order.pk).print_count == 3


def test_printing_changes_nothing_else(order: Order, ana: User) -> None:
    before = Order.objects.filter(pk=order.pk).values().get()
    record_print(user=ana, order=order)
    after = Order.objects.filter(pk=order.pk).values().get()
    assert after == before | {"print_count": 1}


def test_only_ones_own_receipts_are_printed(order: Order, eve: User, sam: User) -> None:
    with nothing_changes(), pytest.raises(NotFound):
        record_print(user=eve, order=order)
    with nothing_changes(), pytest.raises(Forbidden):
        record_print(user=sam, order=order)


def test_a_parked_order_has_no_receipt(
    ana: User, till_one: Register, shirt: Product, signed_in: SignIn
) -> None:
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt)))
    with nothing_changes(), pytest.raises(NotFound):
        record_print(user=ana, order=parked)
    assert signed_in(ana).get(page_of(parked)).status_code == 404


# --- The page ---------------------------------------------------------------------------------


def test_the_page_shows_the_slip(order: Order, ana: User, signed_in: SignIn) -> None:
    response = signed_in(ana).get(page_of(order))
    page = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    for text in (
        "MAIN-R1-000001",
        "Linen shirt M",
        "0.684 kg × 2.80",
        "€36.74",
        "pos-bars",
        "pos-qr",
    ):
        assert text in page
    assert "COPY 2</p>" not in page


def test_the_page_is_marked_once_it_was_printed(order: Order, ana: User, signed_in: SignIn) -> None:
    client = signed_in(ana)
    assert client.post(printed_of(order)).json() == {"print": 1}
    assert '<p class="pos-slip-marker">COPY 2</p>' in client.get(page_of(order)).content.decode()
    assert client.post(printed_of(order)).json() == {"print": 2}


@pytest.mark.parametrize(
    ("asked", "paper", "shown"),
    [("", 58, 58), ("80", 58, 80), ("58", 80, 58), ("9999", 80, 80), ("x", 58, 58), ("80", 42, 80)],
)
def test_paper_is_the_registers_unless_asked(
    order: Order, ana: User, signed_in: SignIn, asked: str, paper: int, shown: int
) -> None:
    Register.objects.update(paper_width=paper)
    page = signed_in(ana).get(page_of(order, width=asked)).content.decode()
    assert f"--pos-paper: {shown}mm" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("ana", 200), ("max_", 200), ("root", 200), ("ada", 200), ("eve", 404), ("sam", 403)],
)
def test_who_sees_a_receipt(
    order: Order, request: Any, signed_in: SignIn, who: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(page_of(order)).status_code == status
    assert client.post(printed_of(order)).status_code == status


def test_a_colleagues_receipt_is_not_there(
    order: Order, other_seller: User, signed_in: SignIn
) -> None:
    assert signed_in(other_seller).get(page_of(order)).status_code == 404


@pytest.fixture
def other_seller(main: Store) -> User:
    from .factories import make_user

    return make_user("ben", "Seller", [main])


def test_strangers_sign_in_first(order: Order, client: Client) -> None:
    assert client.get(page_of(order)).status_code == 302
    response = client.post(printed_of(order))
    assert (response.status_code, response.json()["error"]["code"]) == (401, "signed_out")


def test_a_print_is_counted_by_post_with_token_only(order: Order, ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana, "django.contrib.auth.backends.ModelBackend")
    assert client.get(printed_of(order)).status_code == 405
    assert client.post(printed_of(order)).status_code == 403
    assert Order.objects.get(pk=order.pk).print_count == 0


def test_what_people_typed_is_never_markup(order: Order, ana: User, signed_in: SignIn) -> None:
    Order.objects.update(note="<script>alert(1)</script>")
    page = signed_in(ana).get(page_of(order)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_sixty_lines_of_any_script(
    ana: User, session: CashSession, till_one: Register, main: Store, root: User, card: Any
) -> None:
    names = ["قميص كتان", "手工編織羊毛圍巾", "X" * 200]
    goods = [
        make_product(name, "1.00", code=str(place), stock={main: "100"}, by=root)
        for place, name in enumerate(names)
    ]
    lines = [item(goods[place % 3]) for place in range(60)]
    order = sell(ana, till_one, *lines, total="60.00", pay="card 60").order
    found = block(build_receipt(order), Items).items
    assert [each.name for each in found] == names * 20


# --- Codes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printable", "width"),
    [("MAIN-R1-000123", 72, "70.125mm"), ("MAIN-R1-000123", 48, "46.75mm"), ("A" * 30, 48, None)],
)
def test_bars_are_whole_dots_or_left_out(text: str, printable: int, width: str | None) -> None:
    svg = bars_svg(text, printable)
    assert f'width="{width}"' in svg if width else svg == ""


# --- In the browser ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_every_way_to_print_is_counted_once(
    live_server: Any, chromium: Any, order: Order, ana: User, signed_in: SignIn
) -> None:
    page = chromium.new_context().new_page()
    cookie = signed_in(ana).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + page_of(order))
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'pos-back'")
    assert Order.objects.get(pk=order.pk).print_count == 1
    assert page.locator(".pos-slip-marker").count() == 0
    page.reload()
    page.pdf(prefer_css_page_size=True)  # as Ctrl+P: past the button
    assert Order.objects.get(pk=order.pk).print_count == 2
    assert page.text_content(".pos-slip-marker") == "COPY 2"
    page.goto(live_server.url + page_of(order, print="1"))
    page.wait_for_function("document.querySelector('.pos-slip-marker')?.textContent === 'COPY 3'")
    page.wait_for_function("document.activeElement.id === 'pos-back'")
    assert Order.objects.get(pk=order.pk).print_count == 3
    assert "print=1" not in page.url
    page.context.close()
