"""A sale is stored once, whole and exact; a refusal leaves the books as they were."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from pos.models import (
    CashSession,
    Customer,
    Order,
    OrderLine,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    Store,
    TaxRate,
    User,
)
from pos.services.cash import close_session, open_session
from pos.services.errors import Conflict, KeyReused
from pos.services.orders import complete_order

from . import factories
from .books import nothing_changes, refused
from .tills import amount, attempt, item, percent, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Ana's register is open and takes cash and cards; every test ends with the shop's own audit."""


def on_hand(product: Product, store: Store) -> Decimal:
    return StockLevel.objects.get(product=product, store=store).on_hand


def figures(order: Order) -> dict[str, str]:
    """The order's amounts in cents, as text."""
    names = (
        "subtotal",
        "discount",
        "order_discount",
        "net",
        "tax",
        "gross",
        "rounding",
        "total",
        "paid",
    )
    return {name: f"{getattr(order, f'{name}_amount'):.2f}" for name in names}


def tax_rows(order: Order) -> list[tuple[str, str, str, str]]:
    return [
        (tax.name, f"{tax.percent.normalize():f}", f"{tax.net_amount:.2f}", f"{tax.tax_amount:.2f}")
        for tax in order.taxes.order_by("id")
    ]


def stored(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


# --- What is stored --------------------------------------------------------------------------


def test_order_carries_exact_amounts_number_and_people(
    ana: User,
    till_one: Register,
    session: CashSession,
    shirt: Product,
    scarf: Product,
    tomatoes: Product,
) -> None:
    done = sell(
        ana,
        till_one,
        item(shirt),
        item(scarf),
        item(tomatoes, "0.684"),
        total="34.32",
        pay="cash 40.00",
    )
    order = stored(done.order)
    assert figures(order) == {
        "subtotal": "34.32", "discount": "0.00", "order_discount": "0.00", "net": "28.75",
        "tax": "5.57", "gross": "34.32", "rounding": "0.00", "total": "34.32", "paid": "34.32",
    }  # fmt: skip
    assert tax_rows(order) == [
        ("VAT 20 %", "20", "27.00", "5.40"),
        ("VAT 10 %", "10", "1.75", "0.17"),
    ]
    assert (order.number, order.sequence) == ("MAIN-R1-000001", 1)
    assert (order.status, order.payment_status, order.delivery_status) == (
        "completed",
        "paid",
        "none",
    )
    assert (order.seller, order.session, order.register, order.store) == (
        ana, session, till_one, till_one.store,
    )  # fmt: skip
    assert (order.customer, order.held_by, order.prices_include_tax) == (None, None, True)
    assert order.sold_on == order.completed_at.date()
    assert (done.paid, done.change, done.due, done.is_replay) == (
        Decimal("34.32"), Decimal("5.68"), 0, False,
    )  # fmt: skip


def test_payment_row_says_what_was_tendered_and_given_back(
    ana: User, till_one: Register, session: CashSession, scarf: Product
) -> None:
    done = sell(ana, till_one, item(scarf), total="12.50", pay="cash 20.00")
    payment = done.order.payments.get()
    assert (payment.amount, payment.tendered_amount, payment.change_amount) == (
        Decimal("12.50"), Decimal("20.00"), Decimal("7.50"),
    )  # fmt: skip
    assert (payment.method.code, payment.session, payment.received_by) == ("cash", session, ana)
    assert payment.received_at == done.order.completed_at


def test_lines_keep_what_was_sold_when_the_catalogue_changes(
    ana: User, till_one: Register, shirt: Product, vat20: TaxRate, vat10: TaxRate
) -> None:
    bought = item(shirt, "2", percent("10"), note="gift")
    order = sell(ana, till_one, bought, total="35.82", pay="card 35.82").order
    Product.objects.filter(pk=shirt.pk).update(
        name="Other",
        code="OTHER",
        size="XL",
        price=Decimal(1),
        cost=Decimal("0.50"),
        tax_rate=vat10,
    )
    vat20.percent = Decimal("25")
    vat20.save()
    line = OrderLine.objects.get(order=order)
    assert (line.code, line.name, line.size, line.note) == ("SHIRT-M", "Linen shirt", "M", "gift")
    assert (line.list_price, line.unit_price, line.unit_cost) == (
        Decimal("19.90"), Decimal("19.90"), Decimal("8.00"),
    )  # fmt: skip
    assert (line.subtotal_amount, line.discount_amount, line.gross_amount) == (
        Decimal("39.80"), Decimal("3.98"), Decimal("35.82"),
    )  # fmt: skip
    assert (line.net_amount, line.tax_amount) == (Decimal("29.85"), Decimal("5.97"))
    assert (line.discount_percent, line.has_own_discount) == (10, True)
    assert line.taxes == [["VAT 20 %", "20", "5.97"]]
    assert tax_rows(order) == [("VAT 20 %", "20", "29.85", "5.97")]


def test_two_taxes_on_one_line_are_divided_out_once(
    ana: User, till_one: Register, main: Store, root: User
) -> None:
    pst = factories.make_tax_rate("PST", "9.975")
    gst = factories.make_tax_rate("GST", "5", combined_with=pst)
    mug = factories.make_product("Mug", "19.99", tax_rate=gst, stock={main: "5"}, by=root)
    order = sell(ana, till_one, item(mug), total="19.99", pay="card 19.99").order
    assert figures(order) | {"net": "17.39", "tax": "2.60"} == figures(order)
    assert order.lines.get().taxes == [["GST", "5", "0.87"], ["PST", "9.975", "1.73"]]
    assert tax_rows(order) == [("GST", "5", "17.39", "0.87"), ("PST", "9.975", "17.39", "1.73")]


def test_stock_goes_down_once_per_product_with_its_movement(
    ana: User, till_one: Register, main: Store, shirt: Product, tomatoes: Product
) -> None:
    lines = (item(shirt, "2"), item(tomatoes, "0.684"), item(shirt, "3"))
    order = sell(ana, till_one, *lines, total="101.42", pay="card 101.42").order
    assert (on_hand(shirt, main), on_hand(tomatoes, main)) == (7, Decimal("24.316"))
    moved = order.stock_movements.order_by("product_id").values_list(
        "product__code", "quantity", "kind", "store__code", "unit_cost", "created_by", "created_at"
    )
    assert list(moved) == [
        ("SHIRT-M", -5, "sale", "MAIN", Decimal("8.00"), ana.pk, order.completed_at),
        ("TOMATO", Decimal("-0.684"), "sale", "MAIN", Decimal("1.20"), ana.pk, order.completed_at),
    ]


# --- Discounts, fees, taxes -------------------------------------------------------------------


def test_customer_level_fills_only_lines_without_their_own_discount(
    ana: User, till_one: Register, shirt: Product, scarf: Product, tomatoes: Product, rosa: Customer
) -> None:
    lines = (item(shirt), item(scarf, "1", percent("10")), item(tomatoes, "1", amount("0.00")))
    order = sell(ana, till_one, *lines, total="32.95", pay="card 32.95", customer=rosa).order
    rows = order.lines.order_by("position").values_list(
        "discount_percent", "discount_amount", "has_own_discount", "gross_amount"
    )
    assert list(rows) == [
        (5, Decimal("1.00"), False, Decimal("18.90")),
        (10, Decimal("1.25"), True, Decimal("11.25")),
        (None, 0, True, Decimal("2.80")),
    ]
    assert figures(order) | {"discount": "2.25", "total": "32.95"} == figures(order)
    assert order.customer == rosa


@pytest.mark.parametrize(
    ("discount", "shares", "total", "stored_percent"),
    [
        (percent("5"), ["1.00", "0.63", "0.09"], "32.60", 5),
        (amount("1.00"), ["0.58", "0.36", "0.06"], "33.32", None),
    ],
)
def test_order_discount_is_shared_out_to_the_cent(
    ana: User, till_one: Register, shirt: Product, scarf: Product, tomatoes: Product,
    discount: Any, shares: list[str], total: str, stored_percent: int | None,
) -> None:  # fmt: skip
    lines = (item(shirt), item(scarf), item(tomatoes, "0.684"))
    order = sell(
        ana, till_one, *lines, total=total, pay=f"card {total}", order_discount=discount
    ).order
    got = order.lines.order_by("position").values_list("order_discount_amount", flat=True)
    assert [f"{share:.2f}" for share in got] == shares
    assert f"{order.order_discount_amount:.2f}" == f"{sum(map(Decimal, shares)):.2f}"
    assert stored(order).order_discount_percent == stored_percent
    assert sum(line.gross_amount for line in order.lines.all()) == Decimal(total)


def test_store_without_tax_in_its_prices_adds_it_on_top(
    ana: User, till_one: Register, main: Store, scarf: Product
) -> None:
    Store.objects.filter(pk=main.pk).update(prices_include_tax=False)
    order = sell(ana, till_one, item(scarf, "2"), total="30.00", pay="card 30.00").order
    assert figures(order) | {"subtotal": "25.00", "net": "25.00", "tax": "5.00"} == figures(order)
    assert stored(order).prices_include_tax is False


@pytest.mark.parametrize(
    ("level", "tax", "total"), [("line", "0.18", "1.17"), ("document", "0.19", "1.18")]
)
def test_tax_is_rounded_where_the_store_says(
    ana: User, till_one: Register, main: Store, root: User, level: str, tax: str, total: str
) -> None:
    Store.objects.filter(pk=main.pk).update(prices_include_tax=False, rounding_level=level)
    vat19 = factories.make_tax_rate("VAT 19 %", "19")
    sweets = [
        factories.make_product(f"Sweet {n}", "0.33", tax_rate=vat19, stock={main: "9"}, by=root)
        for n in range(3)
    ]
    order = sell(ana, till_one, *map(item, sweets), total=total, pay=f"card {total}").order
    assert figures(order) | {"net": "0.99", "tax": tax, "total": total} == figures(order)
    assert stored(order).rounding_level == level
    assert sum(line.tax_amount for line in order.lines.all()) == Decimal(tax)


def test_sale_of_nothing_but_gifts_is_paid_with_nothing(
    no_limits: None, ana: User, till_one: Register, main: Store, scarf: Product
) -> None:
    done = sell(ana, till_one, item(scarf, "1", percent("100")), total="0.00")
    assert (done.order.total_amount, done.payment_status, done.change) == (0, "paid", 0)
    assert done.order.payments.count() == 0
    assert on_hand(scarf, main) == 2


# --- Receipt numbers --------------------------------------------------------------------------


def test_numbers_have_no_gap_after_refusals(
    ana: User, till_one: Register, shirt: Product, scarf: Product
) -> None:
    first = sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.50").order
    with refused(Conflict, "stock_short"):
        sell(ana, till_one, item(scarf, "3"), total="37.50", pay="cash 37.50")
    with refused(Conflict, "payment_short"):
        sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.49")
    with refused(Conflict, "total_changed"):
        sell(ana, till_one, item(scarf), total="12.49", pay="cash 20.00")
    second = sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00").order
    assert [first.number, second.number] == ["MAIN-R1-000001", "MAIN-R1-000002"]


def test_every_register_has_its_own_series(
    ana: User, root: User, till_one: Register, till_two: Register, shirt: Product
) -> None:
    open_session(user=root, register=till_two, opening_float=Decimal(0))
    numbers = [
        sell(user, till, item(shirt), total="19.90", pay="card 19.90").order.number
        for user, till in [(ana, till_one), (root, till_two), (ana, till_one)]
    ]
    assert numbers == ["MAIN-R1-000001", "MAIN-R2-000001", "MAIN-R1-000002"]


# --- Once only --------------------------------------------------------------------------------


def test_same_request_again_gets_the_first_answer(
    ana: User, till_one: Register, scarf: Product
) -> None:
    asked = attempt(till_one, item(scarf), total="12.50", pay="cash 20.00")
    first = complete_order(user=ana, checkout=asked)
    with nothing_changes():
        again = complete_order(user=ana, checkout=asked)
    assert (again.order, again.paid, again.change, again.due) == (
        first.order, first.paid, first.change, first.due,
    )  # fmt: skip
    assert (again.is_replay, again.payment_status) == (True, "paid")


def test_answer_stays_the_first_one_after_the_session_was_closed(
    ana: User, till_one: Register, session: CashSession, scarf: Product
) -> None:
    key = uuid4()
    first = sell(ana, till_one, item(scarf), total="12.50", pay="cash 20.00", key=key)
    close_session(user=ana, session=session, counted_cash=Decimal("112.50"))
    again = sell(ana, till_one, item(scarf), total="12.50", pay="cash 20.00", key=key)
    assert (again.order.number, again.change) == (first.order.number, Decimal("7.50"))


def test_same_key_with_another_cart_is_refused(
    ana: User, till_one: Register, scarf: Product
) -> None:
    key = uuid4()
    sell(ana, till_one, item(scarf), total="12.50", pay="cash 20.00", key=key)
    with refused(KeyReused, "key_reused"):
        sell(ana, till_one, item(scarf, "2"), total="25.00", pay="cash 25.00", key=key)


def test_key_of_somebody_else_tells_nothing(
    ana: User, root: User, till_one: Register, scarf: Product
) -> None:
    key = uuid4()
    order = sell(ana, till_one, item(scarf), total="12.50", pay="cash 20.00", key=key).order
    with refused(KeyReused, "key_reused") as caught:
        sell(root, till_one, item(scarf), total="12.50", pay="cash 20.00", key=key)
    assert caught.value.data == {}
    assert order.number not in caught.value.message
