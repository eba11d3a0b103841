"""Two days of two stores, known to the cent, at moments that a test chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pos import roles
from pos.models import (
    CashSession,
    Category,
    Customer,
    Order,
    Product,
    Register,
    RoleLimit,
    Store,
    User,
)
from pos.services.carts import Delivery
from pos.services.cash import close_session, count_session, open_session
from pos.services.deliveries import complete_delivery, dispatch_delivery
from pos.services.limits import AMOUNTS, PERCENTAGES

from . import factories
from .accounts import pay_dues
from .returns import exchange_for, refund, refund_attempt, void
from .tills import amount, attempt, item, sell

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    """Stands still until it is moved on."""

    def __init__(self, monkeypatch: Any, at: datetime) -> None:
        self.at = at
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.at)

    def on(self, **later: int) -> None:
        self.at += timedelta(**later)


@dataclass
class KnownDays:
    clock: Clock
    main: Store
    harbour: Store
    till_one: Register
    till_two: Register
    harbour_till: Register
    people: dict[str, User]
    shirt: Product
    scarf: Product
    tomatoes: Product
    clothes: Category
    rosa: Customer
    tim: Customer
    sales: dict[str, Order] = field(default_factory=dict)
    sessions: dict[str, CashSession] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def open_shop(monkeypatch: Any, at: datetime = MONDAY, **stores: dict[str, Any]) -> KnownDays:
    """`stores`: fields of `main` and `harbour`, for example their time zones. Nothing is sold yet."""
    clock = Clock(monkeypatch, at)
    RoleLimit.objects.update(**dict.fromkeys((*PERCENTAGES, *AMOUNTS)))
    root = factories.make_root()
    main = factories.make_store("Main Street", "MAIN", **stores.get("main", {}))
    harbour = factories.make_store("Harbour", "HARB", **stores.get("harbour", {}))
    for kind in ("cash", "card", "on_account", "store_credit", "exchange"):
        factories.make_payment_method(kind)
    clothes = Category.objects.create(name="Clothes", code="CLOTHES")
    shirts = Category.objects.create(name="Shirts", code="SHIRTS", parent=clothes)
    presents = Category.objects.create(name="Presents", code="PRESENTS")
    vat20 = factories.make_tax_rate("VAT 20 %", "20")
    stock = {main: "50", harbour: "50"}
    shirt = factories.make_product(
        "Linen shirt", "19.90", code="SHIRT-M", size="M", cost=Decimal("8.00"),
        tax_rate=vat20, stock=stock, by=root,
    )  # fmt: skip
    scarf = factories.make_product(
        "Wool scarf", "12.50", code="SCARF", cost=Decimal("5.00"), tax_rate=vat20,
        stock=stock, by=root,
    )  # fmt: skip
    tomatoes = factories.make_product(
        "Tomatoes", "2.80", code="TOMATO", cost=Decimal("1.20"),
        tax_rate=factories.make_tax_rate("VAT 10 %", "10"),
        sold_by=Product.SoldBy.WEIGHT, stock=stock, by=root,
    )  # fmt: skip
    shirt.categories.add(shirts)
    scarf.categories.add(clothes, presents)
    people = {
        "root": root,
        "max": factories.make_user("max", roles.MANAGER, [main]),
        "ana": factories.make_user("ana", roles.SELLER, [main]),
        "ben": factories.make_user("ben", roles.SELLER, [main]),
        "sam": factories.make_user("sam", roles.STOCK_KEEPER, [main]),
        "ada": factories.make_user("ada", roles.AUDITOR, [main]),
        "eve": factories.make_user("eve", roles.SELLER, [harbour]),
    }
    return KnownDays(
        clock, main, harbour,
        factories.make_register(main, "Register 1", "R1"),
        factories.make_register(main, "Register 2", "R2"),
        factories.make_register(harbour, "Harbour till", "H1"),
        people, shirt, scarf, tomatoes, clothes,
        factories.make_customer("Rosa Lind", level="Gold", discount="5"),
        factories.make_customer("Tim Fox"),
    )  # fmt: skip


def trade(shop: KnownDays) -> KnownDays:
    """Five sales at Main Street, two at Harbour, and what came back of them.

    First day: Ana 41.20, 18.90 to Rosa and 10.00; Eve 19.90.
    A day later: Ben delivers to Rosa for 23.90 on account and rings up 12.50, which Max voids; Ana
    gives back 19.90 and changes a scarf (10.00) for a shirt; Rosa pays; Eve sells 2.80 to Tim.
    """
    for seller, register in (
        ("ana", shop.till_one), ("ben", shop.till_two), ("eve", shop.harbour_till),
    ):  # fmt: skip
        shop.sessions[seller] = open_session(
            user=shop.people[seller], register=register, opening_float=Decimal("100.00")
        )
    _first_day(shop)
    shop.clock.on(hours=21)
    _second_day(shop)
    for seller, session in shop.sessions.items():
        person = shop.people[seller]
        counted = {"ana": "131.30", "ben": "123.90", "eve": "122.20"}[seller]
        count_session(user=person, session=session, cash_amount=Decimal(counted))
        shop.sessions[seller] = close_session(user=person, session=session)
    return shop


def _first_day(shop: KnownDays) -> None:
    ana, till = shop.ana, shop.till_one
    shop.sales["A"] = sell(
        ana, till, item(shop.shirt, "2"), item(shop.tomatoes, "0.5"),
        total="41.20", pay="cash 41.20",
    ).order  # fmt: skip
    shop.clock.on(hours=1)
    shop.sales["B"] = sell(
        ana, till, item(shop.shirt), total="18.90", pay="card 18.90", customer=shop.rosa
    ).order
    shop.clock.on(hours=1)
    shop.sales["C"] = sell(
        ana, till, item(shop.scarf, "1", amount("2.50")), total="10.00", pay="cash 10.00"
    ).order
    shop.sales["H"] = sell(
        shop.eve, shop.harbour_till, item(shop.shirt), total="19.90", pay="cash 20.00"
    ).order
    shop.clock.on(hours=1)


def _second_day(shop: KnownDays) -> None:
    ana, ben, till = shop.ana, shop.ben, shop.till_two
    today = shop.main.business_day()
    shop.sales["D"] = sell(
        ben, till, item(shop.shirt), total="23.90", pay="on_account 23.90", customer=shop.rosa,
        delivery=Delivery("12 Mill Lane", today, Decimal("5.00")),
    ).order  # fmt: skip
    shop.clock.on(minutes=30)
    dispatch_delivery(user=ben, order_id=shop.sales["D"].pk, note="Bike")
    complete_delivery(user=ben, order_id=shop.sales["D"].pk, note="Neighbour")
    refund(ana, shop.till_one, shop.sales["A"], "1 x 1", total="19.90")
    shop.clock.on(minutes=30)
    shop.sales["E"] = sell(ben, till, item(shop.scarf), total="12.50", pay="cash 12.50").order
    shop.clock.on(minutes=1)
    void(shop.max, shop.sales["E"])
    returned = refund_attempt(shop.till_one, shop.sales["C"], "1 x 1 waste", total="10.00")
    bought = attempt(shop.till_one, item(shop.shirt), total="19.90", pay="card 9.90")
    exchange_for(ana, returned, bought)
    shop.clock.on(minutes=30)
    pay_dues(ben, till, shop.rosa, "cash 23.90")
    shop.sales["T"] = sell(
        shop.eve, shop.harbour_till, item(shop.tomatoes), total="2.80", pay="cash 2.80",
        customer=shop.tim,
    ).order  # fmt: skip
