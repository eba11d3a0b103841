"""Store credit and gift cards: loaded, spent, blocked, never below zero."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pos.models import (
    AuditEntry,
    Balance,
    BalanceEntry,
    CashSession,
    Customer,
    Order,
    PaymentMethod,
    Product,
    Register,
    User,
)
from pos.services.balance_changes import adjust_balance, block_balance, set_expiry
from pos.services.balances import store_credit_of
from pos.services.card_numbers import new_card_number, read_card_number
from pos.services.errors import Conflict, Forbidden, Invalid, KeyReused
from pos.services.payments import looks_like_card_number
from pos.tests import factories
from pos.tests.accounts import load
from pos.tests.books import nothing_changes, refused
from pos.tests.tills import item, sell

pytestmark = pytest.mark.usefixtures("verified", "no_limits", "session", "cash")


@pytest.fixture
def lena(db: None) -> Customer:
    return factories.make_customer("Lena Holm")


@pytest.fixture
def voucher(ana: User, till_one: Register, session: CashSession, cash: PaymentMethod) -> Balance:
    """A gift card with 50.00 on it."""
    balance = load(ana, till_one, "cash 50.00").balance
    assert balance is not None
    return balance


# --- Numbers ---------------------------------------------------------------------------------


def test_card_numbers_are_read_with_groups_and_never_look_like_bank_cards() -> None:
    for _each in range(500):
        number = new_card_number()
        assert read_card_number(number) == number
        grouped = f" {number[:4]} {number[4:8]}-{number[8:12]} {number[12:]} "
        assert read_card_number(grouped) == number
        assert not looks_like_card_number(number)
        assert not looks_like_card_number(grouped)


@given(digits=st.text("0123456789", min_size=16, max_size=16))
def test_no_number_is_both_a_gift_card_and_a_bank_card(digits: str) -> None:
    if looks_like_card_number(digits):
        with pytest.raises(Invalid) as caught:
            read_card_number(digits)
        assert caught.value.code == "bad_card"


def test_wrong_digit_and_swapped_digits_are_found() -> None:
    number = "1234567890123456"
    good = next(number[:15] + last for last in "0123456789" if _is_card(number[:15] + last))
    for place in range(16):
        wrong = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
        assert not _is_card(wrong)
    assert not _is_card(good[1] + good[0] + good[2:])
    for text in ("", "12", good + "1", f"{good[:15]}x", "١" * 16, good + "\n1"):
        assert not _is_card(text)


def _is_card(text: str) -> bool:
    try:
        read_card_number(text)
    except Invalid:
        return False
    return True


# --- Loaded ----------------------------------------------------------------------------------


def test_gift_card_is_sold_and_loaded_again(
    ana: User, till_one: Register, voucher: Balance
) -> None:
    received = load(ana, till_one, "cash 20.00", code=voucher.code)
    voucher.refresh_from_db()
    assert (received.kind, received.balance, received.amount, received.credited_amount) == (
        "gift_card", voucher, Decimal("20.00"), Decimal("20.00"),
    )  # fmt: skip
    assert voucher.amount == Decimal("70.00")
    assert [entry.kind for entry in voucher.entries.all()] == ["loaded", "loaded"]
    entry = AuditEntry.objects.filter(kind=AuditEntry.Kind.BALANCE).latest("id")
    assert entry.amount == Decimal("20.00")
    assert voucher.code not in str(entry.changes)


def test_load_is_saved_once(ana: User, till_one: Register, voucher: Balance) -> None:
    from uuid import uuid4

    key = uuid4()
    first = load(ana, till_one, "cash 5.00", key=key)
    with nothing_changes():
        assert load(ana, till_one, "cash 5.00", key=key) == first
    with refused(KeyReused, "key_reused"):
        load(ana, till_one, "cash 5.00", key=key, request_hash="other")


def test_loads_that_make_no_sense_are_refused(
    ana: User, sam: User, till_one: Register, voucher: Balance, gift_card: PaymentMethod
) -> None:
    with refused(Forbidden, "no_right"):
        load(sam, till_one, "cash 5.00")
    with refused(Invalid, "unknown_kind"):
        load(ana, till_one, "cash 5.00", kind="points")
    with refused(Conflict, "customer_needed"):
        load(ana, till_one, "cash 5.00", kind="store_credit")
    with refused(Invalid, "bad_card"):
        load(ana, till_one, "cash 5.00", code="4111111111111111")
    with refused(Invalid, "no_money"):
        load(ana, till_one, f"gift_card 5.00 {voucher.code}")


# --- Spent -----------------------------------------------------------------------------------


def test_gift_card_pays_a_sale_and_only_its_last_digits_stay(
    ana: User, till_one: Register, shirt: Product, voucher: Balance, gift_card: PaymentMethod
) -> None:
    order = sell(
        ana, till_one, item(shirt), total="19.90", pay=f"gift_card 19.90 {voucher.code}"
    ).order
    voucher.refresh_from_db()
    assert voucher.amount == Decimal("30.10")
    assert order.payment_status == "paid"
    assert order.payments.get().reference == f"…{voucher.code[-4:]}"
    entry = voucher.entries.get(kind="spent")
    assert (entry.amount, entry.order) == (Decimal("-19.90"), order)


def test_gift_card_and_cash_pay_together(
    ana: User, till_one: Register, shirt: Product, voucher: Balance, gift_card: PaymentMethod
) -> None:
    done = sell(
        ana, till_one, item(shirt, "3"), total="59.70",
        pay=[f"gift_card 50.00 {voucher.code}", "cash 10.00"],
    )  # fmt: skip
    voucher.refresh_from_db()
    assert (voucher.amount, done.change) == (0, Decimal("0.30"))


def test_more_than_is_on_it_is_refused(
    ana: User, till_one: Register, shirt: Product, voucher: Balance, gift_card: PaymentMethod
) -> None:
    with refused(Conflict, "balance_short"):
        sell(ana, till_one, item(shirt, "3"), total="59.70", pay=f"gift_card 59.70 {voucher.code}")
    twice = [f"gift_card 30.00 {voucher.code}", f"gift_card 29.70 {voucher.code}"]
    with refused(Conflict, "balance_short"):
        sell(ana, till_one, item(shirt, "3"), total="59.70", pay=twice)
    with refused(Conflict, "overpaid"):
        sell(ana, till_one, item(shirt), total="19.90", pay=f"gift_card 30.00 {voucher.code}")


def test_unknown_and_mistyped_cards_pay_nothing(
    ana: User, till_one: Register, shirt: Product, gift_card: PaymentMethod
) -> None:
    with refused(Conflict, "no_balance"):
        sell(ana, till_one, item(shirt), total="19.90", pay=f"gift_card 19.90 {new_card_number()}")
    with refused(Invalid, "bad_card"):
        sell(ana, till_one, item(shirt), total="19.90", pay="gift_card 19.90 1234")
    with refused(Invalid, "bad_card"):
        sell(ana, till_one, item(shirt), total="19.90", pay="gift_card 19.90")


def test_store_credit_is_the_customers_own(
    ana: User, till_one: Register, shirt: Product, lena: Customer, store_credit: PaymentMethod
) -> None:
    load(ana, till_one, "cash 19.90", lena, kind="store_credit")
    with refused(Conflict, "customer_needed"):
        sell(ana, till_one, item(shirt), total="19.90", pay="store_credit 19.90")
    sell(ana, till_one, item(shirt), total="19.90", pay="store_credit 19.90", customer=lena)
    assert Balance.objects.get(customer=lena).amount == 0
    other = factories.make_customer("Omar Ek")
    with refused(Conflict, "no_balance"):
        sell(ana, till_one, item(shirt), total="19.90", pay="store_credit 19.90", customer=other)
    assert Order.objects.count() == 1


# --- Blocked, expired, corrected -------------------------------------------------------------


def test_blocked_card_pays_nothing_until_it_is_unblocked(
    ana: User, max_: User, till_one: Register, shirt: Product, voucher: Balance,
    gift_card: PaymentMethod,
) -> None:  # fmt: skip
    pay = f"gift_card 19.90 {voucher.code}"
    block_balance(user=max_, balance=voucher, is_active=False, reason="Lost")
    with refused(Conflict, "balance_blocked"):
        sell(ana, till_one, item(shirt), total="19.90", pay=pay)
    with refused(Conflict, "balance_blocked"):
        load(ana, till_one, "cash 5.00", code=voucher.code)
    with refused(Conflict, "already_so"):
        block_balance(user=max_, balance=voucher, is_active=False, reason="Lost")
    block_balance(user=max_, balance=voucher, is_active=True, reason="Found again")
    sell(ana, till_one, item(shirt), total="19.90", pay=pay)
    reasons = AuditEntry.objects.filter(kind="balance").values_list("reason", flat=True)
    assert {"Lost", "Found again"} <= set(reasons)


def test_expired_card_pays_nothing(
    ana: User, max_: User, till_one: Register, shirt: Product, voucher: Balance,
    gift_card: PaymentMethod,
) -> None:  # fmt: skip
    today = till_one.store.business_day(timezone.now())
    pay = f"gift_card 19.90 {voucher.code}"
    set_expiry(user=max_, balance=voucher, expires_on=today - timedelta(days=1), reason="Old")
    with refused(Conflict, "balance_expired"):
        sell(ana, till_one, item(shirt), total="19.90", pay=pay)
    with refused(Conflict, "balance_expired"):
        load(ana, till_one, "cash 5.00", code=voucher.code)
    set_expiry(user=max_, balance=voucher, expires_on=today, reason="One day more")
    sell(ana, till_one, item(shirt), total="19.90", pay=pay)


def test_correction_says_why_and_never_takes_more_than_is_there(
    max_: User, ana: User, voucher: Balance
) -> None:
    adjust_balance(user=max_, balance=voucher, amount=Decimal("-20.00"), reason="Loaded twice")
    voucher.refresh_from_db()
    assert voucher.amount == Decimal("30.00")
    entry = BalanceEntry.objects.get(kind="adjusted")
    assert (entry.amount, entry.reason) == (Decimal("-20.00"), "Loaded twice")
    with refused(Conflict, "balance_short"):
        adjust_balance(user=max_, balance=voucher, amount=Decimal("-30.01"), reason="Typo")
    with refused(Invalid, "no_reason"):
        adjust_balance(user=max_, balance=voucher, amount=Decimal("1"), reason=" ")
    with refused(Invalid, "too_small"):
        adjust_balance(user=max_, balance=voucher, amount=Decimal("0"), reason="Nothing")
    with refused(Forbidden, "no_right"):
        adjust_balance(user=ana, balance=voucher, amount=Decimal("1"), reason="For me")
    with refused(Forbidden, "no_right"):
        block_balance(user=ana, balance=voucher, is_active=False, reason="Mine")


def test_blocked_card_can_be_corrected(max_: User, voucher: Balance) -> None:
    block_balance(user=max_, balance=voucher, is_active=False, reason="Stolen")
    adjust_balance(user=max_, balance=voucher, amount=Decimal("-50.00"), reason="New card given")
    voucher.refresh_from_db()
    assert voucher.amount == 0


def test_store_credit_is_one_per_customer(root: User, till_one: Register, lena: Customer) -> None:
    at = timezone.now()
    first = store_credit_of(user=root, customer=lena, store=till_one.store, at=at)
    assert store_credit_of(user=root, customer=lena, store=till_one.store, at=at) == first
