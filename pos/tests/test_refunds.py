"""Goods come back: the money of what was paid for them, the stock, the sale, once and exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from pos.models import (
    AuditEntry,
    Balance,
    CashSession,
    Customer,
    Order,
    Payment,
    PaymentMethod,
    Product,
    Refund,
    Register,
    StockLevel,
    StockMovement,
    Store,
    User,
)
from pos.services.carts import Delivery
from pos.services.cash import close_session, expected_cash, open_session
from pos.services.errors import ApprovalNeeded, Conflict, Forbidden, Invalid, KeyReused, NotFound
from pos.services.loose_refunds import LooseLine, LooseRequest, refund_loose

from .books import nothing_changes, refused
from .returns import money_back, refund
from .tills import amount, item, percent, sell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verified", "session")]


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def figures(order: Order) -> tuple[str, str, str, str]:
    """Refunded, paid, due, state."""
    order = fresh(order)
    amounts = (order.refunded_amount, order.paid_amount, order.due_amount)
    refunded, paid, due = (f"{each:.2f}" for each in amounts)
    return refunded, paid, due, order.payment_status


def on_hand(product: Product, store: Store) -> Decimal:
    return StockLevel.objects.get(product=product, store=store).on_hand


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


# --- Amounts ---------------------------------------------------------------------------------


def test_one_of_two_comes_back_at_what_was_paid_for_it(
    ana: User, till_one: Register, two_shirts: Order, shirt: Product, main: Store
) -> None:
    done = refund(ana, till_one, two_shirts, "1 x 1", total="17.91").refund
    assert (done.net_amount, done.tax_amount, done.gross_amount, done.total_amount) == tuple(
        map(Decimal, ("14.92", "2.99", "17.91", "17.91"))
    )
    line = done.lines.get()
    assert (line.quantity, line.unit_price, line.taxes) == (
        1,
        Decimal("19.90"),
        [["VAT 20 %", "20", "2.99"]],
    )
    assert (done.number, done.order, done.seller, done.reason) == (
        "MAIN-R1-R000001",
        two_shirts,
        ana,
        "Too small",
    )
    assert figures(two_shirts) == ("17.91", "17.91", "0.00", "paid")
    assert two_shirts.lines.get().refunded_quantity == 1
    assert on_hand(shirt, main) == 11


def test_the_last_part_takes_the_remainder_net_and_tax_too(
    ana: User, till_one: Register, two_shirts: Order
) -> None:
    refund(ana, till_one, two_shirts, "1 x 1", total="17.91")
    last = refund(ana, till_one, two_shirts, "1 x 1", total="17.91").refund
    assert (last.net_amount, last.tax_amount) == (Decimal("14.93"), Decimal("2.98"))
    assert figures(two_shirts) == ("35.82", "0.00", "0.00", "refunded")
    assert last.number == "MAIN-R1-R000002"


def test_thirds_of_ten_add_up_to_ten(
    ana: User, till_one: Register, shirt: Product, cash: PaymentMethod, no_limits: None
) -> None:
    order = sell(
        ana, till_one, item(shirt, "3", amount("49.70")), total="10.00", pay="cash 10.00"
    ).order
    parts = [
        refund(ana, till_one, order, "1 x 1", total=total).refund.total_amount
        for total in ("3.33", "3.34", "3.33")
    ]
    assert sum(parts) == Decimal("10.00")
    assert figures(order) == ("10.00", "0.00", "0.00", "refunded")


def test_the_delivery_fee_comes_back_on_its_own_line(
    ana: User, till_one: Register, shirt: Product, cash: PaymentMethod, main: Store
) -> None:
    order = sell(
        ana,
        till_one,
        item(shirt),
        delivery=Delivery("1 High Street", fee=Decimal("5.00")),
        total="24.90",
        pay="cash 24.90",
    ).order
    done = refund(ana, till_one, order, "2 x 1", total="5.00").refund
    assert [(line.kind, line.product) for line in done.lines.all()] == [("delivery", None)]
    assert fresh(order).delivery_status == "pending"
    assert not StockMovement.objects.filter(refund=done).exists()


def test_prices_without_tax_give_the_tax_back_on_top(
    ana: User, till_one: Register, shirt: Product, cash: PaymentMethod, main: Store
) -> None:
    Store.objects.filter(pk=main.pk).update(prices_include_tax=False)
    order = sell(ana, till_one, item(shirt, "3"), total="71.64", pay="cash 71.64").order
    parts = [refund(ana, till_one, order, "1 x 1", total="23.88").refund for _again in range(3)]
    assert [(each.net_amount, each.tax_amount) for each in parts] == [
        (Decimal("19.90"), Decimal("3.98"))
    ] * 3
    assert not parts[0].prices_include_tax


# --- Never more than was sold ----------------------------------------------------------------


def test_no_more_comes_back_than_was_sold_less_what_came_back(
    ana: User, till_one: Register, two_shirts: Order
) -> None:
    with refused(Conflict, "too_much_back") as caught:
        refund(ana, till_one, two_shirts, "1 x 3", total="53.73")
    assert caught.value.message == "Of Linen shirt M at most 2 can come back."
    refund(ana, till_one, two_shirts, "1 x 1", total="17.91")
    with refused(Conflict, "too_much_back"):
        refund(ana, till_one, two_shirts, "1 x 2", total="35.82")


@pytest.mark.parametrize(
    ("what", "code"),
    [((), "nothing_chosen"), (("1 x 1", "1 x 1"), "nothing_chosen"), (("1 x 0.5",), "too_precise"),
     (("1 x 0",), "too_small"), (("1 x -1",), "too_small")],
)  # fmt: skip
def test_senseless_returns_are_refused(
    ana: User, till_one: Register, two_shirts: Order, what: tuple[str, ...], code: str
) -> None:
    with refused(Invalid, code):
        refund(ana, till_one, two_shirts, *what, total="17.91")


def test_another_amount_than_was_shown_is_refused(
    ana: User, till_one: Register, two_shirts: Order
) -> None:
    with refused(Conflict, "total_changed"):
        refund(ana, till_one, two_shirts, "1 x 1", total="19.90")


def test_a_reason_is_needed(ana: User, till_one: Register, two_shirts: Order) -> None:
    with refused(Invalid, "no_reason"):
        refund(ana, till_one, two_shirts, "1 x 1", total="17.91", reason="  ")


# --- Stock -----------------------------------------------------------------------------------


def test_goods_thrown_away_come_in_and_go_out(
    ana: User, till_one: Register, two_shirts: Order, shirt: Product, main: Store
) -> None:
    done = refund(ana, till_one, two_shirts, "1 x 1 waste", total="17.91").refund
    moved = StockMovement.objects.filter(refund=done).order_by("pk")
    assert [(each.kind, each.quantity, each.unit_cost) for each in moved] == [
        ("return", 1, Decimal("8.00")),
        ("waste", -1, Decimal("8.00")),
    ]
    assert on_hand(shirt, main) == 10


def test_two_lines_of_one_product_are_one_movement(
    ana: User, till_one: Register, shirt: Product, cash: PaymentMethod, main: Store
) -> None:
    order = sell(
        ana, till_one, item(shirt), item(shirt, "1", percent("10")), total="37.81", pay="cash 37.81"
    ).order
    done = refund(ana, till_one, order, "1 x 1", "2 x 1 waste", total="37.81").refund
    moved = StockMovement.objects.filter(refund=done).order_by("pk")
    assert [(each.kind, each.quantity) for each in moved] == [("return", 2), ("waste", -1)]
    assert on_hand(shirt, main) == 11


def test_goods_come_back_into_the_store_where_they_are_refunded(
    two_shirts: Order, shirt: Product, main: Store, other: Store, other_till: Register, cash: Any
) -> None:
    from pos import roles
    from pos.tests import factories

    both = factories.make_user("bea", roles.SELLER, [main, other])
    open_session(user=both, register=other_till, opening_float=Decimal("50.00"))
    done = refund(both, other_till, two_shirts, "1 x 1", total="17.91").refund
    assert (done.store, done.number) == (other, "HARB-R1-R000001")
    assert (on_hand(shirt, other), on_hand(shirt, main)) == (1, 10)
    assert Payment.objects.get(refund=done).store == other


# --- Money -----------------------------------------------------------------------------------


def test_money_lies_in_the_session_that_paid_it(
    ana: User, till_one: Register, two_shirts: Order, max_: User
) -> None:
    first = CashSession.objects.get()
    close_session(user=ana, session=first, counted_cash=Decimal("135.82"))
    later = open_session(user=max_, register=till_one, opening_float=Decimal("50.00"))
    done = refund(max_, till_one, two_shirts, "1 x 1", total="17.91")
    assert [(each.session, each.order, each.amount) for each in done.payments] == [
        (later, two_shirts, Decimal("-17.91"))
    ]
    assert expected_cash(later) == Decimal("32.09")
    first.refresh_from_db()
    assert first.expected_cash == Decimal("135.82")


def test_mixed_money_goes_back_last_paid_first_and_never_more_by_card_than_came(
    ana: User, till_one: Register, shirt: Product, cash: Any, card: Any, no_limits: None
) -> None:
    order = sell(
        ana, till_one, item(shirt, "3"), total="59.70", pay=["card 40.00", "cash 19.70"]
    ).order
    first = refund(ana, till_one, order, "1 x 1", total="19.90")
    assert money_back(first) == {"cash": "19.70", "card": "0.20"}
    second = refund(ana, till_one, order, "1 x 1", total="19.90", back="cash")
    assert money_back(second) == {"cash": "19.90"}
    third = refund(ana, till_one, order, "1 x 1", total="19.90")
    assert money_back(third) == {"card": "19.90"}
    assert figures(order) == ("59.70", "0.00", "0.00", "refunded")


def test_what_is_due_is_cancelled_before_money_goes_back(
    ana: User, till_one: Register, shirt: Product, cash: Any, on_account: Any, rosa: Customer
) -> None:
    order = sell(
        ana,
        till_one,
        item(shirt, "2"),
        customer=rosa,
        total="37.81",
        pay=["cash 10.00", "on_account 27.81"],
    ).order
    first = refund(ana, till_one, order, "1 x 1", total="18.91")
    assert (first.payments, figures(order)) == ((), ("18.91", "10.00", "8.90", "partial"))
    second = refund(ana, till_one, order, "1 x 1", total="18.90")
    assert money_back(second) == {"cash": "10.00"}
    assert figures(order) == ("37.81", "0.00", "0.00", "refunded")


def test_store_credit_is_the_customers(
    ana: User, till_one: Register, two_shirts: Order, rosa: Customer
) -> None:
    with refused(Invalid, "customer_needed"):
        refund(ana, till_one, two_shirts, "1 x 1", total="17.91", back="store_credit")
    done = refund(
        ana, till_one, two_shirts, "1 x 1", total="17.91", back="store_credit", customer=rosa
    )
    assert [(each.method.kind, each.amount) for each in done.payments] == [
        ("store_credit", Decimal("-17.91"))
    ]
    balance = Balance.objects.get(customer=rosa)
    entry = balance.entries.get()
    assert (balance.amount, entry.kind, entry.refund) == (Decimal("17.91"), "refunded", done.refund)
    assert done.refund.customer == rosa


def test_the_drawer_gives_no_more_than_is_in_it(
    ana: User, till_one: Register, shirt: Product, card: Any, cash: Any, no_limits: None
) -> None:
    order = sell(ana, till_one, item(shirt, "6"), total="119.40", pay="card 119.40").order
    with refused(Conflict, "not_enough_cash"):
        refund(ana, till_one, order, "1 x 6", total="119.40", back="cash")
    assert money_back(refund(ana, till_one, order, "1 x 6", total="119.40")) == {"card": "119.40"}


def test_coins_round_the_parts_and_the_last_one_takes_the_remainder(
    ana: User, till_one: Register, scarf: Product, cash: PaymentMethod, no_limits: None
) -> None:
    PaymentMethod.objects.update(cash_rounding=Decimal("0.05"))
    order = sell(
        ana, till_one, item(scarf, "3", amount("27.48")), total="10.00", pay="cash 10.00"
    ).order
    assert (order.gross_amount, order.rounding_amount) == (Decimal("10.02"), Decimal("-0.02"))
    totals = ("3.35", "3.35", "3.30")
    parts = [refund(ana, till_one, order, "1 x 1", total=total).refund for total in totals]
    assert [each.rounding_amount for each in parts] == [
        Decimal("0.01"),
        Decimal("0.01"),
        Decimal("-0.04"),
    ]
    assert figures(order) == ("10.00", "0.00", "0.00", "refunded")


# --- Who, and once ---------------------------------------------------------------------------


def test_over_the_limit_needs_a_yes(
    ana: User, till_one: Register, shirt: Product, cash: PaymentMethod
) -> None:
    order = sell(ana, till_one, item(shirt, "3"), total="59.70", pay="cash 60.00").order
    with refused(ApprovalNeeded, "approval_needed") as caught:
        refund(ana, till_one, order, "1 x 3", total="59.70")
    assert caught.value.status == 409
    need = caught.value.data["needs"][0]
    assert (need["kind"], need["amount"], need["summary"]) == (
        "refund",
        "59.70",
        "Refund €59.70 of MAIN-R1-000001",
    )
    refund(ana, till_one, order, "1 x 2", total="39.80")


def test_a_yes_covers_exactly_these_lines_once(
    ana: User, max_: User, till_one: Register, shirt: Product, cash: PaymentMethod
) -> None:
    from pos.services.approvals import ask, decide
    from pos.services.refund_quotes import quote

    from .returns import goods

    order = sell(ana, till_one, item(shirt, "8"), total="159.20", pay="cash 160.00").order
    asked = quote(user=ana, register=till_one, goods=goods(till_one, order, "1 x 3"))
    need = asked.needs[0]
    given = ask(
        user=ana, kind=need.kind, store=till_one.store, fingerprint=need.fingerprint,
        amount=need.amount, summary=need.summary,
    )  # fmt: skip
    decide(user=max_, approval=given, approve=True)
    with refused(ApprovalNeeded, "approval_needed"):
        refund(ana, till_one, order, "1 x 4", total="79.60", approvals=(given.pk,))
    done = refund(ana, till_one, order, "1 x 3", total="59.70", approvals=(given.pk,)).refund
    given.refresh_from_db()
    assert (given.status, given.order) == ("used", order)
    assert AuditEntry.objects.get(kind="refund").object_text == done.number
    with refused(ApprovalNeeded, "approval_needed"):
        refund(ana, till_one, order, "1 x 3", total="59.70", approvals=(given.pk,))


def test_without_the_right_every_refund_needs_a_yes(
    ana: User, till_one: Register, two_shirts: Order
) -> None:
    ana.groups.get().permissions.remove(ana.groups.get().permissions.get(codename="refund_order"))
    seller = User.objects.get(pk=ana.pk)
    with refused(ApprovalNeeded, "approval_needed") as caught:
        refund(seller, till_one, two_shirts, "1 x 1", total="17.91")
    assert caught.value.status == 403


def test_a_colleagues_sale_is_refunded_another_stores_is_not(
    max_: User, eve: User, other_till: Register, till_two: Register, two_shirts: Order
) -> None:
    open_session(user=eve, register=other_till, opening_float=Decimal("50.00"))
    with refused(NotFound, "no_order"):
        refund(eve, other_till, two_shirts, "1 x 1", total="17.91")
    open_session(user=max_, register=till_two, opening_float=Decimal("50.00"))
    assert refund(max_, till_two, two_shirts, "1 x 1", total="17.91").refund.seller == max_


def test_a_closed_register_pays_nothing_back(
    ana: User, till_one: Register, two_shirts: Order
) -> None:
    close_session(user=ana, session=CashSession.objects.get(), counted_cash=Decimal("135.82"))
    with refused(Conflict, "session_closed"):
        refund(ana, till_one, two_shirts, "1 x 1", total="17.91")


def test_the_same_key_gives_the_first_answer_again(
    ana: User, max_: User, till_one: Register, two_shirts: Order
) -> None:
    key = uuid4()
    first = refund(ana, till_one, two_shirts, "1 x 1", total="17.91", key=key)
    with nothing_changes():
        again = refund(ana, till_one, two_shirts, "1 x 1", total="17.91", key=key)
    assert (again.is_replay, again.refund, money_back(again)) == (
        True,
        first.refund,
        money_back(first),
    )
    with refused(KeyReused, "key_reused"):
        refund(ana, till_one, two_shirts, "1 x 1", total="17.91", key=key, reason="Other")
    with refused(KeyReused, "key_reused"):
        refund(max_, till_one, two_shirts, "1 x 1", total="17.91", key=key)


# --- Without a receipt -----------------------------------------------------------------------


def loose(register: Register, *lines: LooseLine, total: str, **asked: Any) -> LooseRequest:
    asked = {"back": "cash", "customer_id": None, "reason": "No receipt"} | asked
    return LooseRequest(uuid4(), "x", register.pk, lines, expected_total=Decimal(total), **asked)


def test_without_a_receipt_by_right_only_at_todays_price(
    ana: User, max_: User, till_one: Register, scarf: Product, cash: Any, main: Store
) -> None:
    line = LooseLine(scarf.pk, Decimal(2))
    with refused(Forbidden, "no_right"):
        refund_loose(user=ana, request=loose(till_one, line, total="25.00"))
    done = refund_loose(user=max_, request=loose(till_one, line, total="25.00"))
    row = done.refund
    assert (row.order, row.total_amount, row.tax_amount) == (
        None,
        Decimal("25.00"),
        Decimal("4.17"),
    )
    assert [(each.order, each.amount) for each in done.payments] == [(None, Decimal("-25.00"))]
    assert on_hand(scarf, main) == 5


def test_without_a_receipt_there_is_no_original_way_of_paying(
    max_: User, till_one: Register, scarf: Product, cash: Any
) -> None:
    line = LooseLine(scarf.pk, Decimal(1))
    with refused(Invalid, "unknown_choice"):
        refund_loose(user=max_, request=loose(till_one, line, total="12.50", back="original"))


def test_the_audit_trail_tells_sale_amount_and_reason(
    ana: User, till_one: Register, two_shirts: Order
) -> None:
    refund(ana, till_one, two_shirts, "1 x 1", total="17.91")
    entry = AuditEntry.objects.get(kind="refund")
    assert (entry.actor, entry.amount, entry.reason, entry.register, entry.changes) == (
        ana,
        Decimal("17.91"),
        "Too small",
        till_one,
        [["sale", "", "MAIN-R1-000001"]],
    )
    assert Refund.objects.count() == 1
