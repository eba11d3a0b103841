"""A session in figures: every sum of an X or Z report, from rows."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pos.figures import Returned, Sales, Tally, Tax
from pos.models import (
    AccountPayment,
    CashSession,
    Customer,
    Payment,
    PaymentMethod,
    Product,
    Refund,
    RefundLine,
    Register,
    User,
)
from pos.services.cash import close_session, expected_cash, move_cash, open_drawer, open_session
from pos.services.session_figures import frozen_figures, session_figures

from .tills import amount, item, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(cash: PaymentMethod, card: PaymentMethod, on_account: PaymentMethod) -> None:
    """Takes cash, cards and debts."""


def D(text: str) -> Decimal:  # noqa: N802  as short as a literal
    return Decimal(text)


@pytest.fixture
def day(
    ana: User, max_: User, session: CashSession, till_one: Register, shirt: Product, tomatoes: Product,
    rosa: Customer,
) -> CashSession:  # fmt: skip
    """Two sales paid, one partly on account; cash in and out; the drawer opened twice."""
    off = amount("1.00")
    sell(ana, till_one, item(shirt), item(tomatoes, "0.684"), total="20.82", pay="cash 50", order_discount=off)  # fmt: skip
    sell(ana, till_one, item(shirt), total="19.90", pay=["card 10", "cash 10"])
    sell(ana, till_one, item(shirt), total="18.90", pay="cash 8.90", customer=rosa)
    for kind, value in (("pay_in", "5"), ("pay_out", "7.50"), ("pay_out", "1"), ("drop", "20")):
        move_cash(user=max_, session=session, kind=kind, amount=D(value), reason="Because")
    for reason in ("change", "coins"):
        open_drawer(user=max_, register=till_one, reason=reason)
    return session


def give_back(session: CashSession, kind: str, *, net: str, tax: str, method: str) -> Refund:
    """A refund as its service will write it: document, line with its taxes, money."""
    user, now = session.opened_by, timezone.now()
    gross = D(net) + D(tax)
    number = Refund.objects.count() + 1
    refund = Refund.objects.create(
        kind=kind, key=uuid4(), number=f"R{number}", sequence=number, store=session.register.store,
        register=session.register, session=session, seller=user, reason="Too small",
        prices_include_tax=True, net_amount=D(net), tax_amount=D(tax), gross_amount=gross,
        total_amount=gross, refunded_at=now, refunded_on=now.date(),
    )  # fmt: skip
    RefundLine.objects.create(
        refund=refund, position=1, kind="delivery", name="Coat", quantity=1, unit_price=gross,
        net_amount=D(net), tax_amount=D(tax), gross_amount=gross, taxes=[["VAT 20 %", "20", tax]],
    )  # fmt: skip
    Payment.objects.create(
        refund=refund, store=session.register.store, session=session, amount=-gross,
        method=PaymentMethod.objects.get(code=method), tendered_amount=-gross, received_by=user,
        received_at=now, received_on=now.date(),
    )  # fmt: skip
    return refund


def receive(session: CashSession, kind: str, value: str, customer: Customer) -> None:
    """Money without goods, in cash."""
    user, now, number = session.opened_by, timezone.now(), AccountPayment.objects.count() + 1
    row = AccountPayment.objects.create(
        kind=kind, key=uuid4(), number=f"A{number}", sequence=number, customer=customer,
        store=session.register.store, register=session.register, session=session, amount=D(value),
        received_by=user, received_at=now, received_on=now.date(),
    )  # fmt: skip
    Payment.objects.create(
        account_payment=row, store=session.register.store, session=session, amount=D(value),
        method=PaymentMethod.objects.get(code="cash"), tendered_amount=D(value), received_by=user,
        received_at=now, received_on=now.date(),
    )  # fmt: skip


def test_sales_and_taxes(day: CashSession) -> None:
    figures = session_figures(day)
    assert figures.sales == Sales(
        count=3, subtotal=D("61.62"), discount=D("2.00"), net=D("49.81"), tax=D("9.81"),
        gross=D("59.62"), rounding=D("0"), total=D("59.62"), on_account=D("10.00"),
        first_number="MAIN-R1-000001", last_number="MAIN-R1-000003",
    )  # fmt: skip
    assert sum(rate.tax for rate in figures.taxes) == figures.sales.tax
    assert [(rate.name, rate.percent) for rate in figures.taxes] == [
        ("VAT 10 %", D("10")), ("VAT 20 %", D("20")),
    ]  # fmt: skip


def test_money_by_way_of_paying_and_the_drawer(day: CashSession) -> None:
    figures = session_figures(day)
    cash, card = figures.tenders
    assert (cash.code, cash.count, cash.received, cash.given_back, cash.change) == (
        "cash", 3, D("39.62"), D("0"), D("29.28"),
    )  # fmt: skip
    assert (card.code, card.count, card.net, card.is_cash) == ("card", 1, D("10.00"), False)
    assert figures.movements == {
        "pay_in": Tally(1, D("5")), "pay_out": Tally(2, D("8.50")), "drop": Tally(1, D("20")),
    }  # fmt: skip
    assert figures.no_sales == 2
    assert figures.expected_cash == expected_cash(day) == D("116.12")


def test_refunds_and_voids_are_told_apart(day: CashSession) -> None:
    give_back(day, "refund", net="10.00", tax="2.00", method="cash")
    give_back(day, "refund", net="5.00", tax="1.00", method="card")
    give_back(day, "void", net="16.58", tax="3.32", method="cash")
    figures = session_figures(day)
    assert figures.refunds == Returned(
        count=2, net=D("15"), tax=D("3"), gross=D("18"), total=D("18"),
        taxes=(Tax("VAT 20 %", D("20"), D("15"), D("3")),),
    )  # fmt: skip
    assert (figures.voids.count, figures.voids.total) == (1, D("19.90"))
    assert figures.voids.taxes == (Tax("VAT 20 %", D("20"), D("16.58"), D("3.32")),)
    assert [(tender.received, tender.given_back) for tender in figures.tenders] == [
        (D("39.62"), D("31.90")), (D("10.00"), D("6.00")),
    ]  # fmt: skip
    assert figures.expected_cash == expected_cash(day) == D("84.22")
    assert figures.sales.count == 3


def test_money_without_goods_is_told_by_what_it_was_for(day: CashSession, rosa: Customer) -> None:
    for kind, value in (("dues", "4"), ("dues", "3"), ("store_credit", "50"), ("gift_card", "25")):
        receive(day, kind, value, rosa)
    figures = session_figures(day)
    assert figures.accounts == {
        "dues": Tally(2, D("7")), "store_credit": Tally(1, D("50")), "gift_card": Tally(1, D("25")),
    }  # fmt: skip
    assert figures.sales.on_account == D("10.00")
    assert figures.expected_cash == expected_cash(day) == D("198.12")


def test_dues_that_are_paid_later_change_no_frozen_figure(
    day: CashSession, ana: User, rosa: Customer, till_one: Register
) -> None:
    closed = close_session(user=ana, session=day, counted_cash=expected_cash(day))
    later = open_session(user=ana, register=till_one, opening_float=D("0"))
    order = day.orders.get(sequence=3)
    Payment.objects.create(
        order=order, store=order.store, session=later, amount=D("10"), tendered_amount=D("10"),
        method=PaymentMethod.objects.get(code="cash"), received_by=ana, received_at=timezone.now(),
        received_on=order.sold_on,
    )  # fmt: skip
    frozen = frozen_figures(closed)
    assert frozen == session_figures(closed)
    assert (frozen.sales.on_account, session_figures(later).expected_cash) == (D("10"), D("10"))


def test_empty_session_is_its_float(session: CashSession) -> None:
    figures = session_figures(session)
    assert (figures.sales, figures.taxes, figures.tenders) == (Sales(), (), ())
    assert (figures.refunds, figures.no_sales, figures.expected_cash) == (Returned(), 0, 100)


def test_queries_do_not_grow_with_what_happened(
    day: CashSession, ana: User, till_one: Register, shirt: Product
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            session_figures(day)
        return len(caught)

    few = queries()
    for _each in range(5):
        sell(ana, till_one, item(shirt), total="19.90", pay=["card 9.90", "cash 10"])
        give_back(day, "refund", net="5.00", tax="1.00", method="card")
    assert queries() == few == 10
