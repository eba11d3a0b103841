"""What the ids of a report's rows are called: one query each, however many rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pos.models import Category, Customer, PaymentMethod, Product, Register, Store, User

# More ids than this are not asked for one by one: the whole (narrow) table is read instead.
MOST_IDS = 500


@dataclass(frozen=True)
class ProductName:
    code: str
    name: str
    size: str

    def __str__(self) -> str:
        return f"{self.name} {self.size}".strip()


def store_names(ids: Collection[int]) -> dict[int, str]:
    return dict(_of(Store.objects.all(), ids).values_list("pk", "name"))


def register_names(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Register -> its store's name, its own name."""
    rows = _of(Register.objects.all(), ids).values_list("pk", "store__name", "name")
    return {pk: (store, name) for pk, store, name in rows}


def people_names(ids: Collection[int]) -> dict[int, str]:
    people = _of(User.objects.all(), ids).only("first_name", "last_name", "username")
    return {person.pk: str(person) for person in people}


def customer_names(ids: Collection[int]) -> dict[int, str]:
    return dict(_of(Customer.objects.all(), ids).values_list("pk", "name"))


def method_names(ids: Collection[int]) -> dict[int, str]:
    return dict(_of(PaymentMethod.objects.all(), ids).values_list("pk", "name"))


def product_names(ids: Collection[int | None]) -> dict[int | None, ProductName]:
    """Product -> how it is called. Without a product: delivery fees."""
    products = _of(Product.objects.all(), [pk for pk in ids if pk is not None])
    rows = products.values_list("pk", "code", "name", "size")
    found: dict[int | None, ProductName] = {pk: ProductName(*each) for pk, *each in rows}
    return found | {None: ProductName("", _("Delivery fees"), "")}


def _of(rows: QuerySet[Any], ids: Collection[int]) -> QuerySet[Any]:
    rows = rows.order_by()
    return rows.filter(pk__in=list(ids)) if len(ids) <= MOST_IDS else rows


@dataclass(frozen=True)
class Categories:
    """The tree of categories and what lies in it. Two queries."""

    names: dict[int, str]
    parents: dict[int, int | None]
    of_product: dict[int, frozenset[int]]

    def top(self, category: int) -> int:
        """The top category that this one lies in."""
        seen = set()
        while self.parents[category] is not None and category not in seen:
            seen.add(category)
            category = self.parents[category] or category
        return category

    def path(self, category: int) -> str:
        """“Clothes › Shirts”."""
        words, above, seen = [], category, set[int]()
        while above not in seen:
            seen.add(above)
            words.append(self.names[above])
            above = self.parents[above] or above
        return " › ".join(reversed(words))

    def within(self, chosen: Iterable[int]) -> frozenset[int]:
        """These categories and all that lie in them."""
        wanted = set(chosen)
        return frozenset(pk for pk in self.names if wanted & self._up(pk))

    def _up(self, category: int) -> set[int]:
        found = set[int]()
        above: int | None = category
        while above is not None and above not in found:
            found.add(above)
            above = self.parents[above]
        return found


def categories() -> Categories:
    rows = list(Category.objects.order_by().values_list("pk", "name", "parent_id"))
    links: dict[int, set[int]] = {}
    for product, category in Product.categories.through.objects.values_list(
        "product_id", "category_id"
    ):
        links.setdefault(product, set()).add(category)
    return Categories(
        {pk: name for pk, name, _parent in rows},
        {pk: parent for pk, _name, parent in rows},
        {product: frozenset(found) for product, found in links.items()},
    )
