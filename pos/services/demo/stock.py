"""The demo's stock: opened, refilled every week by what the week sells, some of it low or gone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from pos.models import Product, StockLevel, StockMovement, Store, User
from pos.money import ZERO
from pos.services.bulk_rows import insert_objects

from .shop import amount

Sold = Mapping[tuple[int, int], Mapping[date, Decimal]]

OUT, LOW = 0.035, 0.09  # shares of products that are out of stock or low today
KEPT_ELSEWHERE = 0.72  # share of the catalogue that a store other than the first keeps
MOVEMENT_COLUMNS = (
    *("product_id", "store_id", "kind", "quantity", "order_id", "unit_cost", "reason", "note"),
    *("created_by_id", "created_at"),
)
LEVEL_COLUMNS = ("product_id", "store_id", "on_hand")


def kept_products(products: Sequence[Product], store: Store, *, is_first: bool) -> list[Product]:
    """What a store keeps: the first everything, another whole styles of most of it."""
    if is_first:
        return list(products)
    return [
        product
        for product in products
        if random.Random(f"kept {store.code} {product.style or product.code}").random()
        < KEPT_ELSEWHERE
    ]


def target(product: Product, store: Store) -> tuple[Decimal, bool]:
    """What is on hand in the end, and whether that is low."""
    chance = random.Random(f"stock {store.code} {product.code}")
    drawn = chance.random()
    if drawn < OUT and not product.is_favourite:
        return ZERO, True
    if drawn < OUT + LOW:
        return Decimal(chance.randint(1, max(1, int(product.reorder_point)))), True
    return product.reorder_point + chance.randint(4, 18), False


def stock_rows(
    *, products: Sequence[Product], store: Store, sold: Sold, start: date, end: date, keeper: User
) -> Iterator[tuple[StockLevel, list[StockMovement]]]:
    """The level and the movements that are no sales, for every product of a store.

    Opening stock on the morning of `start`, a delivery every Monday: each covers what is sold
    until the next, so that the shelf is never below nothing.
    """
    zone = ZoneInfo(store.time_zone)
    arrivals = [start]
    while (later := arrivals[-1] + timedelta(days=7 - arrivals[-1].weekday())) <= end:
        arrivals.append(later)
    for product in products:
        on_hand, is_low = target(product, store)
        daily = sold.get((store.pk, product.pk), {})
        movements = []
        level = surplus = ZERO
        for place, day in enumerate(arrivals):
            until = arrivals[place + 1] if place + 1 < len(arrivals) else end + timedelta(days=1)
            wanted = sum((daily[each] for each in daily if day <= each < until), ZERO)
            wanted += on_hand if place == 0 else ZERO
            arrived = wanted - surplus if is_low else _packs(max(ZERO, wanted - surplus), product)
            arrived = max(ZERO, arrived)
            surplus += arrived - wanted
            level += arrived - sum((daily[each] for each in daily if day <= each < until), ZERO)
            if arrived:
                at = datetime.combine(day, time(7, 30), zone)
                movements.append(
                    _movement(product, store, keeper, arrived, at, is_opening=place == 0)
                )
        yield StockLevel(product=product, store=store, on_hand=level), movements


def _packs(quantity: Decimal, product: Product) -> Decimal:
    """Rounded up to what is delivered: whole kilograms, packs of six, single dear things."""
    pack = 6 if product.price < amount("20") and not product.is_weighed else 1
    return (quantity / pack).to_integral_value(ROUND_CEILING) * pack


def _movement(
    product: Product,
    store: Store,
    keeper: User,
    quantity: Decimal,
    at: datetime,
    *,
    is_opening: bool,
) -> StockMovement:
    kinds = StockMovement.Kind
    return StockMovement(
        product=product,
        store=store,
        kind=kinds.ADJUSTMENT if is_opening else kinds.RECEIVING,
        quantity=quantity,
        unit_cost=product.cost,
        reason=StockMovement.Reason.OPENING if is_opening else StockMovement.Reason.NONE,
        note="" if is_opening else "Weekly delivery",
        created_by=keeper,
        created_at=at,
    )


def seed_stock(
    *, products: Sequence[Product], stores: Sequence[Store], sold: Sold, start: date, end: date
) -> list[StockMovement]:
    """Write all levels; return the movements in order of time, for the caller to write."""
    keeper = User.objects.get(username="sam")
    levels: list[StockLevel] = []
    movements: list[StockMovement] = []
    for place, store in enumerate(stores):
        kept = kept_products(products, store, is_first=place == 0)
        for level, more in stock_rows(
            products=kept, store=store, sold=sold, start=start, end=end, keeper=keeper
        ):
            levels.append(level)
            movements += more
    insert_objects(levels, LEVEL_COLUMNS)
    return sorted(movements, key=lambda movement: movement.created_at)
