"""Selling at the register screen, as the cashier and the customer see it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pos import roles
from pos.models import (
    CashSession,
    Customer,
    Order,
    Payment,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
)

from .. import factories

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


def test_first_sale_from_an_empty_drawer_to_the_receipt(
    sit_down, ana, till_one: Register, till_two: Register, shirt: Product, scarf: Product, cash
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.shows("Where do you sell today?")
    screen.open_register("Register 1", opening_float="100.00")
    screen.scan("4006381333931", "4006381333931", "0012345678905")
    screen.shows_line("Linen shirt", "2", "39.80")
    screen.shows_line("Wool scarf", "1", "12.50")
    screen.shows_total("€52.30")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    with screen.page.expect_popup() as opened:
        screen.press("p")
    opened.value.wait_for_load_state()
    expect(opened.value.get_by_text("MAIN-R1-000001").first).to_be_visible()

    order = Order.objects.get()
    assert (order.number, order.total_amount, order.seller) == (
        "MAIN-R1-000001",
        Decimal("52.30"),
        ana,
    )
    assert CashSession.objects.get().opening_float == Decimal("100.00")
    assert StockLevel.objects.get(product=shirt).on_hand == 10


def test_register_and_its_session_are_remembered(
    sit_down, ana, session, till_two: Register
) -> None:
    screen = sit_down(ana)
    screen.open_register("Register 1")
    screen.page.reload()
    screen.ready()
    expect(screen.page.get_by_role("heading", name="Register 1")).to_be_visible()
    screen.shows(f"Session #{session.pk}")


def test_somebody_elses_drawer_is_named_and_closed_to_others(
    sit_down, session, till_one: Register, main
) -> None:
    ben = factories.make_user("ben", roles.SELLER, [main])
    screen = sit_down(ben)
    screen.open()
    screen.shows("Ana has had this register open since")
    expect(screen.field).to_be_hidden()


def test_sale_by_keyboard_alone(
    sit_down, ana, session, shirt: Product, tomatoes: Product, rosa: Customer, cash, card
) -> None:
    """Name search, weight, quantity, customer, discount and a card: no mouse."""
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    page = screen.page
    page.keyboard.type("linen")
    screen.shows("1 product found")
    screen.press("Enter")
    screen.shows_line("Linen shirt", "1", "19.90")
    screen.press("+", "+")
    screen.shows_line("Linen shirt", "3", "59.70")
    screen.press("*")
    page.keyboard.type("2")
    screen.press("Enter")
    screen.shows_line("Linen shirt", "2", "39.80")
    screen.scan("TOMATO")
    expect(screen.dialog("Tomatoes")).to_be_visible()
    page.keyboard.type("0.684")
    screen.press("Enter")
    screen.shows_line("Tomatoes", "0.684", "1.92")
    screen.press("F3")
    page.keyboard.type("rosa")
    expect(page.get_by_role("option")).to_have_count(1)
    screen.press("Enter")
    screen.shows("Gold")
    screen.shows_total("€39.63")
    screen.press("F6")
    page.keyboard.type("10")
    screen.press("Enter")
    screen.shows_total("€35.67")
    screen.press("F8")
    expect(screen.dialog("Take payment")).to_be_visible()
    screen.press("a", "Enter")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    screen.press("Enter")
    screen.shows("Ready to sell")
    screen.ready()

    order = Order.objects.get()
    assert (order.total_amount, order.customer, order.payment_status) == (
        Decimal("35.67"),
        rosa,
        "paid",
    )
    assert Payment.objects.get().method == card


def test_split_payment_and_change(sit_down, ana, session, shirt: Product, cash, card) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("3*4006381333931")
    screen.shows_total("€59.70")
    screen.press("F8")
    dialog = screen.dialog("Take payment")
    expect(dialog).to_contain_text("€59.70")
    screen.press("a")
    screen.page.keyboard.type("20")
    expect(dialog).to_contain_text("€39.70")
    screen.press("Enter")
    expect(dialog.get_by_role("button", name="Take off Card 20.00")).to_be_visible()
    screen.press("c")
    screen.page.keyboard.type("50")
    expect(dialog).to_contain_text("€10.30")
    screen.press("Enter")
    screen.shows_done("MAIN-R1-000001", "€10.30")

    rows = Payment.objects.order_by("method__position").values_list(
        "method__code", "tendered_amount", "amount", "change_amount"
    )
    assert list(rows) == [
        ("cash", Decimal("50"), Decimal("39.70"), Decimal("10.30")),
        ("card", Decimal("20"), Decimal("20"), Decimal("0")),
    ]


def test_card_gives_no_change(sit_down, ana, session, shirt: Product, cash, card) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.shows_total("€19.90")
    screen.press("F8")
    expect(screen.dialog("Take payment")).to_be_visible()
    screen.press("a")
    screen.page.keyboard.type("50")
    screen.press("Enter")
    screen.shows("Card gives no change: at most €19.90")
    assert Order.objects.count() == 0


def test_notes_are_typed_at_once_and_a_scanned_amount_is_not_taken(
    sit_down, ana, session, shirt: Product, cash, card
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.shows_total("€19.90")
    screen.press("F8")
    expect(screen.dialog("Take payment")).to_be_visible()
    screen.scan("40063813")
    screen.shows("Check the amount.")
    assert Order.objects.count() == 0
    screen.page.keyboard.type("50")
    screen.press("Enter")
    screen.shows_done("MAIN-R1-000001", "€30.10")


def test_rest_on_account_shows_what_the_customer_owes(
    sit_down, ana, session, shirt: Product, rosa: Customer, cash, on_account: PaymentMethod
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.press("F3")
    screen.page.keyboard.type("rosa")
    expect(screen.page.get_by_role("option")).to_have_count(1)
    screen.press("Enter")
    screen.shows_total("€18.90")
    screen.press("F8")
    expect(screen.dialog("Take payment")).to_be_visible()
    screen.page.keyboard.type("8.90")
    screen.press("Enter", "o", "Enter")
    screen.shows_done("MAIN-R1-000001", "€10.00")
    screen.shows("On account")
    order = Order.objects.get()
    assert (order.payment_status, order.due_amount) == ("partial", Decimal("10.00"))


def test_cash_is_rounded_to_the_smallest_coin(sit_down, ana, session, main, vat20, card) -> None:
    factories.make_payment_method("cash", cash_rounding=Decimal("0.05"), position=1)
    factories.make_product("Pencil", "1.98", code="PENCIL", tax_rate=vat20, stock={main: "9"})
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("PENCIL")
    screen.shows_total("€1.98")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€2.00")
    assert Order.objects.get().rounding_amount == Decimal("0.02")


def test_a_miss_leaves_the_text_selected_for_the_next_scan(
    sit_down, ana, session, shirt: Product
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("9999999999999")
    screen.shows("No product with code “9999999999999”.")
    screen.scan("4006381333931")
    screen.shows_line("Linen shirt", "1", "19.90")
    expect(screen.page.get_by_text("No product with code").filter(visible=True)).to_have_count(0)


def test_a_fast_scanner_loses_nothing(
    sit_down, ana, session, shirt: Product, scarf: Product
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan(*["4006381333931", "0012345678905"] * 3, *["4006381333931"] * 6)
    screen.shows_line("Linen shirt", "9", "179.10")
    screen.shows_line("Wool scarf", "3", "37.50")
    screen.shows_total("€216.60")


def test_barcode_typed_as_a_quantity_is_refused(sit_down, ana, session, shirt: Product) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.shows_line("Linen shirt", "1", "19.90")
    screen.press("*")
    screen.scan("4006381333931")
    screen.shows("That is not a sensible quantity. Nothing was changed.")
    screen.shows_line("Linen shirt", "1", "19.90")


def test_more_than_there_is_is_said_on_the_line_and_not_sold(
    sit_down, ana, session, scarf: Product, cash
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4*0012345678905")
    screen.shows_total("€50.00")
    expect(screen.line("Wool scarf")).to_contain_text(re.compile("3"))
    screen.press("F9")
    expect(screen.page.locator("#pos-missed")).to_contain_text("Wool scarf")
    assert Order.objects.count() == 0
    assert StockLevel.objects.get(product=scarf).on_hand == 3


def test_new_total_is_shown_and_asked_for_before_selling(
    sit_down, ana, session, shirt: Product, cash
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("4006381333931")
    screen.shows_total("€19.90")
    Product.objects.filter(pk=shirt.pk).update(price=Decimal("21.50"))
    screen.press("F9")
    dialog = screen.dialog("Take payment")
    expect(dialog).to_contain_text("the total is now €21.50")
    assert Order.objects.count() == 0
    screen.press("Enter")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert Order.objects.get().total_amount == Decimal("21.50")


def test_removed_line_comes_back_with_undo(sit_down, ana, session, shirt: Product) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("2*4006381333931")
    screen.shows_total("€39.80")
    screen.press("Delete")
    screen.shows_empty_cart()
    screen.button("Undo").click()
    screen.shows_line("Linen shirt", "2", "39.80")
    screen.ready()


def test_sizes_are_asked_for_by_one_tile(
    sit_down, ana, session, main, shirt: Product, vat20
) -> None:
    factories.make_product(
        "Linen shirt",
        "19.90",
        code="SHIRT-L",
        style="SHIRT",
        size="L",
        tax_rate=vat20,
        stock={main: "4"},
    )
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    tile = screen.page.get_by_role("button", name="Linen shirt")
    expect(tile).to_have_count(1)
    tile.click()
    expect(screen.dialog("Linen shirt")).to_be_visible()
    screen.press("2")
    screen.shows_line("Linen shirt L", "1", "19.90")
    screen.ready()


def test_name_and_size_find_the_one_article(
    sit_down, ana, session, main, shirt: Product, vat20
) -> None:
    factories.make_product(
        "Linen shirt",
        "19.90",
        code="SHIRT-XL",
        style="SHIRT",
        size="XL",
        tax_rate=vat20,
        stock={main: "4"},
    )
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("linen xl")
    screen.shows_line("Linen shirt XL", "1", "19.90")


def test_money_taken_is_not_forgotten_when_the_dialog_closes(
    sit_down, ana, session, shirt: Product, cash, card
) -> None:
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    screen.scan("2*4006381333931")
    screen.shows_total("€39.80")
    screen.press("F8")
    dialog = screen.dialog("Take payment")
    expect(dialog).to_be_visible()
    screen.press("a")
    screen.page.keyboard.type("30")
    screen.press("Enter")
    taken = dialog.get_by_role("button", name="Take off Card 30.00")
    expect(taken).to_be_visible()
    screen.press("Escape")
    screen.ready()
    screen.press("F4")
    screen.shows("Money was already taken for this cart.")
    screen.page.reload()
    screen.ready()
    screen.press("F9")
    expect(taken).to_be_visible()
    expect(dialog).to_contain_text("9.80")
    screen.press("Enter")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert sorted(Payment.objects.values_list("method__code", "amount")) == [
        ("card", Decimal("30")),
        ("cash", Decimal("9.80")),
    ]
