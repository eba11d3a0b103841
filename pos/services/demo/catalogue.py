"""The demo's catalogue: categories, products in sizes, barcodes, pictures, opening stock."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from pos.models import Barcode, Category, Product, TaxRate, User
from pos.models.pictures import RandomName
from pos.services.bulk_rows import insert_history, insert_objects, insert_rows, reserve_ids
from pos.services.catalog import check_digit

from .people import REASON
from .pictures import picture
from .shapes import SHAPES
from .shop import amount, fixture, rounded, shelf_price

# Sizes that are an amount cost by it; a larger packet is a little cheaper by the kilogram.
MEASURE = re.compile(r"(\d+(?:\.\d+)?)(kg|g|cl|l|cm|W)?")
IN_BASE = {"kg": Decimal(1000), "l": Decimal(100)}
BULK_SAVING = Decimal("0.85")
IN_STORE = "200"  # the prefix that is free for a shop's own barcodes
ALIASES = 0.25  # share of products with a second barcode, the maker's
DAYS_AGO = 75


@dataclass(frozen=True)
class Article:
    """A row of the fixture: one product, or one per size."""

    row: dict[str, Any]
    place: int

    @property
    def sizes(self) -> list[str]:
        return self.row.get("sizes", "").split() or [""]

    def factor(self, size: str) -> Decimal:
        """What this size costs against the first one; M, L and trouser sizes cost the same."""
        first, own = (MEASURE.fullmatch(each) for each in (self.sizes[0], size))
        if not first or not own or not (own[2] or self.row.get("by_size")):
            return Decimal(1)
        amounts = [Decimal(each[1]) * IN_BASE.get(each[2], Decimal(1)) for each in (first, own)]
        return (amounts[1] / amounts[0]) ** BULK_SAVING

    @property
    def style(self) -> str:
        return self.row["code"] if len(self.sizes) > 1 else ""


def seed_catalogue(*, user: User, rates: dict[str, TaxRate]) -> int:
    """Everything that is sold. Returns how many products there are."""
    data = fixture("demo_catalogue.json")
    categories = seed_categories(data["categories"])
    articles = [Article(row, place) for place, row in enumerate(data["articles"])]
    now = timezone.now()
    made_at = now - timedelta(days=DAYS_AGO)
    products: list[Product] = []
    links: list[tuple[int, int]] = []
    for article in articles:
        image = save_picture(article.row)
        for size in article.sizes:
            products.append(make_product(article, size, image, rates, made_at))
            links.append((0, categories[article.row["category"]]))
    for product, pk in zip(products, reserve_ids(Product, len(products)), strict=True):
        product.pk = pk
    barcodes = make_barcodes(products)
    insert_objects(products)
    insert_objects(barcodes)
    insert_rows(
        Product.categories.through,
        ["product_id", "category_id"],
        [(product.pk, category) for product, (_, category) in zip(products, links, strict=True)],
    )
    for objects in (products, barcodes):
        insert_history(objects, sign="+", user=user, reason=REASON, at=made_at)
    return len(products)


def seed_categories(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The tree; ids by code."""
    ids: dict[str, int] = {}
    for position, row in enumerate(rows):
        top = Category.objects.create(
            name=row["name"], code=row["code"], colour=row["colour"], position=position * 10
        )
        ids[top.code] = top.pk
        for place, (name, code) in enumerate(row["children"], start=1):
            child = Category.objects.create(
                name=name, code=code, parent=top, colour=top.colour, position=position * 10 + place
            )
            ids[code] = child.pk
    return ids


def save_picture(row: dict[str, Any]) -> str:
    """Draw the article and keep the file; its name among the stored files."""
    content = picture(SHAPES[row["picture"]], row["colour"])
    name = RandomName("products")(Product(), "picture.jpg")
    return default_storage.save(name, ContentFile(content))


def make_product(
    article: Article, size: str, image: str, rates: dict[str, TaxRate], made_at: datetime
) -> Product:
    row = article.row
    is_weighed = row.get("weight", False)
    factor = article.factor(size) if size else Decimal(1)
    return Product(
        code=f"{row['code']}-{size.upper()}" if article.style else row["code"],
        name=row["name"],
        style=article.style,
        size=re.sub(r"(\d)([a-zA-Z]+)$", r"\1 \2", size),
        price=amount(row["price"]) if factor == 1 else shelf_price(amount(row["price"]) * factor),
        cost=rounded(amount(row["cost"]) * factor),
        tax_rate=rates[row["tax"]],
        description=row.get("description", ""),
        image=image,
        colour=row["colour"],
        sold_by=Product.SoldBy.WEIGHT if is_weighed else Product.SoldBy.UNIT,
        reorder_point=reorder_point(row),
        is_favourite=row.get("favourite", False),
        created_at=made_at,
        updated_at=made_at,
    )


def reorder_point(row: dict[str, Any]) -> Decimal:
    """Cheap things are kept by the dozen, dear ones by the piece."""
    price = Decimal(row["price"])
    return Decimal(12 if price < 5 else 6 if price < 20 else 3 if price < 60 else 2)


def make_barcodes(products: list[Product]) -> list[Barcode]:
    """One of the shop's own for every product, and for some the maker's; sets the search text."""
    chance = random.Random("barcodes")
    barcodes: list[Barcode] = []
    for place, product in enumerate(products, start=1):
        codes = [ean(f"{IN_STORE}{place * 37:09d}")]
        if chance.random() < ALIASES and not product.is_weighed:
            codes.append(ean(f"376{chance.randrange(10**9):09d}"))
        barcodes += [Barcode(product=product, code=code) for code in codes]
        product.search_text = product.searchable(codes)
    for barcode, pk in zip(barcodes, reserve_ids(Barcode, len(barcodes)), strict=True):
        barcode.pk = pk
    return barcodes


def ean(digits: str) -> str:
    """Twelve digits with the thirteenth, the check digit."""
    return digits + check_digit(digits)
