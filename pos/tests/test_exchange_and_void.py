"""Exchanges settle only the difference; voids take a sale back while its session is open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from pos.models import (
    AuditEntry,
    CashSession,
    Customer,
    Order,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    User,
)
from pos.services.cash import close_session, expected_cash, open_session
from pos.services.errors import ApprovalNeeded, Conflict, Invalid, KeyReused, NotFound

from .books import nothing_changes, refused
from .returns import exchange_for, money_back, refund, refund_attempt, void
from .tills import attempt, item, percent, sell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verified", "session")]


@pytest.fixture
def two_shirts(ana: User, till_one: Register, shirt: Product, cash: PaymentMethod) -> Order:
    """2 × 19.90 with 10 % off the order, 35.82, paid in cash."""
    return sell(
        ana,
        till_one,
        item(shirt, "2"),
        order_discount=percent("10"),
        total="35.82",
        pay="cash 40.00",
    ).order


def paid_by(order: Order) -> list[tuple[str, str]]:
    rows = order.payments.select_related("method").order_by("pk")
    return [(each.method.kind, f"{each.amount:.2f}") for each in rows]


def state(order: Order) -> tuple[str, str, str]:
    order = Order.objects.get(pk=order.pk)
    return f"{order.refunded_amount:.2f}", f"{order.paid_amount:.2f}", order.payment_status


# --- Exchanges -------------------------------------------------------------------------------


def test_something_dearer_costs_the_difference(
    ana: User, till_one: Register, two_shirts: Order, shirt: Product, scarf: Product
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    done = exchange_for(
        ana, returned, attempt(till_one, item(scarf, "2"), total="25.00", pay="cash 10.00")
    )
    assert done.completion
    assert (done.completion.order.number, done.completion.change) == (
        "MAIN-R1-000002",
        Decimal("2.91"),
    )
    assert paid_by(done.completion.order) == [("exchange", "17.91"), ("cash", "7.09")]
    assert paid_by(two_shirts) == [("cash", "35.82"), ("exchange", "-17.91")]
    assert state(two_shirts) == ("17.91", "17.91", "paid")
    assert (done.refund.exchange_order, done.refund.number) == (
        done.completion.order,
        "MAIN-R1-R000001",
    )
    assert StockLevel.objects.get(product=shirt).on_hand == 11
    assert expected_cash(CashSession.objects.get()) == Decimal("142.91")


def test_something_cheaper_gives_the_difference_back(
    ana: User, till_one: Register, two_shirts: Order, scarf: Product
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    done = exchange_for(ana, returned, attempt(till_one, item(scarf), total="12.50"))
    assert money_back(done) == {"exchange": "12.50", "cash": "5.41"}
    assert expected_cash(CashSession.objects.get()) == Decimal("130.41")


def test_the_same_size_again_moves_no_money(
    ana: User, till_one: Register, shirt: Product, cash: PaymentMethod
) -> None:
    order = sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90").order
    returned = refund_attempt(till_one, order, "1 x 1 waste", total="19.90")
    done = exchange_for(ana, returned, attempt(till_one, item(shirt), total="19.90"))
    assert money_back(done) == {"exchange": "19.90"}
    assert state(order) == ("19.90", "0.00", "refunded")
    assert StockLevel.objects.get(product=shirt).on_hand == 10


def test_what_comes_back_whole_can_be_sold_at_once_what_is_thrown_away_cannot(
    ana: User, till_one: Register, scarf: Product, cash: PaymentMethod
) -> None:
    order = sell(ana, till_one, item(scarf, "3"), total="37.50", pay="cash 37.50").order
    broken = refund_attempt(till_one, order, "1 x 1 waste", total="12.50")
    with refused(Conflict, "stock_short"):
        exchange_for(ana, broken, attempt(till_one, item(scarf), total="12.50"))
    whole = refund_attempt(till_one, order, "1 x 1", total="12.50")
    exchange_for(ana, whole, attempt(till_one, item(scarf), total="12.50"))
    assert StockLevel.objects.get(product=scarf).on_hand == 0


def test_an_exchange_is_paid_short_of_nothing(
    ana: User, till_one: Register, two_shirts: Order, scarf: Product
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    with refused(Conflict, "payment_short"):
        exchange_for(ana, returned, attempt(till_one, item(scarf, "2"), total="25.00"))
    with refused(Conflict, "total_changed"):
        exchange_for(
            ana, returned, attempt(till_one, item(scarf, "2"), total="7.09", pay="cash 7.09")
        )


def test_the_difference_may_stay_due(
    ana: User,
    till_one: Register,
    two_shirts: Order,
    scarf: Product,
    rosa: Customer,
    on_account: Any,
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    sale = attempt(till_one, item(scarf, "2"), customer=rosa, total="23.75", pay="on_account 5.84")
    done = exchange_for(ana, returned, sale)
    assert done.completion
    assert state(done.completion.order) == ("0.00", "17.91", "partial")


def test_only_the_difference_is_rounded_to_coins(
    ana: User, till_one: Register, two_shirts: Order, scarf: Product
) -> None:
    PaymentMethod.objects.filter(kind="cash").update(cash_rounding=Decimal("0.05"))
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    done = exchange_for(
        ana, returned, attempt(till_one, item(scarf, "2"), total="25.01", pay="cash 7.10")
    )
    assert done.completion
    assert done.completion.order.total_amount == Decimal("25.01")


def test_nobody_tenders_an_exchange(
    ana: User, till_one: Register, two_shirts: Order, scarf: Product
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    exchange_for(ana, returned, attempt(till_one, item(scarf), total="12.50"))
    assert PaymentMethod.objects.get(kind="exchange").code == "exchange"
    with refused(Invalid, "unknown_method"):
        sell(ana, till_one, item(scarf), total="12.50", pay="exchange 12.50")


def test_the_same_exchange_again_is_the_first_answer(
    ana: User, till_one: Register, two_shirts: Order, scarf: Product
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    sale = attempt(till_one, item(scarf, "2"), total="25.00", pay="cash 10.00")
    first = exchange_for(ana, returned, sale)
    with nothing_changes():
        again = exchange_for(ana, returned, sale)
    assert first.completion and again.completion
    assert (again.is_replay, again.refund, again.completion.order, again.completion.change) == (
        True,
        first.refund,
        first.completion.order,
        Decimal("2.91"),
    )


def test_what_an_exchange_paid_comes_back_in_cash(
    ana: User, till_one: Register, two_shirts: Order, scarf: Product
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    done = exchange_for(ana, returned, attempt(till_one, item(scarf), total="12.50"))
    assert done.completion
    again = refund(ana, till_one, done.completion.order, "1 x 1", total="12.50")
    assert money_back(again) == {"cash": "12.50"}


# --- Voids -----------------------------------------------------------------------------------


def test_a_void_takes_everything_back_as_a_document_of_its_own(
    max_: User, two_shirts: Order, shirt: Product
) -> None:
    done = void(max_, two_shirts)
    row = done.refund
    assert (row.kind, row.number, row.total_amount, row.reason) == (
        "void",
        "MAIN-R1-R000001",
        Decimal("35.82"),
        "Rang up wrong",
    )
    assert money_back(done) == {"cash": "35.82"}
    assert state(two_shirts) == ("35.82", "0.00", "refunded")
    assert Order.objects.get(pk=two_shirts.pk).status == "completed"
    assert StockLevel.objects.get(product=shirt).on_hand == 12
    assert expected_cash(CashSession.objects.get()) == Decimal("100.00")
    entry = AuditEntry.objects.get(kind="sale_voided")
    assert (entry.actor, entry.amount, entry.reason) == (max_, Decimal("35.82"), "Rang up wrong")


def test_a_void_cancels_what_is_due_and_goes_by_the_same_methods(
    ana: User, max_: User, till_one: Register, shirt: Product, rosa: Customer, cash: Any, card: Any, on_account: Any
) -> None:  # fmt: skip
    order = sell(
        ana, till_one, item(shirt, "2"), customer=rosa, total="37.81",
        pay=["card 10.00", "cash 10.00", "on_account 17.81"],
    ).order  # fmt: skip
    assert money_back(void(max_, order)) == {"cash": "10.00", "card": "10.00"}
    assert state(order) == ("37.81", "0.00", "refunded")


def test_a_rounded_sale_is_voided_to_its_rounded_total(
    ana: User,
    max_: User,
    till_one: Register,
    scarf: Product,
    cash: PaymentMethod,
    tomatoes: Product,
) -> None:
    PaymentMethod.objects.update(cash_rounding=Decimal("0.05"))
    order = sell(ana, till_one, item(tomatoes, "0.684"), total="1.92", pay="cash 2.00").order
    done = void(max_, order).refund
    assert (done.gross_amount, done.rounding_amount, done.total_amount) == (
        Decimal("1.92"),
        Decimal("-0.02"),
        Decimal("1.90"),
    )


def test_sellers_need_a_yes_for_a_void(ana: User, two_shirts: Order) -> None:
    with refused(ApprovalNeeded, "approval_needed") as caught:
        void(ana, two_shirts)
    assert caught.value.status == 403
    assert caught.value.data["needs"][0]["summary"] == "Void sale MAIN-R1-000001, €35.82"


def test_only_the_open_session_that_sold_it_voids(
    max_: User, ana: User, till_one: Register, two_shirts: Order
) -> None:
    close_session(user=ana, session=CashSession.objects.get(), counted_cash=Decimal("135.82"))
    with refused(Conflict, "session_closed"):
        void(max_, two_shirts)
    open_session(user=max_, register=till_one, opening_float=Decimal("135.82"))
    with refused(Conflict, "session_closed"):
        void(max_, two_shirts)


def test_what_was_refunded_or_exchanged_is_not_voided(
    ana: User, max_: User, till_one: Register, two_shirts: Order, scarf: Product
) -> None:
    returned = refund_attempt(till_one, two_shirts, "1 x 1", total="17.91")
    done = exchange_for(ana, returned, attempt(till_one, item(scarf), total="12.50"))
    with refused(Conflict, "refunded_already"):
        void(max_, two_shirts)
    assert done.completion
    with refused(Conflict, "was_exchange"):
        void(max_, done.completion.order)


def test_a_void_is_done_once(max_: User, two_shirts: Order) -> None:
    key = uuid4()
    first = void(max_, two_shirts, key=key)
    with nothing_changes():
        assert void(max_, two_shirts, key=key).refund == first.refund
    with refused(KeyReused, "key_reused"):
        void(max_, two_shirts, key=key, reason="Another")
    with refused(Conflict, "refunded_already"):
        void(max_, two_shirts)


def test_a_void_needs_a_reason_and_a_sale_of_ones_store(
    max_: User, eve: User, two_shirts: Order
) -> None:
    with refused(Invalid, "no_reason"):
        void(max_, two_shirts, reason=" ")
    with refused(NotFound, "no_order"):
        void(eve, two_shirts)


def test_a_method_whose_behaviour_is_gone_is_not_offered(
    ana: User, till_one: Register, scarf: Product, cash: PaymentMethod
) -> None:
    PaymentMethod.objects.create(code="seashells", name="Seashells", kind="seashells")
    with refused(Invalid, "unknown_method"):
        sell(ana, till_one, item(scarf), total="12.50", pay="seashells 12.50")
