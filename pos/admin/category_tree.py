"""The categories as a tree: order, paths, and how many products lie in each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from pos.models import Category, Product


@dataclass(frozen=True)
class Branch:
    """A category with its place: `path` is “Clothes › Shirts”, `depth` 0 at the top."""

    category: Category
    path: str
    depth: int


def branches() -> list[Branch]:
    """Every category in tree order. One query."""
    below: dict[int | None, list[Category]] = {}
    for category in Category.objects.order_by("position", "name"):
        below.setdefault(category.parent_id, []).append(category)
    found: list[Branch] = []
    waiting = [Branch(each, each.name, 0) for each in reversed(below.get(None, []))]
    while waiting:
        branch = waiting.pop()
        found.append(branch)
        children = reversed(below.get(branch.category.pk, []))
        waiting += [
            Branch(each, f"{branch.path} › {each.name}", branch.depth + 1) for each in children
        ]
    return found


def with_descendants(category_id: int) -> set[int]:
    """The ids of the category and of everything inside it. One query."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    return {pk for pk in parents if category_id in _upwards(pk, parents)}


def product_counts() -> dict[int, int]:
    """Products in each category or inside it, each counted once. Three queries."""
    links = Product.categories.through.objects
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    counts: Counter[int] = Counter()
    for category_id, number in links.values_list("category_id").annotate(Count("id")).order_by():
        for above in _upwards(category_id, parents):
            counts[above] += number
    several = links.values("product_id").annotate(n=Count("id")).filter(n__gt=1).order_by()
    met: Counter[tuple[int, int]] = Counter()
    pairs = links.filter(product_id__in=several.values("product_id"))
    for product_id, category_id in pairs.values_list("product_id", "category_id"):
        for above in _upwards(category_id, parents):
            met[product_id, above] += 1
    for (_product_id, above), times in met.items():
        counts[above] -= times - 1
    return counts


def _upwards(pk: int | None, parents: dict[int, int | None]) -> list[int]:
    """The category and those around it, innermost first."""
    found: list[int] = []
    while pk is not None and pk not in found:
        found.append(pk)
        pk = parents.get(pk)
    return found
