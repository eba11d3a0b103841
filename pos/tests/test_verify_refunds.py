"""The audit of refunds finds what was changed behind the shop's back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pos.models import (
    CashSession,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    RefundLine,
    Register,
    StockLevel,
    StockMovement,
    User,
)
from pos.services.verification import run, verify

from .returns import refund
from .tills import item, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(
    ana: User, session: CashSession, till_one: Register, shirt: Product, cash: Any
) -> dict[str, Refund]:
    """Two shirts sold for 39.80; both came back, the second was thrown away."""
    order = sell(ana, till_one, item(shirt, "2"), total="39.80", pay="cash 40.00").order
    return {
        "first": refund(ana, till_one, order, "1 x 1", total="19.90").refund,
        "second": refund(ana, till_one, order, "1 x 1 waste", total="19.90").refund,
    }


def break_sum(shop: dict[str, Refund]) -> None:
    Refund.objects.filter(pk=shop["first"].pk).update(
        net_amount=Decimal("17.58"), tax_amount=Decimal("2.32")
    )


def break_rates(shop: dict[str, Refund]) -> None:
    RefundLine.objects.filter(refund=shop["first"]).update(taxes=[["VAT 20 %", "20", "3.00"]])


def break_quantity(shop: dict[str, Refund]) -> None:
    OrderLine.objects.update(refunded_quantity=Decimal(1))


def move_tax(shop: dict[str, Refund]) -> None:
    lines = RefundLine.objects.filter(refund=shop["first"])
    lines.update(
        net_amount=Decimal("16.59"),
        tax_amount=Decimal("3.31"),
        taxes=[["VAT 20 %", "20", "3.31"]],
    )


def break_refunded(shop: dict[str, Refund]) -> None:
    Order.objects.update(refunded_amount=Decimal("30.00"))


def lose_money(shop: dict[str, Refund]) -> None:
    Payment.objects.filter(refund=shop["second"]).update(
        amount=Decimal("-9.90"), tendered_amount=Decimal("-9.90")
    )


def keep_the_waste(shop: dict[str, Refund]) -> None:
    StockMovement.objects.filter(refund=shop["second"], kind="waste").delete()
    StockLevel.objects.update(on_hand=Decimal(12))


def put_back_nothing(shop: dict[str, Refund]) -> None:
    RefundLine.objects.filter(refund=shop["first"]).delete()


def leave_a_gap(shop: dict[str, Refund]) -> None:
    Refund.objects.filter(pk=shop["second"].pk).update(sequence=3)
    Register.objects.update(last_refund_number=3)


def refund_before_opening(shop: dict[str, Refund]) -> None:
    early = CashSession.objects.get().opened_at - timedelta(seconds=1)
    Refund.objects.filter(pk=shop["first"].pk).update(refunded_at=early)


REFUND_BREAKAGES = [
    (break_sum, "refund_sums", "Refund MAIN-R1-R000001, net, tax and gross: found 17.58 + 2.32 + 19.90, expected 16.58 + 3.32 + 19.90"),
    (break_rates, "refund_line_taxes", "Refund MAIN-R1-R000001, line 1 (Linen shirt), tax: found 3.32, expected 3.00"),
    (break_quantity, "refunded_quantities", "Order MAIN-R1-000001, line 1 (Linen shirt), came back: found 1, expected 2"),
    (move_tax, "refunded_lines", "Order MAIN-R1-000001, line 1 (Linen shirt), refunded in parts: found 39.80, VAT 20 % 6.62, expected 39.80, VAT 20 % 6.63"),
    (break_refunded, "refunded_amounts", "Order MAIN-R1-000001, refunded: found 30.00, expected 39.80"),
    (lose_money, "refund_money", "Refund MAIN-R1-R000002, money back: found 9.90, expected 19.90"),
    (keep_the_waste, "refund_movements", "Refund MAIN-R1-R000002, stock of Linen shirt: found 1 − 0, expected 1 − 1"),
    (put_back_nothing, "refund_movements", "Refund MAIN-R1-R000001, stock of Linen shirt M: found 1, expected 0"),
    (leave_a_gap, "refund_numbers", "Refund numbers of Register 1"),
    (refund_before_opening, "refund_sessions", "Refund MAIN-R1-R000001: found Session #"),
]  # fmt: skip


def test_sound_refunds_have_no_problems(shop: dict[str, Refund]) -> None:
    assert verify() == []


@pytest.mark.parametrize(
    ("breakage", "check", "words"),
    REFUND_BREAKAGES,
    ids=[row[0].__name__ for row in REFUND_BREAKAGES],
)
def test_what_was_broken_is_named(
    shop: dict[str, Refund], breakage: Callable[[dict[str, Refund]], None], check: str, words: str
) -> None:
    breakage(shop)
    (result,) = run(only=check)
    assert any(words in str(problem) for problem in result.problems), result.problems
