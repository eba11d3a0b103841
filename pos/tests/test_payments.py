"""What each tender pays, the change, what stays due."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pos.models import CashSession, Customer, PaymentMethod, Product, Register, User
from pos.services.errors import Conflict, Invalid
from pos.services.payments import Settlement, looks_like_card_number, settle

from . import factories
from .books import refused
from .tills import item, sell, tender

pytestmark = pytest.mark.django_db
VISA = "4111 1111 1111 1111"


@pytest.fixture(autouse=True)
def methods(
    cash: PaymentMethod, card: PaymentMethod, transfer: PaymentMethod, wallet: PaymentMethod,
    on_account: PaymentMethod,
) -> None:  # fmt: skip
    """Every way of paying is in use; the transfer asks for a reference."""


@pytest.fixture
def coins(cash: PaymentMethod) -> PaymentMethod:
    """Cash where the smallest coin is five cents."""
    PaymentMethod.objects.filter(pk=cash.pk).update(cash_rounding=Decimal("0.05"))
    return cash


def pay(gross: str, *tenders: str, customer: Customer | None = None, shown: str = "") -> Settlement:
    return settle(
        gross=Decimal(gross),
        expected_total=Decimal(shown or gross),
        tenders=[tender(text) for text in tenders],
        customer=customer,
    )


def rows(settlement: Settlement) -> list[str]:
    """`method tendered amount change` of every payment row."""
    return [
        f"{each.method.code} {each.tendered:.2f} {each.amount:.2f} {each.change:.2f}"
        for each in settlement.payments
    ]


@pytest.mark.parametrize(
    ("gross", "tenders", "expected"),
    [
        ("12.50", ["cash 12.50"], ["cash 12.50 12.50 0.00"]),
        ("12.50", ["cash 20.00"], ["cash 20.00 12.50 7.50"]),
        ("12.50", ["card 12.50"], ["card 12.50 12.50 0.00"]),
        # Two heaps of notes are one heap, wherever they stand.
        ("12.50", ["cash 10.00", "cash 5.00"], ["cash 15.00 12.50 2.50"]),
        ("30.00", ["cash 10.00", "card 5.00", "cash 20.00"], ["card 5.00 5.00 0.00", "cash 30.00 25.00 5.00"]),
        # Two cards stay two payments.
        ("30.00", ["card 10.00", "card 20.00"], ["card 10.00 10.00 0.00", "card 20.00 20.00 0.00"]),
        # Change comes out of cash only, after everything else.
        ("30.00", ["cash 20.00", "card 12.50"], ["card 12.50 12.50 0.00", "cash 20.00 17.50 2.50"]),
        (
            "30.00",
            ["cash 20.00", "transfer 5.00 R1", "wallet 5.00", "card 9.99"],
            ["transfer 5.00 5.00 0.00", "wallet 5.00 5.00 0.00", "card 9.99 9.99 0.00", "cash 20.00 10.01 9.99"],
        ),
    ],
)  # fmt: skip
def test_tenders_pay_the_order_and_cash_gives_change(
    gross: str, tenders: list[str], expected: list[str]
) -> None:
    settlement = pay(gross, *tenders)
    assert rows(settlement) == expected
    assert (settlement.paid, settlement.due, settlement.status) == (Decimal(gross), 0, "paid")
    assert settlement.rounding == 0


def test_nothing_to_pay_needs_no_tender() -> None:
    settlement = pay("0.00")
    assert (rows(settlement), settlement.due, settlement.status) == ([], 0, "paid")


@pytest.mark.parametrize(
    ("gross", "tenders"),
    [
        ("12.50", ["card 12.51"]),
        ("12.50", ["wallet 20.00"]),
        ("12.50", ["card 12.50", "cash 0.01"]),
        ("12.50", ["cash 20.00", "card 12.50"]),
        ("12.50", ["card 12.50", "card 0.01"]),
        ("0.00", ["cash 5.00"]),
        ("0.00", ["card 0.01"]),
        ("12.50", ["on_account 12.51"]),
        ("12.50", ["on_account 12.50", "cash 1.00"]),
    ],
)
def test_only_cash_may_be_more_than_what_is_due(
    rosa: Customer, gross: str, tenders: list[str]
) -> None:
    with refused(Conflict, "overpaid"):
        pay(gross, *tenders, customer=rosa)


@pytest.mark.parametrize("tenders", [[], ["cash 12.49"], ["card 6.00", "cash 6.49"]])
def test_one_cent_short_is_refused_without_a_customer(tenders: list[str]) -> None:
    with refused(Conflict, "payment_short"):
        pay("12.50", *tenders)


# --- On account -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tenders", "expected", "due", "status"),
    [
        (["on_account 12.50"], [], "12.50", "unpaid"),
        ([], [], "12.50", "unpaid"),
        (["cash 5.00", "on_account 7.50"], ["cash 5.00 5.00 0.00"], "7.50", "partial"),
        (["card 5.00"], ["card 5.00 5.00 0.00"], "7.50", "partial"),
        (["on_account 7.50", "cash 10.00"], ["cash 10.00 5.00 5.00"], "7.50", "partial"),
    ],
)
def test_the_rest_stays_due_on_the_customers_account(
    rosa: Customer, tenders: list[str], expected: list[str], due: str, status: str
) -> None:
    settlement = pay("12.50", *tenders, customer=rosa)
    assert rows(settlement) == expected
    assert (settlement.due, settlement.status) == (Decimal(due), status)


def test_account_needs_a_customer() -> None:
    with refused(Conflict, "customer_needed"):
        pay("12.50", "on_account 12.50")


def test_account_and_payments_add_up(rosa: Customer) -> None:
    with refused(Conflict, "payment_short"):
        pay("12.50", "cash 5.00", "on_account 7.49", customer=rosa)


# --- Cash rounding ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gross", "tendered", "rounding", "change"),
    [
        ("10.52", "20.00", "-0.02", "9.50"),
        ("10.52", "10.50", "-0.02", "0.00"),
        ("10.53", "20.00", "0.02", "9.45"),
        ("10.53", "10.55", "0.02", "0.00"),
        ("10.50", "10.50", "0.00", "0.00"),
    ],
)
def test_all_cash_is_rounded_to_the_smallest_coin(
    coins: PaymentMethod, gross: str, tendered: str, rounding: str, change: str
) -> None:
    settlement = pay(gross, f"cash {tendered}")
    assert (settlement.rounding, settlement.change) == (Decimal(rounding), Decimal(change))
    assert (settlement.total, settlement.due) == (Decimal(gross) + Decimal(rounding), 0)


@pytest.mark.parametrize(
    "tenders", [["card 10.52"], ["card 0.52", "cash 10.00"], ["wallet 10.00", "cash 1.00"]]
)
def test_nothing_is_rounded_unless_all_is_cash(
    coins: PaymentMethod, tenders: list[str]
) -> None:  # fmt: skip
    settlement = pay("10.52", *tenders)
    assert (settlement.rounding, settlement.total, settlement.due) == (0, Decimal("10.52"), 0)


def test_nothing_is_rounded_while_something_stays_due(coins: PaymentMethod, rosa: Customer) -> None:
    settlement = pay("10.52", "cash 5.00", customer=rosa)
    assert (settlement.rounding, settlement.due) == (0, Decimal("5.52"))


def test_coins_cannot_pay_what_rounding_has_added(coins: PaymentMethod) -> None:
    with refused(Conflict, "payment_short"):
        pay("10.53", "cash 10.53")
    assert rows(pay("10.53", "cash 10.55")) == ["cash 10.55 10.55 0.00"]


def test_total_may_be_told_before_or_after_rounding(coins: PaymentMethod) -> None:
    for shown in ("10.52", "10.50"):
        assert pay("10.52", "cash 20.00", shown=shown).total == Decimal("10.50")
    for tenders in (["card 10.52"], ["cash 5.00"], []):
        with refused(Conflict, "total_changed" if tenders != ["cash 5.00"] else "payment_short"):
            pay("10.52", *tenders, shown="10.50")


def test_rounding_is_a_column_of_its_own(
    ana: User, session: CashSession, till_one: Register, coins: PaymentMethod, root: User, verified: None
) -> None:  # fmt: skip
    pen = factories.make_product("Pen", "1.02", stock={till_one.store: "5"}, by=root)
    order = sell(ana, till_one, item(pen), total="1.00", pay="cash 2.00").order
    assert (order.gross_amount, order.rounding_amount, order.total_amount, order.paid_amount) == (
        Decimal("1.02"), Decimal("-0.02"), Decimal("1.00"), Decimal("1.00"),
    )  # fmt: skip
    assert order.lines.get().gross_amount == Decimal("1.02")


# --- Senseless tenders ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cash 0", "too_small"),
        ("cash -5.00", "too_small"),
        ("cheque 12.50", "unknown_method"),
        ("transfer 12.50", "reference_needed"),
        (f"transfer 12.50 {VISA}", "card_number"),
        (f"card 12.50 visa {VISA}", "card_number"),
    ],
)
def test_senseless_tender_is_refused(text: str, code: str) -> None:
    with refused(Invalid, code):
        pay("12.50", text)


def test_plus_and_minus_do_not_cancel_out() -> None:
    with refused(Invalid, "too_small"):
        pay("10.00", "cash 100.00", "cash -90.00")


def test_method_that_was_switched_off_is_refused(card: PaymentMethod) -> None:
    PaymentMethod.objects.filter(pk=card.pk).update(is_active=False)
    with refused(Invalid, "unknown_method"):
        pay("12.50", "card 12.50")


@pytest.mark.parametrize(
    "text",
    [VISA, VISA.replace(" ", ""), VISA.replace(" ", "-"), VISA.replace(" ", "."), f"Visa {VISA} ok",
     "378282246310005", "６０１１１１１１１１１１１１１７", "4222222222222"],
)  # fmt: skip
def test_card_number_is_recognised(text: str) -> None:
    assert looks_like_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "REF-1",
        "4111 1111 1111 1112",
        "12345678",
        "2026-01-31 10:15",
        "0" * 20 + "1",
        "TX 411111111111",
    ],
)
def test_other_references_are_let_through(text: str) -> None:
    assert not looks_like_card_number(text)


def test_sale_splits_over_methods_with_their_references(
    ana: User, session: CashSession, till_one: Register, shirt: Product, scarf: Product,
    rosa: Customer, verified: None,
) -> None:  # fmt: skip
    done = sell(
        ana, till_one, item(shirt), item(scarf),
        total="30.77", customer=rosa,
        pay=["cash 5.00", "transfer 10.00 SLIP 77", "on_account 9.77", "wallet 6.00"],
    )  # fmt: skip
    got: list[Any] = list(
        done.order.payments.order_by("id").values_list("method__code", "amount", "reference")
    )
    assert got == [
        ("transfer", 10, "SLIP 77"),
        ("wallet", 6, ""),
        ("cash", 5, ""),
    ]
    assert (done.payment_status, done.paid, done.due) == ("partial", 21, Decimal("9.77"))
    assert done.order.paid_amount == 21
