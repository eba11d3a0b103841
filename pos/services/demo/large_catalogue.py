"""Products, customers and registers for measuring: as many as asked for, made from the demo's."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.utils import timezone

from pos.models import Barcode, Customer, Product, Register, Store, User
from pos.models.search import fold
from pos.services.bulk_rows import insert_history, insert_objects, insert_rows, reserve_ids

from .catalogue import IN_STORE, ean
from .people import REASON
from .shop import fixture, rounded, shelf_price

CHUNK = 5000
WITH_PICTURE = 0.4
BRANDS = (
    "Alba Boreal Cormoran Dune Estuaire Falaise Granit Horizon Iris Jetée Korrigan Lanterne Marée "
    "Nacre Océane Phare Quai Rivage Sillage Tramontane Ultramar Vague Wharf Ysé Zéphyr"
).split()
KINDS = (
    "Classic Family Mini Premium Organic Daily Select Nature Original Duo Maxi Prima Atelier "
    "Tradition Fresh Gold Studio Terra Urban Vintage Smart Light Extra Grand Petit Signature Heritage "
    "Saison"
).split()
YEAR = timedelta(days=365)


def more_products(*, count: int, user: User) -> None:
    """`count` further products, each a variation of one of the demo's, with barcode and history."""
    originals = list(Product.objects.order_by("pk"))
    categories = dict(Product.categories.through.objects.values_list("product_id", "category_id"))
    variations = _variations(originals)
    first = len(originals) + 1
    while made := list(islice(variations, min(CHUNK, count))):
        count -= len(made)
        products = [product for product, _original in made]
        barcodes = []
        for place, (product, pk) in enumerate(
            zip(products, reserve_ids(Product, len(products)), strict=True), start=first
        ):
            product.pk = pk
            code = ean(f"{IN_STORE}{place * 37 % 10**9:09d}")
            barcodes.append(Barcode(product=product, code=code))
            product.search_text = product.searchable([code])
        first += len(made)
        for barcode, pk in zip(barcodes, reserve_ids(Barcode, len(barcodes)), strict=True):
            barcode.pk = pk
        insert_objects(products)
        insert_objects(barcodes)
        links = [(product.pk, categories[original.pk]) for product, original in made]
        insert_rows(Product.categories.through, ["product_id", "category_id"], links)
        at = products[0].created_at
        insert_history(products, sign="+", user=user, reason=REASON, at=at)
        insert_history(barcodes, sign="+", user=user, reason=REASON, at=at)


def _variations(originals: Sequence[Product]) -> Iterator[tuple[Product, Product]]:
    chance = random.Random("variations")
    made_at = timezone.now() - 3 * YEAR
    number = 0
    while True:
        number += 1
        for brand in BRANDS:
            for kind in KINDS:
                for original in originals:
                    yield _variation(original, brand, kind, number, chance, made_at), original


def _variation(
    original: Product, brand: str, kind: str, number: int, chance: random.Random, made_at: datetime
) -> Product:
    factor = Decimal(chance.randrange(70, 180)) / 100
    # Styles stay together: the sizes of one article in one variation.
    suffix = f"{fold(brand)[:4]}{fold(kind)[:5]}{number}".upper()
    return Product(
        code=f"{original.code}-{suffix}",
        name=f"{brand} {original.name} {kind}" + (f" {number}" if number > 1 else ""),
        style=f"{original.style}-{suffix}" if original.style else "",
        size=original.size,
        price=shelf_price(original.price * factor),
        cost=rounded(original.cost * factor),
        tax_rate_id=original.tax_rate_id,
        image=original.image.name if chance.random() < WITH_PICTURE else "",
        colour=original.colour,
        sold_by=original.sold_by,
        reorder_point=original.reorder_point,
        created_at=made_at,
        updated_at=made_at,
    )


def more_customers(*, count: int) -> None:
    """`count` further customers with the demo's first and last names in other pairs."""
    people = fixture("demo_people.json")
    names = [name.split(" ", 1) for name in people["customers"]]
    chance = random.Random("more customers")
    now = timezone.now()
    levels = list(Customer.objects.exclude(level=None).values_list("level_id", flat=True))
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        customers = []
        for pk in reserve_ids(Customer, size):
            name = f"{chance.choice(names)[0]} {chance.choice(names)[1]}"
            customer = Customer(
                pk=pk,
                name=name,
                phone=f"+33 7 {' '.join(f'{chance.randrange(100):02d}' for _ in range(4))}",
                level_id=chance.choice(levels) if chance.random() < 0.5 else None,
                created_at=now - YEAR * 3 * chance.random(),
            )
            customer.search_text = customer.searchable()
            customers.append(customer)
        insert_objects(customers)


def more_registers(*, count: int) -> list[Register]:
    """Registers until there are `count`, in the stores by turns; all of them, by id."""
    stores = list(Store.objects.order_by("pk"))
    for place in range(Register.objects.count(), count):
        store = stores[place % len(stores)]
        number = store.registers.count() + 1
        Register.objects.create(store=store, name=f"Register {number}", code=f"R{number}")
    return list(Register.objects.select_related("store").order_by("pk"))
