"""The large shop: any number of products and orders, only for measuring. The same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from pos.models import (
    CashSession,
    Customer,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    StockMovement,
    Store,
    User,
)
from pos.money import from_units
from pos.services.bulk_rows import insert_objects, insert_rows, reserve_ids
from pos.services.numbering import receipt_number

from .days import HOURS, WEEKDAYS
from .drawers import FLOAT
from .indexes import check_references, without_indexes
from .large_catalogue import more_customers, more_products, more_registers
from .large_rows import Article, Buffer, Clock, Currency, Head, Line, article, line
from .shop import Say, amount
from .stock import MOVEMENT_COLUMNS, target
from .trade import SELLERS, park

ORDERS_PER_DAY = 1400  # of the whole chain
ORDERS_PER_REGISTER = 170  # on one day
SHORTEST, LONGEST = 60, 730
CUSTOMERS_PER_ORDER = 0.025
LINES_AT_ONCE = 60_000
# How many of 200 baskets have so many lines: median 5, mean 9.9, with a long tail. Counted in four
# weeks of a grocer's real baskets.
BASKETS = {
    1: 42, 2: 23, 3: 17, 4: 13, 5: 11, 6: 10, 7: 7, 8: 7, 9: 6, 10: 5, 11: 5, 12: 4, 13: 4, 14: 4,
    15: 3, 16: 2, 17: 3, 18: 2, 19: 2, 20: 2, 21: 2, 22: 2, 23: 1, 24: 1, 25: 1, 26: 2, 27: 1, 28: 1,
    29: 1, 30: 1, 31: 1, 32: 1, 33: 1, 35: 1, 36: 1, 38: 1, 39: 1, 42: 1, 44: 1, 46: 1, 50: 1, 53: 1,
    58: 1, 66: 1, 81: 1,
}  # fmt: skip
# Of a thousand lines, how many have so many pieces; counted in the same baskets.
PIECES = {1: 797, 2: 151, 3: 27, 4: 16, 5: 4, 6: 3, 8: 1, 10: 1}
GRAMS = (150, 240, 320, 410, 500, 560, 684, 750, 812, 930, 1045, 1200, 1500, 2010, 2500)
WAYS = {"cash": 40, "card": 49, "wallet": 9, "on-account": 2}
WITH_CUSTOMER, WITH_OWN_DISCOUNT = 0.3, 0.03
OWN_PERCENTS = (5_000, 10_000, 20_000)
SKEW = 3  # the higher, the more of all sales are of few products


def seed_large(*, products: int, orders: int, days: int | None, say: Say) -> None:
    """Enlarge the demo's master data and sell. The caller's transaction holds it all."""
    administrator = User.objects.get(username="root")
    more_products(count=max(0, products - Product.objects.count()), user=administrator)
    say(f"{Product.objects.count():,} products are there.")
    span = days or max(SHORTEST, min(LONGEST, orders // ORDERS_PER_DAY))
    more_customers(count=round(orders * CUSTOMERS_PER_ORDER))
    registers = more_registers(count=max(3, -(-orders // (span * ORDERS_PER_REGISTER))))
    shop = Shop.load(registers)
    with without_indexes([Order, OrderLine, OrderTax, Payment, StockMovement]):
        _sell(shop, orders, span, say)
        _stock(shop, span)
    check_references()
    demo = list(Product.objects.filter(is_favourite=True).order_by("pk"))
    park(list(Store.objects.order_by("pk")), demo, timezone.now(), random.Random("park"))


@dataclass
class Shop:
    """What a sale needs, by number; and what the sales leave behind."""

    currency: Currency
    registers: Sequence[Register]
    sellers: dict[int, list[User]]
    articles: Sequence[Article]
    customers: Sequence[tuple[int, int]]
    methods: dict[str, int | None]
    sold: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def load(cls, registers: Sequence[Register]) -> Shop:
        users = {user.username: user for user in User.objects.all()}
        currency = Currency()
        products = Product.objects.select_related("tax_rate").order_by("pk")
        articles = [article(product, currency) for product in products.iterator(5000)]
        methods = dict(PaymentMethod.objects.values_list("code", "pk"))
        levels = Customer.objects.filter(status=Customer.Status.ACTIVE).order_by("pk")
        percents = levels.values_list("pk", "level__discount_percent")
        stores = {register.store_id: register.store for register in registers}
        return cls(
            currency=currency,
            registers=registers,
            sellers={pk: [users[n] for n in SELLERS[s.code]] for pk, s in stores.items()},
            articles=articles,
            customers=[(pk, int((percent or Decimal(0)).scaleb(3))) for pk, percent in percents],
            methods={code: None if code == "on-account" else pk for code, pk in methods.items()},
            sold={pk: [0] * len(articles) for pk in stores},
        )


def _sell(shop: Shop, orders: int, span: int, say: Say) -> None:
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in range(span, 0, -1)]
    chance = random.Random("large")
    buffer = Buffer(shop.currency)
    sizes = [size for size, often in BASKETS.items() for _ in range(often)]
    pieces = [count * 1000 for count, often in PIECES.items() for _ in range(often)]
    ways = [way for way, often in WAYS.items() for _ in range(often)]
    draw = _Draw(chance, sizes, pieces, ways)
    left = {register.pk: amount(FLOAT) for register in shop.registers}
    done = 0
    for day, count in _orders_of(days, orders):
        done += count
        _sell_day(shop, day, count, draw, buffer, left)
        if len(buffer.lines) >= LINES_AT_ONCE:
            buffer.write()
            check_references()
            say(f"{done:,} orders, {day}")
    buffer.write()
    for register in shop.registers:
        Register.objects.filter(pk=register.pk).update(last_number=register.last_number)


def _orders_of(days: Sequence[date], orders: int) -> Iterator[tuple[date, int]]:
    """The orders spread over the days by weekday, to the last one."""
    whole = sum(WEEKDAYS[day.weekday()] for day in days)
    so_far, given = 0.0, 0
    for day in days:
        so_far += WEEKDAYS[day.weekday()]
        until = round(orders * so_far / whole) if day != days[-1] else orders
        yield day, until - given
        given = until


@dataclass(frozen=True)
class _Draw:
    chance: random.Random
    sizes: list[int]
    pieces: list[int]
    ways: list[str]


def _sell_day(
    shop: Shop, day: date, count: int, draw: _Draw, buffer: Buffer, left: dict[int, Decimal]
) -> None:
    chance = draw.chance
    opened = _sessions(shop, day)
    clocks = {store_id: _clock(shop, store_id, day) for store_id in shop.sold}
    taken = dict.fromkeys((session.pk for session in opened), 0)
    for pk, second in zip(reserve_ids(Order, count), _seconds(count, chance), strict=True):
        session = opened[int(len(opened) * chance.random())]
        store_id = session.register.store_id
        way = draw.ways[int(len(draw.ways) * chance.random())]
        customer, percent = None, 0
        if way == "on-account" or chance.random() < WITH_CUSTOMER:
            customer, percent = shop.customers[int(len(shop.customers) * chance.random())]
        head = _head(shop, pk, session, customer, way, clocks[store_id].text(second), day, chance)
        total = buffer.add(head, _basket(shop, store_id, percent, draw))
        if way == "cash":
            taken[session.pk] += total
    _close(opened, taken, left, shop.currency)


def _head(
    shop: Shop,
    pk: int,
    session: CashSession,
    customer_id: int | None,
    way: str,
    at: str,
    day: date,
    chance: random.Random,
) -> Head:
    register = session.register
    register.last_number += 1
    return Head(
        pk=pk,
        key=f"{chance.getrandbits(128):032x}",
        number=receipt_number(register, register.last_number),
        sequence=register.last_number,
        store=register.store,
        register_id=register.pk,
        session_id=session.pk,
        seller_id=session.opened_by_id,
        customer_id=customer_id,
        at=at,
        sold_on=day.isoformat(),
        method_id=shop.methods[way],
        tendered=_note(chance, shop.currency) if way == "cash" else None,
    )


def _clock(shop: Shop, store_id: int, day: date) -> Clock:
    store = next(r.store for r in shop.registers if r.store_id == store_id)
    return Clock(store, day)


def _seconds(count: int, chance: random.Random) -> list[int]:
    hours = chance.choices(list(HOURS), list(HOURS.values()), k=count)
    return sorted(hour * 3600 + int(3600 * chance.random()) for hour in hours)


def _note(chance: random.Random, currency: Currency) -> int:
    """A note that is handed over, in units; one that is too small means the exact coins."""
    note: int = chance.choice((5, 10, 20, 50, 100))
    return note * max(100, currency.unit)


def _basket(shop: Shop, store_id: int, percent: int, draw: _Draw) -> list[tuple[Article, Line]]:
    """Different products, in most sales the popular ones."""
    chance, articles, sold = draw.chance.random, shop.articles, shop.sold[store_id]
    wanted = draw.sizes[int(200 * chance())]
    places = {int(len(articles) * chance() ** SKEW) for _ in range(wanted)}
    basket = []
    for place in places:
        what = articles[place]
        quantity = draw.pieces[int(1000 * chance())]
        if what.is_weighed:
            quantity = GRAMS[int(15 * chance())]
        own = chance() < WITH_OWN_DISCOUNT
        share = OWN_PERCENTS[int(3 * chance())] if own else percent or None
        sold[place] += quantity
        basket.append((what, line(what, quantity, share, own, shop.currency)))
    return basket


def _sessions(shop: Shop, day: date) -> list[CashSession]:
    """One session per register and day, not yet counted."""
    sessions = []
    pks = reserve_ids(CashSession, len(shop.registers))
    for place, (pk, register) in enumerate(zip(pks, shop.registers, strict=True)):
        sellers = shop.sellers[register.store_id]
        seller = sellers[(day.toordinal() + place) % len(sellers)]
        zone = ZoneInfo(register.store.time_zone)
        sessions.append(
            CashSession(
                pk=pk,
                register=register,
                opened_by=seller,
                opened_at=datetime.combine(day, time(8, 45), zone),
                closed_by=seller,
                closed_at=datetime.combine(day, time(19, 15), zone),
            )
        )
    return sessions


def _close(
    sessions: Sequence[CashSession],
    taken: dict[int, int],
    left: dict[int, Decimal],
    currency: Currency,
) -> None:
    """Count every drawer: it is right. The float stays, the rest was never in this shop's way."""
    for session in sessions:
        session.opening_float = left[session.register_id]
        cash = from_units(taken[session.pk], currency.decimals)
        session.expected_cash = session.counted_cash = session.opening_float + cash
        session.difference = Decimal(0)
    insert_objects(sessions)


def _stock(shop: Shop, span: int) -> None:
    """Opening stock of what was sold and what is left now."""
    keeper = User.objects.get(username="sam")
    start = timezone.now() - timedelta(days=span + 1)
    stores = {register.store_id: register.store for register in shop.registers}
    products = list(
        Product.objects.order_by("pk").only("pk", "code", "reorder_point", "cost", "is_favourite")
    )
    for store_id, store in stores.items():
        levels, movements = [], []
        for place, product in enumerate(products):
            on_hand, _is_low = target(product, store)
            levels.append((product.pk, store_id, on_hand))
            opening = on_hand + Decimal(shop.sold[store_id][place]) / 1000
            if opening:
                movements.append(
                    (product.pk, store_id, "adjustment", opening, None, product.cost)
                    + ("opening", "", keeper.pk, start)
                )
        insert_rows(StockLevel, ("product_id", "store_id", "on_hand"), levels)
        insert_rows(StockMovement, MOVEMENT_COLUMNS, movements)
