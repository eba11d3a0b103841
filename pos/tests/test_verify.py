"""The audit finds what was changed behind the shop's back, and nothing in a sound shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pos.models import (
    AccountPayment,
    Balance,
    CashCount,
    CashMovement,
    CashSession,
    Customer,
    DeliveryStep,
    FinishedDay,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    PaymentMethod,
    PrintJob,
    Product,
    Register,
    SalesDay,
    StockLevel,
    StockMovement,
    Store,
    User,
)
from pos.services.balances import change_balance
from pos.services.cash import close_session, expected_cash, move_cash, open_session
from pos.services.days.rolling import roll_missing
from pos.services.parking import park_order
from pos.services.verification import CHECKS, LIMIT, Scope, verify

from .accounts import load
from .test_verify_refunds import REFUND_BREAKAGES
from .tills import amount, cart, item, percent, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(
    ana: User,
    max_: User,
    session: CashSession,
    till_one: Register,
    till_two: Register,
    shirt: Product,
    scarf: Product,
    tomatoes: Product,
    rosa: Customer,
    cash: PaymentMethod,
    card: PaymentMethod,
    on_account: PaymentMethod,
) -> dict[str, Order]:
    """Three sales, cash moved, one session closed and one open, and an order parked."""
    lines = (item(shirt, "2", percent("10")), item(tomatoes, "0.684"), item(shirt))
    off = amount("1.00")
    cash_sale = sell(ana, till_one, *lines, total="56.64", pay="cash 100", order_discount=off)
    on_credit = sell(ana, till_one, item(scarf), total="11.87", pay="card 5", customer=rosa)
    move_cash(user=max_, session=session, kind="pay_out", amount=Decimal("7.50"), reason="Milk")
    close_session(user=ana, session=session, counted_cash=Decimal("147.00"))
    open_session(user=max_, register=till_two, opening_float=Decimal(50))
    card_sale = sell(max_, till_two, item(shirt), total="19.90", pay="card 19.90")
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt)), label="blue coat")
    return {
        "cash": cash_sale.order,
        "credit": on_credit.order,
        "card": card_sale.order,
        "parked": parked,
    }


def lift_constraint(table: str, name: str) -> None:
    """Take one constraint away, as a broken disk or a hand with SQL would; the test rolls it back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


@pytest.fixture(autouse=True)
def constraints_come_back() -> object:
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


# --- A sound shop -----------------------------------------------------------------------------


def test_a_sound_shop_has_no_problems(shop: dict[str, Order]) -> None:
    out = StringIO()
    call_command("verify", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [check.__name__ for check in CHECKS]
    assert all(line.endswith("ok") for line in lines[:-1])
    assert lines[-1] == "All figures agree."


def test_an_empty_shop_has_no_problems() -> None:
    assert verify() == []


# --- A broken shop ----------------------------------------------------------------------------


def break_level(shop: dict[str, Order]) -> None:
    StockLevel.objects.filter(product__code="SHIRT-M").update(on_hand=Decimal(7))


def lose_level(shop: dict[str, Order]) -> None:
    StockLevel.objects.filter(product__code="SCARF").delete()


def move_less_than_sold(shop: dict[str, Order]) -> None:
    movements = StockMovement.objects.filter(order=shop["cash"], product__code="SHIRT-M")
    movements.update(quantity=Decimal(-2))
    StockLevel.objects.filter(product__code="SHIRT-M").update(on_hand=Decimal(10))


def lose_sale_movement(shop: dict[str, Order]) -> None:
    StockMovement.objects.filter(order=shop["credit"]).delete()
    StockLevel.objects.filter(product__code="SCARF").update(on_hand=Decimal(3))


def move_elsewhere(shop: dict[str, Order]) -> None:
    other = Store.objects.create(name="Harbour", code="HARB")
    StockMovement.objects.filter(order=shop["credit"]).update(store=other)


def break_order_tax(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["card"].pk).update(
        tax_amount=Decimal("4.32"), net_amount=Decimal("15.58")
    )


def break_subtotal(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["cash"].pk).update(subtotal_amount=Decimal(50))


def lose_lines(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).delete()


def break_total(shop: dict[str, Order]) -> None:
    lift_constraint("pos_order", "order_gross_plus_rounding_is_total")
    Order.objects.filter(pk=shop["credit"].pk).update(total_amount=Decimal("11.90"))


def break_gross(shop: dict[str, Order]) -> None:
    lift_constraint("pos_order", "order_net_plus_tax_is_gross")
    Order.objects.filter(pk=shop["card"].pk).update(net_amount=Decimal("16.00"))


def break_unit_price(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).update(unit_price=Decimal("19.91"))


def break_unit_price_by_far(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).update(
        unit_price=Decimal("999999999.9999"), quantity=Decimal("999999999.999")
    )


def break_fraction(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).update(subtotal_amount=Decimal("19.9001"))


def break_line_discount(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["cash"], position=1).update(discount_amount=Decimal(4))


def break_line_net(shop: dict[str, Order]) -> None:
    lift_constraint("pos_orderline", "orderline_net_plus_tax_is_gross")
    OrderLine.objects.filter(order=shop["card"]).update(net_amount=Decimal("16.00"))


def break_line_rates(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).update(taxes=[["VAT 20 %", "20", "3.00"]])


def break_line_json(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).update(taxes=[["VAT 20 %", "20", "abc"]])


def break_line_json_shape(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).update(taxes={"VAT": 3})


def break_line_json_entries(shop: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=shop["card"]).update(taxes=["VAT 20 %", 20, [], None, {"a": 1}])


def break_rate_percent(shop: dict[str, Order]) -> None:
    OrderTax.objects.filter(order=shop["card"]).update(percent=Decimal(19))


def break_rate_net(shop: dict[str, Order]) -> None:
    OrderTax.objects.filter(order=shop["card"]).update(net_amount=Decimal("16.00"))


def lose_rate(shop: dict[str, Order]) -> None:
    OrderTax.objects.filter(order=shop["card"]).delete()


def break_paid(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["credit"].pk).update(paid_amount=Decimal(6))


def lose_payment(shop: dict[str, Order]) -> None:
    Payment.objects.filter(order=shop["card"]).delete()


def claim_paid(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["credit"].pk).update(payment_status="paid")


def claim_unpaid(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["cash"].pk).update(payment_status="unpaid")


def claim_refunded(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["cash"].pk).update(payment_status="refunded")


def break_payment_amount(shop: dict[str, Order]) -> None:
    lift_constraint("pos_payment", "payment_tendered_less_change_is_amount")
    Payment.objects.filter(order=shop["card"]).update(tendered_amount=Decimal(30))


def give_change_on_card(shop: dict[str, Order]) -> None:
    Payment.objects.filter(order=shop["card"]).update(
        tendered_amount=Decimal("20.00"), change_amount=Decimal("0.10")
    )


def pay_on_account(shop: dict[str, Order]) -> None:
    method = PaymentMethod.objects.get(kind="on_account")
    Payment.objects.filter(order=shop["credit"]).update(method=method)


def break_expected(shop: dict[str, Order]) -> None:
    CashSession.objects.exclude(closed_at=None).update(
        expected_cash=Decimal("140.00"), difference=Decimal("7.00")
    )


def break_cash_movement(shop: dict[str, Order]) -> None:
    CashMovement.objects.update(amount=Decimal("8.00"))


def break_difference(shop: dict[str, Order]) -> None:
    lift_constraint("pos_cashsession", "cashsession_closed_with_count")
    CashSession.objects.exclude(closed_at=None).update(difference=Decimal(0))


def open_twice(shop: dict[str, Order]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX cashsession_one_open_per_register")
    first = CashSession.objects.get(closed_at=None)
    CashSession.objects.create(
        register=first.register,
        opened_by=User.objects.get(username="ana"),
        opened_at=timezone.now(),
        opening_float=Decimal(0),
    )


def open_elsewhere_too(shop: dict[str, Order]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX cashsession_one_open_per_seller")
    CashSession.objects.create(
        register=Register.objects.get(code="R1"),
        opened_by=User.objects.get(username="max"),
        opened_at=timezone.now(),
        opening_float=Decimal(0),
    )


def lose_a_close(shop: dict[str, Order]) -> None:
    Register.objects.filter(code="R1").update(last_z_number=2)


def skip_a_number(shop: dict[str, Order]) -> None:
    CashSession.objects.exclude(closed_at=None).update(z_number=2)


def lose_figures(shop: dict[str, Order]) -> None:
    CashSession.objects.exclude(closed_at=None).update(figures=None)


def change_figures(shop: dict[str, Order]) -> None:
    session = CashSession.objects.get(z_number=1)
    session.figures["sales"]["total"] = "70.00"
    session.save()


def scramble_figures(shop: dict[str, Order]) -> None:
    CashSession.objects.filter(z_number=1).update(figures={"version": 1, "sales": []})


def change_expected_in_figures(shop: dict[str, Order]) -> None:
    CashSession.objects.filter(z_number=1).update(
        expected_cash=Decimal("149.00"), difference=Decimal("-2.00")
    )


def change_the_count(shop: dict[str, Order]) -> None:
    CashCount.objects.update(cash_amount=Decimal("140.00"))


def lose_a_count(shop: dict[str, Order]) -> None:
    CashCount.objects.update(position=2)


def change_the_pieces(shop: dict[str, Order]) -> None:
    CashCount.objects.update(denominations={"50": 3})


def pay_after_close(shop: dict[str, Order]) -> None:
    Payment.objects.filter(order=shop["cash"]).update(
        received_at=timezone.now() + timedelta(hours=1)
    )


def pay_cash_nowhere(shop: dict[str, Order]) -> None:
    Payment.objects.filter(order=shop["cash"]).update(session=None)
    closed = CashSession.objects.get(pk=shop["cash"].session_id)
    expected = expected_cash(closed)
    CashSession.objects.filter(pk=closed.pk).update(
        expected_cash=expected, difference=closed.counted_cash - expected
    )


def sell_in_foreign_session(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["card"].pk).update(session=shop["cash"].session)


def sell_before_opening(shop: dict[str, Order]) -> None:
    early = CashSession.objects.get(closed_at=None).opened_at - timedelta(microseconds=1)
    Order.objects.filter(pk=shop["card"].pk).update(completed_at=early)


def sell_in_no_session(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["card"].pk).update(session=None)


def leave_a_gap(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["credit"].pk).update(sequence=3, number="MAIN-R1-000003")
    Register.objects.filter(code="R1").update(last_number=3)


def lose_the_last_number(shop: dict[str, Order]) -> None:
    Register.objects.filter(code="R2").update(last_number=2)


def rename_number(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["card"].pk).update(number="MAIN-R2-000007")


def pay_parked(shop: dict[str, Order]) -> None:
    Payment.objects.filter(order=shop["card"]).update(order=shop["parked"])


def number_parked(shop: dict[str, Order]) -> None:
    lift_constraint("pos_order", "order_number_only_when_completed")
    Order.objects.filter(pk=shop["parked"].pk).update(number="MAIN-R1-000099")


def move_stock_for_parked(shop: dict[str, Order]) -> None:
    StockMovement.objects.filter(order=shop["card"]).update(order=shop["parked"])


def shift_day(shop: dict[str, Order]) -> None:
    day = shop["card"].sold_on
    Order.objects.filter(pk=shop["card"].pk).update(sold_on=day + timedelta(days=1))


def claim_delivered(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["card"].pk).update(delivery_status="delivered")


def lose_a_delivery_step(shop: dict[str, Order]) -> None:
    Order.objects.filter(pk=shop["card"].pk).update(delivery_status="delivered")
    DeliveryStep.objects.create(
        order=shop["card"],
        from_status="dispatched",
        to_status="delivered",
        created_by=shop["card"].seller,
        created_at=timezone.now(),
    )


def print_uncounted(shop: dict[str, Order]) -> None:
    order = shop["card"]
    PrintJob.objects.create(
        register=order.register, kind="receipt", order=order, print_number=2,
        created_by=order.seller, created_at=timezone.now(),
    )  # fmt: skip


def open_no_drawer(shop: dict[str, Order]) -> None:
    order = shop["card"]
    PrintJob.objects.create(
        register=order.register, kind="drawer", created_by=order.seller, created_at=timezone.now()
    )


def _loaded() -> AccountPayment:
    """Max sells a gift card of 10.00."""
    user, register = User.objects.get(username="max"), Register.objects.get(code="R2")
    return load(user, register, "cash 10.00")


def break_account_payment(shop: dict[str, Order]) -> None:
    AccountPayment.objects.filter(pk=_loaded().pk).update(amount=Decimal(11))


def apply_loaded_money(shop: dict[str, Order]) -> None:
    _loaded().payments.update(order=shop["credit"])


def move_credit(shop: dict[str, Order]) -> None:
    _loaded().balance_entries.update(amount=Decimal(9))


def break_balance(shop: dict[str, Order]) -> None:
    Balance.objects.filter(pk=_loaded().balance_id).update(amount=Decimal(12))


def spend_without_payment(shop: dict[str, Order]) -> None:
    balance = _loaded().balance
    assert balance is not None
    user = User.objects.get(username="max")
    change_balance(
        user=user,
        balance=balance,
        kind="spent",
        amount=Decimal(-4),
        store=balance.store,
        at=balance.created_at,
        order=shop["card"],
    )


def print_nothing(shop: dict[str, Order]) -> None:
    order = shop["card"]
    PrintJob.objects.create(
        register=order.register, kind="refund", order=order, created_by=order.seller,
        created_at=timezone.now(),
    )  # fmt: skip


def sum_the_days() -> None:
    """The day after tomorrow, today is over in every time zone."""
    later = timezone.now() + timedelta(days=2)
    with patch("django.utils.timezone.now", return_value=later):
        roll_missing()


def change_a_day(shop: dict[str, Order]) -> None:
    sum_the_days()
    SalesDay.objects.filter(seller=shop["card"].seller).update(net=Decimal(1))


def lose_a_day_row(shop: dict[str, Order]) -> None:
    sum_the_days()
    SalesDay.objects.filter(seller=shop["card"].seller).delete()


def sell_in_a_summed_day(shop: dict[str, Order]) -> None:
    sum_the_days()
    sell(
        shop["card"].seller,
        shop["card"].register,
        item(Product.objects.get(code="SCARF")),
        total="12.50",
        pay="card 12.50",
    )


def forget_a_day(shop: dict[str, Order]) -> None:
    sum_the_days()
    FinishedDay.objects.all().delete()


BREAKAGES = [
    (break_account_payment, "account_payments", "Account payment MAIN-R2-A000001: found 11.00, expected 10.00"),
    (apply_loaded_money, "account_payments", "Account payment MAIN-R2-A000001, to no order: found 0.00, expected 10.00"),
    (move_credit, "account_credits", "Account payment MAIN-R2-A000001, to the balance: found 10.00, expected 9.00"),
    (break_balance, "balances", "found 12.00, expected 10.00"),
    (spend_without_payment, "spent_balances", "MAIN-R2-000001, taken from balances: found 4.00, expected 0.00"),
    (break_level, "stock_levels", "Stock of Linen shirt M in Main Street: found 7, expected 8"),
    (lose_level, "stock_movements", "Stock of Wool scarf in Main Street: found none, expected a level for its 2 movements"),
    (move_less_than_sold, "sale_movements", "Order MAIN-R1-000001, Linen shirt M taken from stock: found 2, expected 3"),
    (lose_sale_movement, "sale_movements", "Order MAIN-R1-000002, Wool scarf taken from stock: found 0, expected 1"),
    (move_elsewhere, "movement_stores", "Order MAIN-R1-000002 took stock in: found Harbour, expected Main Street"),
    (break_order_tax, "order_lines", "Order MAIN-R2-000001, tax: found 4.32, expected 3.32"),
    (break_subtotal, "order_lines", "Order MAIN-R1-000001, subtotal: found 50.00, expected 61.62"),
    (lose_lines, "empty_orders", "Order MAIN-R2-000001: found none, expected at least one line"),
    (break_total, "order_totals", "Order MAIN-R1-000002, total: found 11.90, expected 11.87"),
    (break_gross, "order_totals", "Order MAIN-R2-000001, gross: found 19.90, expected 19.32"),
    (break_unit_price, "line_subtotals", "Order MAIN-R2-000001, line 1 (Linen shirt), 1 × 19.91: found 19.90, expected 19.91"),
    (break_unit_price_by_far, "line_subtotals", "Order MAIN-R2-000001, line 1 (Linen shirt), 999999999.999 × 999999999.9999: found 19.90, expected 999999999998900000.00"),
    (break_fraction, "line_subtotals", "Order MAIN-R2-000001, line 1 (Linen shirt), 1 × 19.90: found 19.9001, expected 19.90"),
    (break_line_discount, "line_amounts", "Order MAIN-R1-000001, line 1 (Linen shirt), gross: found 35.20, expected 35.18"),
    (break_line_net, "line_amounts", "Order MAIN-R2-000001, line 1 (Linen shirt), net and tax: found 19.32, expected 19.90"),
    (break_line_rates, "line_taxes", "Order MAIN-R2-000001, line 1 (Linen shirt), tax: found 3.32, expected 3.00"),
    (break_line_json, "line_taxes", "Order MAIN-R2-000001, line 1 (Linen shirt), tax: found 3.32, expected 0.00"),
    (break_line_json_shape, "line_taxes", "Order MAIN-R2-000001, line 1 (Linen shirt), tax: found 3.32, expected 0.00"),
    (break_line_json_entries, "line_taxes", "Order MAIN-R2-000001, line 1 (Linen shirt), tax: found 3.32, expected 0.00"),
    (break_rate_percent, "order_taxes", "Order MAIN-R2-000001, tax VAT 20 % 19 %: found 3.32 on 16.58, expected 0.00 on 0.00"),
    (break_rate_net, "order_taxes", "Order MAIN-R2-000001, tax VAT 20 % 20 %: found 3.32 on 16.00, expected 3.32 on 16.58"),
    (lose_rate, "order_taxes", "Order MAIN-R2-000001, tax VAT 20 % 20 %: found 0.00 on 0.00, expected 3.32 on 16.58"),
    (break_paid, "paid_amounts", "Order MAIN-R1-000002, paid: found 6.00, expected 5.00"),
    (lose_payment, "paid_amounts", "Order MAIN-R2-000001, paid: found 19.90, expected 0.00"),
    (claim_paid, "payment_statuses", "Order MAIN-R1-000002, payment status with 5.00 of 11.87 paid: found Paid, expected Partly paid"),
    (claim_unpaid, "payment_statuses", "Order MAIN-R1-000001, payment status with 56.64 of 56.64 paid: found Unpaid, expected Paid"),
    (claim_refunded, "payment_statuses", "Order MAIN-R1-000001, payment status with 56.64 of 56.64 paid: found Refunded, expected Paid"),
    (break_payment_amount, "payment_amounts", "found 19.90, expected 30.00"),
    (give_change_on_card, "payment_changes", "change from Card: found 0.10, expected 0.00"),
    (pay_on_account, "payment_changes", "by On account: found 5.00, expected no payment, the amount stays due"),
    (break_expected, "session_cash", "expected cash: found 140.00, expected 149.14"),
    (break_cash_movement, "session_cash", "expected cash: found 149.14, expected 148.64"),
    (break_difference, "session_cash", "difference: found 0.00, expected -2.14"),
    (open_twice, "open_sessions", "Open sessions of Register 2 in Main Street: found 2, expected 1"),
    (open_elsewhere_too, "open_sessions", "Registers that max has open: found 2, expected 1"),
    (lose_a_close, "z_numbers", "Z numbers of Register 1 in Main Street: found 1, the last is 1, expected 1 to 2, each once"),
    (skip_a_number, "z_numbers", "of Register 1, Z report: found 2, expected 1, with its figures"),
    (lose_figures, "z_numbers", "of Register 1, Z report: found 1, expected 1, with its figures"),
    (change_figures, "session_figures", "Z report, sales.total: found 70.00, expected 68.51"),
    (scramble_figures, "session_figures", "Z report: found something unreadable, expected figures"),
    (change_expected_in_figures, "session_figures", "Z report: found 149.14, expected 149.00"),
    (change_the_count, "cash_counts", "counted cash: found 147.00, expected 140.00"),
    (lose_a_count, "cash_counts", "counts: found 1, expected 2"),
    (change_the_pieces, "cash_counts", "notes and coins: found 147.00, expected 150.00"),
    (pay_after_close, "payment_sessions", "Order MAIN-R1-000001, payment #"),
    (pay_cash_nowhere, "payment_sessions", "found none, expected a session that was open then"),
    (sell_in_foreign_session, "order_sessions", "expected a session of Register 2 that was open then"),
    (sell_before_opening, "order_sessions", "Order MAIN-R2-000001 of "),
    (sell_in_no_session, "order_sessions", "found none, expected a session of Register 2 that was open then"),
    (leave_a_gap, "receipt_numbers", "Numbers of Register 1 (MAIN-R1) before MAIN-R1-000003: found 1, expected 2"),
    (lose_the_last_number, "receipt_numbers", "Last number of Register 2 (MAIN-R2): found 2, expected 1"),
    (rename_number, "receipt_numbers", "found MAIN-R2-000007, expected one that ends with 1"),
    (pay_parked, "parked_orders", "found a payment, expected no number, payment or stock movement"),
    (number_parked, "parked_orders", "found number MAIN-R1-000099, expected no number"),
    (move_stock_for_parked, "parked_orders", "found a stock movement, expected no number"),
    (claim_delivered, "delivery_statuses", "Order MAIN-R2-000001, delivery: found delivered, expected pending"),
    (lose_a_delivery_step, "delivery_steps", "found dispatched, expected pending"),
    (shift_day, "business_days", "Order MAIN-R2-000001, business day: found "),
    (print_uncounted, "print_numbers", "Order MAIN-R2-000001, times printed: found 0, expected 2"),
    (open_no_drawer, "drawer_jobs", "found does nothing, expected opens the drawer"),
    (change_a_day, "day_sums", "store Main Street, register Register 2, seller Max: net: found 1.00, expected 16.58"),
    (lose_a_day_row, "day_sums", "register Register 2, seller Max: total: found 0.00, expected 19.90"),
    (sell_in_a_summed_day, "day_sums", "seller Max: orders: found 1, expected 2"),
    (forget_a_day, "day_rows", "Main Street: found rows, expected nothing: the day is not summed"),
    (print_nothing, "print_documents", "found another or none, expected a document of its kind"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("breakage", "check", "words"), BREAKAGES, ids=[each[0].__name__ for each in BREAKAGES]
)
def test_what_was_broken_is_named(
    shop: dict[str, Order], breakage: Callable[[dict[str, Order]], None], check: str, words: str
) -> None:
    breakage(shop)
    out = StringIO()
    with pytest.raises(CommandError, match="do not agree"):
        call_command("verify", check=check, stdout=out)
    assert words in out.getvalue()
    assert check in {problem.check for problem in verify()}


def test_every_check_is_broken_once() -> None:
    """Those of past orders in test_past_orders_out, where there are some."""
    broken = {check for _breakage, check, _words in (*BREAKAGES, *REFUND_BREAKAGES)}
    broken |= {"imported_orders", "order_batches"}
    assert broken == {each.__name__ for each in CHECKS}


def test_a_number_given_twice_is_refused_and_named(shop: dict[str, Order]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=shop["credit"].pk).update(sequence=1)
    if connection.vendor == "sqlite":
        return  # where the constraint cannot be lifted there is nothing left to name
    lift_constraint("pos_order", "order_sequence_once_per_register")
    Order.objects.filter(pk=shop["credit"].pk).update(sequence=1, number="MAIN-R1-0001")
    Register.objects.filter(code="R1").update(last_number=1)
    problems = [problem for problem in verify() if problem.check == "receipt_numbers"]
    assert [str(problem) for problem in problems] == [
        "Receipts of Register 1 (MAIN-R1) with number 1: found 2, expected 1"
    ]


# --- Days, stores, long lists -----------------------------------------------------------------


def test_a_new_time_zone_does_not_make_old_days_wrong(shop: dict[str, Order], main: Store) -> None:
    main.time_zone, main.day_starts_at_hour = "Pacific/Kiritimati", 4
    main.save()
    assert verify() == []


def test_one_store_is_checked_alone(shop: dict[str, Order], main: Store, other: Store) -> None:
    break_level(shop)
    break_order_tax(shop)
    shift_day(shop)
    leave_a_gap(shop)
    assert verify(Scope(other.pk)) == []
    assert verify(Scope(main.pk)) == verify() != []
    call_command("verify", store="HARB", stdout=StringIO())


def test_an_unknown_store_is_refused() -> None:
    with pytest.raises(CommandError, match="no store with the code NOPE"):
        call_command("verify", store="NOPE")


def test_a_long_list_is_cut(root: User, main: Store) -> None:
    products = Product.objects.bulk_create(
        Product(name=f"Button {place}", code=f"B{place}", price=1) for place in range(LIMIT + 1)
    )
    StockLevel.objects.bulk_create(
        StockLevel(product=product, store=main, on_hand=1) for product in products
    )
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=out)
    assert f"{LIMIT} problems" in out.getvalue()
    assert "… and more" in out.getvalue()
