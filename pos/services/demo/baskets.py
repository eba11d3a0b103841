"""What the demo's customers put on the counter, and how they pay for it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from pos.models import Customer, Product
from pos.pricing import Discount
from pos.services.carts import Cart, CartItem, Delivery
from pos.services.payments import Tender

from .deliveries import DOOR_NOTES
from .shop import amount

CUSTOMER, DELIVERY, LINE_DISCOUNT, ORDER_DISCOUNT = 0.3, 0.015, 0.05, 0.025
# (categories, how often, how many lines how often from one upwards)
MOODS = (
    (("FRUIT", "GROCERY"), 48, (18, 18, 16, 13, 10, 8, 6, 4, 4, 3)),
    (("TOPS", "TROUSERS", "OUTERWEAR", "ACCESSORIES"), 24, (60, 28, 9, 3)),
    (("HOUSEHOLD", "STATIONERY", "GIFTS"), 20, (46, 28, 14, 8, 4)),
    ((), 8, (20, 30, 25, 15, 10)),
)
# Of a hundred sales, how many are paid like this.
WAYS = {"cash": 37, "card": 46, "wallet": 9, "split": 2, "transfer": 1, "on-account": 3, "part": 2}
NEEDS_CUSTOMER = ("on-account", "part", "transfer")
NOTES = ("5", "10", "20", "50", "100", "200")


@dataclass(frozen=True)
class Shelf:
    """What a store sells: products by top category, each with how gladly it is bought."""

    products: dict[str, list[Product]]
    weights: dict[str, list[float]]

    @classmethod
    def of(cls, products: Sequence[Product], top_of: dict[int, str]) -> Shelf:
        shelves: dict[str, list[Product]] = {}
        for product in products:
            shelves.setdefault(top_of[product.pk], []).append(product)
        weights = {top: [_popularity(each) for each in shelf] for top, shelf in shelves.items()}
        return cls(shelves, weights)

    def draw(self, tops: Sequence[str], count: int, chance: random.Random) -> list[Product]:
        """Up to `count` different products of these categories; of all when none is named."""
        wanted = tops or list(self.products)
        pool = [product for top in wanted for product in self.products.get(top, ())]
        weights = [weight for top in wanted for weight in self.weights.get(top, ())]
        drawn = chance.choices(pool, weights, k=count)
        return list(dict.fromkeys(drawn))


def _popularity(product: Product) -> float:
    price = product.price
    wish = 0.35
    for limit, more in (("45", 1.0), ("12", 2.0), ("3", 3.0)):
        if price < amount(limit):
            wish = more
    return wish * (3.5 if product.is_favourite else 1.0) / (2 if product.style else 1)


def make_cart(
    shelf: Shelf, customers: Sequence[Customer], day: date, chance: random.Random
) -> tuple[Cart, str]:
    """A cart and the way it will be paid."""
    tops, _often, sizes = chance.choices(MOODS, [mood[1] for mood in MOODS])[0]
    count = chance.choices(range(1, len(sizes) + 1), sizes)[0]
    items = tuple(_item(product, chance) for product in shelf.draw(tops, count, chance))
    way = chance.choices(list(WAYS), list(WAYS.values()))[0]
    delivery = None
    customer: Customer | None = None
    if customers and (way in NEEDS_CUSTOMER or chance.random() < CUSTOMER):
        # Squared: few regulars come often, many come now and then.
        customer = customers[int(len(customers) * chance.random() ** 2)]
        if chance.random() < DELIVERY / CUSTOMER:
            on = day + timedelta(days=chance.randint(1, 2))
            delivery = Delivery(
                customer.address, on, amount("4.90"), DOOR_NOTES[on.day % len(DOOR_NOTES)]
            )
    discount = None
    if chance.random() < ORDER_DISCOUNT:
        discount = Discount(percent=Decimal(chance.choice(("5", "10"))))
    return Cart(items, customer.pk if customer else None, discount, delivery), way


def _item(product: Product, chance: random.Random) -> CartItem:
    if product.is_weighed:
        grams = round(chance.triangular(120, 2200, 600))
        quantity = Decimal(grams).scaleb(-3)
    else:
        many = (70, 18, 7, 5) if product.price < amount("5") else (88, 10, 2)
        quantity = Decimal(chance.choices(range(1, len(many) + 1), many)[0])
    discount = None
    if chance.random() < LINE_DISCOUNT:
        if product.price > amount("15") and chance.random() < 0.3:
            discount = Discount(amount=amount("2.00"))
        else:
            discount = Discount(percent=Decimal(chance.choice(("5", "10", "20"))))
    return CartItem(product.pk, quantity, discount)


def make_tenders(way: str, total: Decimal, chance: random.Random) -> tuple[Tender, ...]:
    """What is handed over for `total`, above zero."""
    reference = f"{chance.randrange(10**6):06d}"
    if way == "cash":
        return (Tender("cash", _cash_for(total, chance)),)
    if way == "split":
        by_card = _part(total, 0.6)
        in_cash = (Tender("cash", total - by_card),) if by_card < total else ()
        return Tender("card", by_card, reference), *in_cash
    if way == "part":
        return (Tender("card", _part(total, 0.5), reference),)
    if way == "transfer":
        return (Tender("transfer", total, f"TR {reference}"),)
    return (Tender(way, total, reference if way == "card" else ""),)


def _part(total: Decimal, share: float) -> Decimal:
    """Some of the total, above zero, rounded to what people say; all of it when it is tiny."""
    unit = amount("1")
    part = (total * Decimal(str(share)) / unit).to_integral_value(ROUND_CEILING) * unit
    return part if part < total else total


def _cash_for(total: Decimal, chance: random.Random) -> Decimal:
    """Exact coins, or rounded up to a note."""
    if chance.random() < 0.25:
        return total
    note = amount(chance.choices(NOTES[:4], (30, 30, 25, 15))[0])
    return (total / note).to_integral_value(ROUND_CEILING) * note
