"""Whatever is sold, paid, refunded and voided in whatever order: money, goods and debts add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pos.models import (
    Balance,
    CashSession,
    Customer,
    Order,
    OrderLine,
    Payment,
    PaymentMethod,
    Product,
    Refund,
    RefundLine,
    StockLevel,
    User,
)
from pos.money import ZERO
from pos.services.cash import close_session, expected_cash, move_cash
from pos.services.customer_accounts import DuesPayment, Load, load_balance, receive_payment
from pos.services.errors import PosError
from pos.services.exchanges import ExchangeRequest, exchange
from pos.services.payments import Tender
from pos.services.refund_quotes import Return, ReturnedLine, quote
from pos.services.refunds import RefundRequest, refund_order
from pos.services.verification import verify
from pos.services.voids import VoidRequest, void_sale

from .tills import attempt, item, percent, sell

pytestmark = pytest.mark.django_db
FLOAT = Decimal("100.00")
STOCK = {"SHIRT-M": Decimal(12), "SCARF": Decimal(3), "TOMATO": Decimal(25)}
QUANTITIES = {"SHIRT-M": ("1", "2", "3"), "SCARF": ("1", "2", "1"), "TOMATO": ("0.684", "1", "2.5")}
WAYS = ("cash", "card", "account", "part", "credit")
BACK = ("original", "cash", "store_credit")
NUMBERS = st.integers(0, 5)
STEPS = st.tuples(
    st.sampled_from(
        ["sell", "sell", "sell", "refund", "refund", "void", "dues", "load", "move", "exchange"]
    ),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
)


@dataclass
class Till:
    """Ana at her register with Rosa, who may owe and has credit; `done` counts what went through."""

    user: User
    session: CashSession
    products: list[Product]
    customer: Customer
    done: dict[str, int] = field(default_factory=dict)

    def play(self, what: str, *numbers: int) -> None:
        """One step; what the shop refuses is no step."""
        try:
            with transaction.atomic():
                getattr(self, what)(*numbers)
        except PosError:
            return
        self.done[what] = self.done.get(what, 0) + 1

    # --- Steps ----------------------------------------------------------------------------

    def sell(self, product: int, quantity: int, way: int, discount: int) -> None:
        goods = self._goods(product, quantity, discount)
        total = self._total(goods)
        pay = self._pay(WAYS[way % len(WAYS)], total)
        sell(
            self.user, self.session.register, goods,
            total=str(total), pay=pay, customer=self.customer,
        )  # fmt: skip

    def refund(self, order: int, line: int, quantity: int, back: int) -> None:
        goods = self._returned(order, line, quantity, BACK[back % len(BACK)])
        refund_order(user=self.user, request=self._request(goods))

    def exchange(self, order: int, line: int, product: int, back: int) -> None:
        goods = self._returned(order, line, 0, BACK[back % 2])
        wanted = self._goods(product, back, 0)
        total = self._total(wanted)
        credit = quote(user=self.user, register=self.session.register, goods=goods).worth.money
        rest = max(total - credit, ZERO)
        request = self._request(goods)
        sale = attempt(
            self.session.register, wanted,
            total=str(total), pay=[f"card {rest}"] if rest else [], key=request.key,
            customer=self.customer,
        )  # fmt: skip
        exchange(user=self.user, request=ExchangeRequest(request, sale))

    def void(self, order: int, *_rest: int) -> None:
        sale = self._order(order)
        void_sale(user=self.user, request=VoidRequest(uuid4(), "", sale.pk, "Wrong customer"))

    def dues(self, amount: int, method: int, *_rest: int) -> None:
        given = Decimal(amount + 1) * Decimal("7.77")
        request = DuesPayment(
            key=uuid4(),
            request_hash="",
            register_id=self.session.register_id,
            customer_id=self.customer.pk,
            tender=Tender(("cash", "card")[method % 2], given),
            surplus="store_credit",
        )
        receive_payment(user=self.user, request=request)

    def load(self, amount: int, method: int, *_rest: int) -> None:
        request = Load(
            key=uuid4(),
            request_hash="",
            register_id=self.session.register_id,
            kind=Balance.Kind.STORE_CREDIT,
            tender=Tender(("cash", "card")[method % 2], Decimal(amount + 1) * 5),
            customer_id=self.customer.pk,
        )
        load_balance(user=self.user, request=request)

    def move(self, amount: int, kind: int, *_rest: int) -> None:
        kinds = ("pay_in", "pay_out", "drop")
        move_cash(
            user=self.user,
            session=self.session,
            kind=kinds[kind % 3],
            amount=Decimal(amount + 1),
            reason="Change",
        )

    # --- What steps are made of ------------------------------------------------------------

    def _goods(self, product: int, quantity: int, discount: int) -> Any:
        chosen = self.products[product % len(self.products)]
        taken = QUANTITIES[chosen.code][quantity % 3]
        return item(chosen, taken, percent("10") if discount % 2 else None)

    def _total(self, goods: Any) -> Decimal:
        from pos.services.carts import load_products, price

        from .tills import cart

        wanted = cart(goods, customer=self.customer)
        found = price(
            cart=wanted, store=self.session.register.store, products=load_products(wanted)
        )
        total: Decimal = found.totals.gross_amount
        return total

    def _pay(self, way: str, total: Decimal) -> list[str]:
        return {
            "cash": [f"cash {total + 5}"],
            "card": [f"card {total}"],
            "account": [f"on_account {total}"],
            "part": [f"cash {(total / 2).quantize(Decimal('0.01'))}"],
            "credit": [f"store_credit {total}"],
        }[way]

    def _order(self, place: int) -> Order:
        orders = list(Order.objects.completed().order_by("pk"))
        if not orders:
            raise PosError("nothing_sold", "Nothing was sold yet.")
        return orders[place % len(orders)]

    def _returned(self, order: int, line: int, quantity: int, back: str) -> Return:
        sale = self._order(order)
        sold = sale.lines.order_by("position").first()
        assert sold is not None
        left = sold.quantity - sold.refunded_quantity
        part = left if quantity % 2 or sold.quantity % 1 else min(left, Decimal(1))
        lines = (ReturnedLine(sold.pk, part, is_restocked=bool(line % 3)),)
        return Return(self.session.register_id, sale.pk, lines, back)

    def _request(self, goods: Return) -> RefundRequest:
        found = quote(user=self.user, register=self.session.register, goods=goods)
        return RefundRequest(uuid4(), "", goods, "Does not fit", found.worth.total)

    def take_everything_back(self) -> None:
        for order in Order.objects.completed().order_by("pk"):
            lines = tuple(
                ReturnedLine(line.pk, line.quantity - line.refunded_quantity)
                for line in order.lines.order_by("position")
                if line.quantity > line.refunded_quantity
            )
            if lines:
                goods = Return(self.session.register_id, order.pk, lines, "original")
                refund_order(user=self.user, request=self._request(goods))


# --- The books, summed here from their rows ------------------------------------------------


def total(rows: Any, name: Any) -> Decimal:
    return rows.aggregate(total=Sum(name))["total"] or ZERO


def sold() -> Decimal:
    return total(OrderLine.objects.filter(order__status="completed"), "gross_amount") + total(
        Order.objects.completed(), "rounding_amount"
    )


def given_back() -> Decimal:
    return total(RefundLine.objects.all(), "gross_amount") + total(
        Refund.objects.all(), "rounding_amount"
    )


def owed() -> Decimal:
    return total(
        Order.objects.completed(), F("total_amount") - F("refunded_amount") - F("paid_amount")
    )


def credit() -> Decimal:
    return total(Balance.objects.all(), "amount")


def money_in() -> Decimal:
    return total(Payment.objects.filter(method__kind__in=("cash", "card")), "amount")


def on_hand(code: str) -> Decimal:
    return StockLevel.objects.get(product__code=code).on_hand


def counted_on_hand(code: str) -> Decimal:
    out = total(OrderLine.objects.filter(code=code, order__status="completed"), "quantity")
    back = total(RefundLine.objects.filter(code=code, is_restocked=True), "quantity")
    return STOCK[code] - out + back


def everything_adds_up(till: Till) -> None:
    assert money_in() == sold() - given_back() - owed() + credit()
    cash = total(Payment.objects.filter(method__kind="cash"), "amount")
    moved = sum(
        (
            movement.amount if movement.kind == "pay_in" else -movement.amount
            for movement in till.session.movements.all()
        ),
        ZERO,
    )
    assert expected_cash(till.session) == FLOAT + cash + moved
    for code in STOCK:
        assert on_hand(code) == counted_on_hand(code)
    assert [str(problem) for problem in verify()] == []


@contextmanager
def taken_back() -> Iterator[None]:
    """Each example finds the shop as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def till(
    no_limits: None,
    max_: User,
    till_one: Any,
    shirt: Product,
    scarf: Product,
    tomatoes: Product,
    rosa: Customer,
    cash: PaymentMethod,
    card: PaymentMethod,
    on_account: PaymentMethod,
) -> Till:
    """Max, who may do all of it, with 100.00 in the drawer."""
    from pos.services.cash import open_session

    from . import factories

    factories.make_payment_method("store_credit", position=9)
    cash.cash_rounding = Decimal("0.05")
    cash.save()
    session = open_session(user=max_, register=till_one, opening_float=FLOAT)
    return Till(max_, session, [shirt, scarf, tomatoes], rosa)


# Each way of doing it once: what an example must get through whatever is drawn beside it.
EVERYTHING = [
    ("sell", 0, 2, 0, 1),
    ("sell", 2, 0, 0, 0),
    ("sell", 1, 0, 1, 0),
    ("sell", 0, 1, 2, 0),
    ("sell", 2, 2, 3, 1),
    ("load", 5, 0, 0, 0),
    ("sell", 2, 1, 4, 0),
    ("refund", 0, 1, 0, 0),
    ("refund", 0, 0, 0, 1),
    ("refund", 3, 1, 0, 2),
    ("dues", 5, 1, 0, 0),
    ("void", 1, 0, 0, 0),
    ("exchange", 2, 1, 2, 0),
    ("refund", 0, 1, 1, 2),
    ("move", 3, 1, 0, 0),
]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
@example(steps=EVERYTHING)
def test_any_sequence_of_sales_payments_refunds_and_voids_adds_up(
    till: Till, steps: list[Any]
) -> None:
    with taken_back():
        till.done = {}
        for step in steps:
            till.play(*step)
            everything_adds_up(till)
        if steps == EVERYTHING:
            assert till.done.keys() == {
                "sell",
                "load",
                "refund",
                "dues",
                "void",
                "exchange",
                "move",
            }
            assert (till.done["sell"], till.done["refund"]) == (6, 4)
        till.take_everything_back()
        everything_adds_up(till)
        assert (sold(), owed()) == (given_back(), ZERO)
        assert not Order.objects.completed().exclude(payment_status="refunded").exists()


def test_the_books_notice_a_cent_that_is_missing(till: Till) -> None:
    """The control: what adds up above does not with one cent taken from a payment."""
    for step in EVERYTHING:
        till.play(*step)
    everything_adds_up(till)
    one = Payment.objects.filter(method__kind="card").latest("pk")
    Payment.objects.filter(pk=one.pk).update(
        amount=one.amount - Decimal("0.01"), tendered_amount=one.tendered_amount - Decimal("0.01")
    )
    with pytest.raises(AssertionError):
        everything_adds_up(till)


def test_a_day_of_everything_closes_in_balance(till: Till, verified: None) -> None:
    for step in EVERYTHING:
        till.play(*step)
    closed = close_session(
        user=till.user, session=till.session, counted_cash=expected_cash(till.session)
    )
    assert (closed.difference, closed.z_number) == (ZERO, 1)
