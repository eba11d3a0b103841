"""The demo's days, in the order in which everything is written: sales, sessions, stock, parked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from pos.models import (
    CashSession,
    Category,
    Customer,
    DeliveryStep,
    Order,
    Product,
    Register,
    StockMovement,
    Store,
    User,
)
from pos.money import ZERO
from pos.services.bulk_rows import insert_objects, reserve_ids
from pos.services.carts import Cart
from pos.services.parking import park_order

from .baskets import Shelf, make_cart, make_tenders
from .days import Rota, Shift, shifts
from .deliveries import deliver
from .drawers import close_sessions, freeze_sessions, make_session
from .sales import Rows, Sale, add_sale, price_sale
from .stock import MOVEMENT_COLUMNS, kept_products, seed_stock
from .trail import seed_trail

DAYS = 60
SALES_PER_DAY = {"MAIN": 36, "HARB": 17}
SELLERS = {"MAIN": ("ana", "noah", "mia", "leo", "ivy"), "HARB": ("eve", "zoe", "tom")}
CLOSED_ON = {"HARB": 0}
PARKED = (
    ("MAIN", "ana", "Blue coat, back after lunch", 35),
    ("MAIN", "noah", "Fetching the car", 80),
    ("HARB", "eve", "Looking for the wallet", 20),
    ("MAIN", "mia", "Gift for Saturday", 60 * 26),
)


@dataclass(frozen=True)
class Planned:
    """A sale before it has an id."""

    at: datetime
    session: CashSession
    seller: User
    cart: Cart
    way: str


@transaction.atomic
def seed_trade(*, days: int = DAYS, now: datetime | None = None) -> int:
    """Sell for `days` days up to `now`. Returns the number of completed orders."""
    now = now or timezone.now()
    chance = random.Random("trade")
    stores = list(Store.objects.order_by("pk"))
    products = list(Product.objects.select_related("tax_rate__combined_with").order_by("pk"))
    dates = [stores[0].business_day(now) - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    planned = plan_shifts(stores, dates, now, chance)
    sessions = {
        id(shift): make_session(pk, shift)
        for pk, shift in zip(reserve_ids(CashSession, len(planned)), planned, strict=True)
    }
    carts = plan_sales(planned, sessions, products, stores, chance)
    rows = sell(carts, products, chance)
    steps = deliver(rows.orders, now)
    close_sessions(list(sessions.values()), rows.payments, manager=User.objects.get(username="max"))
    rows.write()
    DeliveryStep.objects.bulk_create(steps)
    for register in {shift.register.pk: shift.register for shift in planned}.values():
        Register.objects.filter(pk=register.pk).update(last_number=register.last_number)
    fill_shelves(rows, products, stores, dates)
    park(stores, products, now, chance)
    seed_trail(rows, list(sessions.values()), now=now)
    freeze_sessions(sorted(sessions.values(), key=lambda session: session.closed_at or now))
    return len(rows.orders)


def plan_shifts(
    stores: Sequence[Store], dates: Sequence[date], now: datetime, chance: random.Random
) -> list[Shift]:
    """All stores' shifts in order of time."""
    users = {user.username: user for user in User.objects.all()}
    planned: list[Shift] = []
    for store in stores:
        registers = list(store.registers.select_related("store").order_by("pk"))
        sellers = [users[name] for name in SELLERS[store.code]]
        rota = Rota(store, registers, sellers, SALES_PER_DAY[store.code], CLOSED_ON.get(store.code))
        planned += shifts(rota, days=dates, now=now, chance=chance)
    return sorted(planned, key=lambda shift: shift.opens_at)


def plan_sales(
    planned: Sequence[Shift],
    sessions: dict[int, CashSession],
    products: Sequence[Product],
    stores: Sequence[Store],
    chance: random.Random,
) -> list[Planned]:
    """Every sale with its cart, in order of time."""
    shelves = make_shelves(products, stores)
    customers = list(Customer.objects.filter(status=Customer.Status.ACTIVE).order_by("pk"))
    sales = []
    for shift in planned:
        shelf = shelves[shift.register.store_id]
        for at in shift.moments:
            cart, way = make_cart(shelf, customers, at.date(), chance)
            sales.append(Planned(at, sessions[id(shift)], shift.seller, cart, way))
    return sorted(sales, key=lambda sale: sale.at)


def make_shelves(products: Sequence[Product], stores: Sequence[Store]) -> dict[int, Shelf]:
    """What each store sells, by store."""
    parents = dict(Category.objects.exclude(parent=None).values_list("pk", "parent__code"))
    links = Product.categories.through.objects.values_list("product_id", "category_id")
    top_of = {product_id: parents[category_id] for product_id, category_id in links}
    return {
        store.pk: Shelf.of(kept_products(products, store, is_first=place == 0), top_of)
        for place, store in enumerate(stores)
    }


def sell(planned: Sequence[Planned], products: Sequence[Product], chance: random.Random) -> Rows:
    """The rows of all sales."""
    rows = Rows()
    by_id = {product.pk: product for product in products}
    for order_id, each in zip(reserve_ids(Order, len(planned)), planned, strict=True):
        key = UUID(int=chance.getrandbits(128), version=4)
        sale = Sale(order_id, key, each.at, each.session, each.seller, each.cart)
        priced = price_sale(sale, by_id)
        tenders = make_tenders(each.way, priced.totals.gross_amount, chance)
        order = add_sale(rows, sale, priced, tenders)
        order.print_count = 1
    return rows


def fill_shelves(
    rows: Rows, products: Sequence[Product], stores: Sequence[Store], dates: Sequence[date]
) -> None:
    """Stock that covers every sale, and the whole ledger in order of time."""
    day_of = {order.pk: order.sold_on for order in rows.orders}
    sold: dict[tuple[int, int], dict[date, Decimal]] = {}
    for movement in rows.movements:
        day = day_of[movement.order_id or 0]
        assert day
        daily = sold.setdefault((movement.store_id, movement.product_id), {})
        daily[day] = daily.get(day, ZERO) - movement.quantity
    arrived = seed_stock(products=products, stores=stores, sold=sold, start=dates[0], end=dates[-1])
    ledger: list[StockMovement] = [*arrived, *rows.movements]
    ledger.sort(key=lambda movement: movement.created_at)
    insert_objects(ledger, MOVEMENT_COLUMNS)


def park(
    stores: Sequence[Store], products: Sequence[Product], now: datetime, chance: random.Random
) -> None:
    """A few parked orders: three of today, one of yesterday."""
    by_code = {store.code: store for store in stores}
    shelves = make_shelves(products, stores)
    for code, username, label, minutes_ago in PARKED:
        register = by_code[code].registers.select_related("store").order_by("pk").first()
        assert register
        cart, _way = make_cart(shelves[register.store_id], [], now.date(), random.Random(label))
        user = User.objects.get(username=username)
        order = park_order(user=user, register=register, cart=Cart(cart.items), label=label)
        at = now - timedelta(minutes=minutes_ago)
        if minutes_ago < 12 * 60:  # of today, however early it is
            midnight = now.astimezone(ZoneInfo(register.store.time_zone)).replace(hour=0, minute=0)
            at = max(at, midnight)
        Order.objects.filter(pk=order.pk).update(created_at=at)
