"""A customer pays what they owe: the oldest first, to the cent, once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.models import (
    AccountPayment,
    AuditEntry,
    Balance,
    BalanceEntry,
    CashSession,
    Customer,
    Order,
    Payment,
    PaymentMethod,
    Product,
    Register,
    Store,
    User,
)
from pos.services.allocation import allocate_to_dues
from pos.services.cash import expected_cash, open_session
from pos.services.errors import Conflict, Forbidden, Invalid, KeyReused, NotFound
from pos.services.orders import complete_order
from pos.tests import factories
from pos.tests.accounts import load, owe, pay_dues
from pos.tests.books import nothing_changes, refused
from pos.tests.tills import attempt, item

pytestmark = pytest.mark.usefixtures("verified", "no_limits")

MONEY = st.decimals(min_value=0, max_value=10_000, places=2)


@pytest.fixture
def lena(db: None) -> Customer:
    """Without a level: full prices."""
    return factories.make_customer("Lena Holm")


@pytest.fixture
def debts(
    ana: User,
    session: CashSession,
    till_one: Register,
    shirt: Product,
    scarf: Product,
    lena: Customer,
    on_account: PaymentMethod,
) -> list[Order]:
    """Lena owes 19.90, 12.50 and 19.90, in this order."""
    return [
        owe(ana, till_one, product, lena, total)
        for product, total in ((shirt, "19.90"), (scarf, "12.50"), (shirt, "19.90"))
    ]


def states(orders: list[Order]) -> list[tuple[Decimal, str]]:
    found = Order.objects.in_bulk([order.pk for order in orders])
    return [(found[each.pk].paid_amount, found[each.pk].payment_status) for each in orders]


# --- Shared out ------------------------------------------------------------------------------


@given(amount=MONEY, owed=st.lists(MONEY, max_size=8))
def test_every_cent_goes_somewhere_and_no_due_gets_too_much(
    amount: Decimal, owed: list[Decimal]
) -> None:
    parts, left = allocate_to_dues(amount, owed)
    assert sum(parts) + left == amount
    assert left >= 0
    assert all(0 <= part <= due for part, due in zip(parts, owed, strict=True))
    first_open = next((n for n, due in enumerate(owed) if parts[n] < due), len(owed))
    assert not any(parts[first_open + 1 :])
    assert left == 0 or parts == owed


# --- Paid ------------------------------------------------------------------------------------


def test_one_amount_pays_the_oldest_orders_first(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    receipt = pay_dues(ana, till_one, lena, "cash 30.00")
    assert states(debts) == [
        (Decimal("19.90"), "paid"), (Decimal("10.10"), "partial"), (Decimal("0"), "unpaid"),
    ]  # fmt: skip
    received = receipt.payment
    assert (received.number, received.amount, received.credited_amount) == (
        "MAIN-R1-A000001", Decimal("30.00"), Decimal("0"),
    )  # fmt: skip
    parts = received.payments.order_by("id").values_list("order_id", "amount", "change_amount")
    assert list(parts) == [
        (debts[0].pk, Decimal("19.90"), Decimal(0)), (debts[1].pk, Decimal("10.10"), Decimal(0)),
    ]  # fmt: skip
    assert expected_cash(received.session) == Decimal("130.00")
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.ACCOUNT_PAYMENT)
    assert entry.amount == Decimal("30.00")
    assert [change[0] for change in entry.changes] == [debts[0].number, debts[1].number]


def test_chosen_orders_are_paid_and_older_ones_stay(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], card: PaymentMethod
) -> None:
    pay_dues(ana, till_one, lena, "card 19.90", orders=[debts[2]])
    assert [status for _paid, status in states(debts)] == ["unpaid", "unpaid", "paid"]


def test_too_much_cash_gives_change(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    receipt = pay_dues(ana, till_one, lena, "cash 60.00")
    assert receipt.payment.amount == Decimal("52.30")
    assert receipt.change == Decimal("7.70")
    assert expected_cash(receipt.payment.session) == Decimal("152.30")
    assert not Balance.objects.exists()


def test_dues_are_paid_to_the_cent_where_coins_are_coarse(
    ana: User, till_one: Register, lena: Customer, debts: list[Order]
) -> None:
    factories.make_payment_method("cash", cash_rounding=Decimal("0.25"))
    receipt = pay_dues(ana, till_one, lena, "cash 20.00", orders=[debts[0]])
    assert (receipt.payment.amount, receipt.change) == (Decimal("19.90"), Decimal("0.10"))


def test_too_much_becomes_store_credit_where_that_is_chosen(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], card: PaymentMethod
) -> None:
    receipt = pay_dues(ana, till_one, lena, "card 60.00", surplus="store_credit")
    assert (receipt.payment.amount, receipt.payment.credited_amount) == (
        Decimal("60.00"), Decimal("7.70"),
    )  # fmt: skip
    balance = Balance.objects.get(customer=lena)
    assert (balance.kind, balance.amount) == ("store_credit", Decimal("7.70"))
    entry = BalanceEntry.objects.get()
    assert (entry.kind, entry.account_payment) == ("overpaid", receipt.payment)


def test_card_gives_no_change(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], card: PaymentMethod
) -> None:
    with refused(Conflict, "overpaid"):
        pay_dues(ana, till_one, lena, "card 60.00")


def test_same_request_again_pays_nothing_more(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    key = uuid4()
    first = pay_dues(ana, till_one, lena, "cash 60.00", key=key)
    with nothing_changes():
        again = pay_dues(ana, till_one, lena, "cash 60.00", key=key)
    assert (again.payment, again.change, again.is_replay) == (first.payment, first.change, True)
    with refused(KeyReused, "key_reused"):
        pay_dues(ana, till_one, lena, "cash 10.00", key=key)


def test_order_of_the_colleague_is_paid_where_one_works(
    max_: User, till_two: Register, lena: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    bea = factories.make_user("bea", "Seller", [debts[0].store])
    open_session(user=bea, register=till_two, opening_float=Decimal(0))
    assert pay_dues(bea, till_two, lena, "cash 19.90").payment.number == "MAIN-R2-A000001"
    assert states(debts)[0] == (Decimal("19.90"), "paid")


def test_order_of_another_store_is_paid_by_who_works_in_both(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], other: Store,
    other_till: Register, cash: PaymentMethod,
) -> None:  # fmt: skip
    both = factories.make_user("both", "Seller", [other, debts[0].store])
    open_session(user=both, register=other_till, opening_float=Decimal(0))
    received = pay_dues(both, other_till, lena, "cash 19.90").payment
    payment = received.payments.get()
    assert (received.store, payment.store, payment.order) == (other, other, debts[0])


# --- Refused ---------------------------------------------------------------------------------


def test_dues_of_a_store_out_of_sight_are_nobodys_business(
    eve: User, other_till: Register, lena: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    open_session(user=eve, register=other_till, opening_float=Decimal(0))
    with refused(Conflict, "nothing_due"):
        pay_dues(eve, other_till, lena, "cash 19.90")
    with refused(Conflict, "dues_changed"):
        pay_dues(eve, other_till, lena, "cash 19.90", orders=[debts[0]])


def test_order_of_another_customer_is_not_paid_along(
    ana: User, till_one: Register, rosa: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    with refused(Conflict, "dues_changed"):
        pay_dues(ana, till_one, rosa, "cash 19.90", orders=[debts[0]])


def test_paid_order_is_not_paid_again(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    pay_dues(ana, till_one, lena, "cash 19.90", orders=debts[:1])
    with refused(Conflict, "dues_changed"):
        pay_dues(ana, till_one, lena, "cash 19.90", orders=debts[:1])
    pay_dues(ana, till_one, lena, "cash 32.40")
    with refused(Conflict, "nothing_due"):
        pay_dues(ana, till_one, lena, "cash 1.00")


@pytest.mark.parametrize(
    ("pay", "error", "code"),
    [
        ("on_account 5.00", Invalid, "no_money"),
        ("cash 0.00", Invalid, "too_small"),
        ("cheque 5.00", Invalid, "unknown_method"),
        ("card 5.00 4111111111111111", Invalid, "card_number"),
        ("transfer 5.00", Invalid, "reference_needed"),
        ("cash 99999999999.00", Invalid, "too_large"),
        ("store_credit 5.00", Conflict, "no_balance"),
    ],
)
@pytest.mark.usefixtures("cash", "card", "transfer", "store_credit")
def test_what_is_no_payment_is_refused(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], pay: str, error: Any,
    code: str,
) -> None:  # fmt: skip
    with refused(error, code):
        pay_dues(ana, till_one, lena, pay)


def test_who_may_not_take_payments_is_refused(
    sam: User, ana: User, till_one: Register, lena: Customer, debts: list[Order],
    cash: PaymentMethod, till_two: Register,
) -> None:  # fmt: skip
    with refused(Forbidden, "no_right"):
        pay_dues(sam, till_one, lena, "cash 5.00")
    with refused(Conflict, "session_closed"):
        pay_dues(ana, till_two, lena, "cash 5.00")
    ghost = Customer(pk=999)
    with refused(NotFound, "no_customer"):
        pay_dues(ana, till_one, ghost, "cash 5.00")


def test_card_number_in_the_note_is_refused(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], cash: PaymentMethod
) -> None:
    with refused(Invalid, "card_number"):
        pay_dues(ana, till_one, lena, "cash 5.00", note="4111 1111 1111 1111")
    with refused(Invalid, "bad_surplus"):
        pay_dues(ana, till_one, lena, "cash 5.00", surplus="tip")


# --- With store credit -----------------------------------------------------------------------


def test_store_credit_pays_what_is_owed(
    ana: User, till_one: Register, lena: Customer, debts: list[Order], cash: PaymentMethod,
    store_credit: PaymentMethod,
) -> None:  # fmt: skip
    load(ana, till_one, "cash 25.00", lena, kind="store_credit")
    pay_dues(ana, till_one, lena, "store_credit 25.00")
    assert states(debts)[:2] == [(Decimal("19.90"), "paid"), (Decimal("5.10"), "partial")]
    assert Balance.objects.get().amount == 0
    with refused(Conflict, "balance_short"):
        pay_dues(ana, till_one, lena, "store_credit 0.01")
    assert AccountPayment.objects.count() == 2
    assert Payment.objects.filter(method=store_credit).count() == 2


def test_replayed_sale_answers_as_before_after_its_dues_are_paid(
    ana: User, session: CashSession, till_one: Register, shirt: Product, lena: Customer,
    cash: PaymentMethod, on_account: PaymentMethod,
) -> None:  # fmt: skip
    checkout = attempt(till_one, item(shirt), total="19.90", customer=lena, pay="on_account 19.90")
    complete_order(user=ana, checkout=checkout)
    pay_dues(ana, till_one, lena, "cash 20.00")
    replay = complete_order(user=ana, checkout=checkout)
    assert (replay.paid, replay.due, replay.payment_status) == (0, Decimal("19.90"), "unpaid")
