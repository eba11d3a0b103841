"""A whole day at one till: everything that happens to money and goods, to the cent, and in balance."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from pos import roles
from pos.models import Balance, CashSession, Customer, Order, Product, Register, Store, User
from pos.money import ZERO
from pos.services.carts import Delivery
from pos.services.cash import close_session, count_session, move_cash, open_session
from pos.services.customer_accounts import DuesPayment, Load, load_balance, receive_payment
from pos.services.deliveries import complete_delivery, dispatch_delivery
from pos.services.exchanges import ExchangeRequest, exchange
from pos.services.parking import park_order, resume_order
from pos.services.payments import Tender
from pos.services.refund_quotes import Return, ReturnedLine, quote
from pos.services.refunds import RefundRequest, refund_order
from pos.services.session_figures import session_figures
from pos.services.voids import VoidRequest, void_sale

from . import factories
from .race.threads import race
from .tills import attempt, cart, item, sell

TILLS = 3


@dataclass(frozen=True)
class Shelf:
    shirt: Product
    scarf: Product
    tomatoes: Product


@dataclass(frozen=True)
class Till:
    seller: User
    manager: User
    register: Register
    customer: Customer
    shelf: Shelf


@pytest.fixture
def shelf(
    no_limits: None,
    verified: None,
    shirt: Product,
    scarf: Product,
    tomatoes: Product,
    cash: Any,
    card: Any,
    on_account: Any,
) -> Shelf:
    """12 shirts at 19.90, 3 scarfs at 12.50, 25 kg of tomatoes at 2.80; every way of paying."""
    for kind in ("store_credit", "gift_card"):
        factories.make_payment_method(kind, position=9)
    return Shelf(shirt, scarf, tomatoes)


# --- The day -----------------------------------------------------------------------------------


def trade(till: Till) -> CashSession:
    """From the float to the closed drawer. Cash: 100.00 at first, 134.22 at the end."""
    session = open_session(
        user=till.seller, register=till.register, opening_float=Decimal("100.00")
    )
    first, scarf_sale = sell_over_the_counter(till)
    delivery = sell_for_delivery(till)
    give_back(till, first)
    exchange_for_a_shirt(till, scarf_sale)
    settle_dues(till)
    use_a_gift_card(till)
    void_a_mistake(till)
    for kind, amount, reason in (("pay_out", "15", "Window cleaner"), ("drop", "50", "Safe")):
        move_cash(
            user=till.manager, session=session, kind=kind, amount=Decimal(amount), reason=reason
        )
    dispatch_delivery(user=till.seller, order_id=delivery.pk, note="Bike")
    complete_delivery(user=till.seller, order_id=delivery.pk, note="Neighbour")
    count_session(user=till.seller, session=session, cash_amount=Decimal("134.00"))
    count_session(user=till.seller, session=session, cash_amount=Decimal("134.22"))
    return close_session(user=till.seller, session=session)


def sell_over_the_counter(till: Till) -> tuple[Order, Order]:
    """41.72 in cash, and a scarf that waits a while and is paid by card."""
    shelf = till.shelf
    first = sell(
        till.seller, till.register, item(shelf.shirt, "2"), item(shelf.tomatoes, "0.684"),
        total="41.72", pay="cash 50.00",
    )  # fmt: skip
    assert first.change == Decimal("8.28")
    parked = park_order(
        user=till.seller, register=till.register, cart=cart(item(shelf.scarf)), label="blue coat"
    )
    resume_order(user=till.seller, order_id=parked.pk, register=till.register)
    second = sell(
        till.seller,
        till.register,
        item(shelf.scarf),
        total="12.50",
        pay="card 12.50",
        parked=parked,
    )
    return first.order, second.order


def sell_for_delivery(till: Till) -> Order:
    """61.71 with the fee, of which 20.00 now and 41.71 later."""
    sale = sell(
        till.seller, till.register, item(till.shelf.shirt, "3"),
        total="61.71", pay="cash 20.00", customer=till.customer,
        delivery=Delivery("12 Mill Lane", None, Decimal("5.00")),
    )  # fmt: skip
    assert (sale.due, sale.payment_status) == (Decimal("41.71"), "partial")
    return sale.order


def back(till: Till, order: Order, quantity: str) -> RefundRequest:
    line = order.lines.order_by("position").first()
    assert line is not None
    goods = Return(till.register.pk, order.pk, (ReturnedLine(line.pk, Decimal(quantity)),))
    worth = quote(user=till.seller, register=till.register, goods=goods).worth
    return RefundRequest(uuid4(), "", goods, "Too small", worth.total)


def give_back(till: Till, order: Order) -> None:
    refund = refund_order(user=till.seller, request=back(till, order, "1")).refund
    assert refund.total_amount == Decimal("19.90")


def exchange_for_a_shirt(till: Till, order: Order) -> None:
    """A scarf for a shirt: 7.40 to pay, 2.60 change."""
    request = back(till, order, "1")
    sale = attempt(
        till.register, item(till.shelf.shirt), total="19.90", pay="cash 10.00", key=request.key
    )
    done = exchange(user=till.seller, request=ExchangeRequest(request, sale))
    assert done.completion is not None
    assert done.completion.change == Decimal("2.60")


def settle_dues(till: Till) -> None:
    """50.00 for 41.71; the rest is store credit, and pays tomatoes."""
    request = DuesPayment(
        key=uuid4(),
        request_hash="",
        register_id=till.register.pk,
        customer_id=till.customer.pk,
        tender=Tender("cash", Decimal("50.00")),
        surplus="store_credit",
    )
    receipt = receive_payment(user=till.seller, request=request)
    assert receipt.payment.credited_amount == Decimal("8.29")
    sell(
        till.seller, till.register, item(till.shelf.tomatoes, "2"),
        total="5.32", pay="store_credit 5.32", customer=till.customer,
    )  # fmt: skip


def use_a_gift_card(till: Till) -> None:
    """25.00 on a new card, paid by card; a scarf of it."""
    request = Load(
        key=uuid4(),
        request_hash="",
        register_id=till.register.pk,
        kind=Balance.Kind.GIFT_CARD,
        tender=Tender("card", Decimal("25.00")),
    )
    loaded = load_balance(user=till.seller, request=request).payment.balance
    assert loaded is not None
    sell(
        till.seller, till.register, item(till.shelf.scarf),
        total="12.50", pay=f"gift_card 12.50 {loaded.code}",
    )  # fmt: skip
    loaded.refresh_from_db()
    assert loaded.amount == Decimal("12.50")


def void_a_mistake(till: Till) -> None:
    sale = sell(
        till.seller, till.register, item(till.shelf.scarf), total="12.50", pay="cash 12.50"
    ).order
    request = VoidRequest(uuid4(), "", sale.pk, "Changed her mind")
    assert void_sale(user=till.manager, request=request).refund.kind == "void"


# --- What it comes to --------------------------------------------------------------------------


def summary(session: CashSession) -> dict[str, Any]:
    figures = session_figures(session)
    return {
        "sales": (figures.sales.count, figures.sales.total),
        "refunds": (figures.refunds.count, figures.refunds.total),
        "voids": (figures.voids.count, figures.voids.total),
        "tenders": {tender.code: tender.net for tender in figures.tenders if tender.net},
        "expected": figures.expected_cash,
    }


EXPECTED = {
    # 41.72 + 12.50 + 61.71 + 19.90 + 5.32 + 12.50 + 12.50
    "sales": (7, Decimal("166.15")),
    "refunds": (2, Decimal("32.40")),
    "voids": (1, Decimal("12.50")),
    "tenders": {
        # 41.72 + 20.00 - 19.90 + 7.40 + 50.00
        "cash": Decimal("99.22"),
        "card": Decimal("37.50"),
        "store_credit": Decimal("5.32"),
        "gift_card": Decimal("12.50"),
    },
    "expected": Decimal("134.22"),
}


@pytest.mark.django_db
def test_a_whole_day_ends_in_balance(
    shelf: Shelf, ana: User, max_: User, till_one: Register, rosa: Customer, main: Store
) -> None:
    closed = trade(Till(ana, max_, till_one, rosa, shelf))
    assert summary(closed) == EXPECTED
    assert (closed.counted_cash, closed.difference, closed.z_number) == (
        Decimal("134.22"),
        ZERO,
        1,
    )
    assert [count.cash_amount for count in closed.counts.order_by("position")] == [
        Decimal("134.00"),
        Decimal("134.22"),
    ]
    left = {level.product.code: level.on_hand for level in main.stock_levels.all()}
    assert left == {"SHIRT-M": 7, "SCARF": 2, "TOMATO": Decimal("22.316")}
    delivered = Order.objects.get(delivery_status="delivered")
    assert (delivered.payment_status, delivered.due_amount) == ("paid", ZERO)
    assert Balance.objects.get(customer=rosa).amount == Decimal("2.97")
    assert not Order.objects.parked().exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_three_tills_trade_the_same_day_side_by_side(
    shelf: Shelf, max_: User, main: Store, root: User
) -> None:
    for product in (shelf.shirt, shelf.scarf, shelf.tomatoes):
        factories.put_in_stock(product, main, "100", by=root)
    tills = [
        Till(
            factories.make_user(f"seller{number}", roles.SELLER, [main]),
            max_,
            factories.make_register(main, f"Register {number}", f"R{number}"),
            factories.make_customer(f"Customer {number}", level=f"Tier {number}", discount="5"),
            shelf,
        )
        for number in range(TILLS)
    ]
    [closed] = race(TILLS, 1, lambda worker, number: trade(tills[worker]))
    assert [error for error in closed if isinstance(error, Exception)] == []
    assert [summary(session) for session in closed] == [EXPECTED] * TILLS
    assert [session.difference for session in closed] == [ZERO] * TILLS
    left = {level.product.code: level.on_hand for level in main.stock_levels.all()}
    assert left == {"SHIRT-M": 97, "SCARF": 100, "TOMATO": Decimal("116.948")}
