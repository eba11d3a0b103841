"""Sums of any period: finished days from their roll-ups, all others from the documents.

What is asked for decides neither the figures nor who may see them: a roll-up is only the fast way to
the same sums. Nothing is written here; see services.days.rolling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from pos.models import Category, Product, User
from pos.models.fields import PercentField
from pos.services.days import tables
from pos.services.days.finished import Split, every_store, split
from pos.services.days.raw import Days, Limits, documents, execute, known, rolled, summed
from pos.services.days.tables import PERIODS, Table

from .sums import Sums

__all__ = ["Fact", "Found", "Span", "Sums", "Where", "sums"]

_WHERE = {
    "registers": "register",
    "sellers": "seller",
    "customers": "customer",
    "products": "product",
    "methods": "method",
}


class Fact(Enum):
    SALES = tables.SALES
    HOURS = tables.HOURS
    PRODUCTS = tables.PRODUCTS
    PAYMENTS = tables.PAYMENTS
    TAXES = tables.TAXES
    CUSTOMERS = tables.CUSTOMERS

    @property
    def table(self) -> Table:
        return self.value


@dataclass(frozen=True)
class Span:
    """Business days, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("A span ends on or after its first day.")

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=place) for place in range(self.days))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Span:
        """As many days, ending on the day before."""
        length = timedelta(days=self.days)
        return Span(self.first - length, self.last - length)

    def year_ago(self) -> Span:
        """The same days of the calendar a year earlier; 29 February becomes 28 February."""
        return Span(_year_before(self.first), _year_before(self.last))


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


@dataclass(frozen=True)
class Where:
    """Ids that alone count; None: all. Categories with all that lies in them."""

    stores: frozenset[int] | None = None
    registers: frozenset[int] | None = None
    sellers: frozenset[int] | None = None
    customers: frozenset[int] | None = None
    products: frozenset[int] | None = None
    categories: frozenset[int] | None = None
    methods: frozenset[int] | None = None

    def ids(self) -> list[tuple[str, Any]]:
        """Dimension and ids of all that is narrowed, the stores apart."""
        asked = [(name, getattr(self, plural)) for plural, name in _WHERE.items()]
        found: list[tuple[str, Any]] = [each for each in asked if each[1] is not None]
        if self.categories is not None:
            inside = Product.categories.through.objects.filter(
                category_id__in=with_descendants(self.categories)
            )
            found.append(("product", inside.values("product_id")))
        return found


def with_descendants(categories: Collection[int]) -> set[int]:
    """These categories and all that lie in them, by id: one statement."""
    children = defaultdict(list)
    for pk, parent in Category.objects.order_by().values_list("pk", "parent_id"):
        children[parent].append(pk)
    found, waiting = set(categories), list(categories)
    while waiting:
        inside = set(children[waiting.pop()]) - found
        found |= inside
        waiting += inside
    return found


class Found(dict[tuple[Any, ...], Sums]):
    """Sums by key; a key that nothing was found for has empty sums."""

    def __init__(self, measures: dict[str, int]) -> None:
        super().__init__()
        self.measures = measures

    def __missing__(self, key: tuple[Any, ...]) -> Sums:
        return Sums(self.measures)


def sums(
    fact: Fact, *, user: User, span: Span, by: Sequence[str] = (), where: Where = Where()
) -> Found:
    """What `user` may see of a period, summed for each combination of `by`.

    `by`: "day", "week" (its Monday), "month" (its first day), "year" (a number), "weekday" (0 is
    Monday), "store", "register", "seller", "hour", "product" (None: delivery fees), "customer" (None:
    nobody known), "method", "tax" ((name, percent); without a name: untaxed). Ids for what has one.
    Without `by` one entry, (). Raises ValueError where the fact's documents know no such thing.
    At most four statements, whatever was sold.
    """
    table = fact.table
    dimensions = [name for asked in by for name in _COLUMNS.get(asked, (asked,))]
    ids = where.ids()
    asked = {*dimensions, *(name for name, _ in ids)} - set(PERIODS)
    for source in table.sources:
        for name in asked:
            known(source, name)
    days = _days(table, user, span, where.stores, asked)
    parts = rolled(table, dimensions, Limits(days.rolled, user, ids))
    parts += documents(table, dimensions, Limits(days.open, user, ids))
    found = Found(table.measures)
    width = len(dimensions)
    for row in execute(summed(table, dimensions, parts)) if parts else ():
        each = Sums(table.measures, row[width:])
        if each or not by:
            found[_key(by, row)] = each
    if not by:
        found.setdefault((), found[()])
    return found


def _days(
    table: Table, user: User, span: Span, asked_stores: frozenset[int] | None, asked: set[str]
) -> Split:
    """Which days to read from where, of the stores that are asked for and visible."""
    every, visible = every_store(), user.store_ids()
    stores = every if visible is None else visible
    if asked_stores is not None:
        stores &= asked_stores
    rolled_up = stores
    managed = user.store_ids("manage_store", "view_store_reports")
    if not asked <= set(table.dimensions):
        rolled_up = frozenset()
    elif not table.owner and managed is not None:
        # A roll-up that does not know who sold is for those who see all of a store.
        rolled_up &= managed
    found = split(span.first, span.last, stores=rolled_up, every=every)
    rest = stores - rolled_up
    if not rest:
        return found
    whole = Days(span.first, span.last, None if rest == every else rest)
    return replace(found, open=(*found.open, whole))


def _key(by: Sequence[str], row: Sequence[Any]) -> tuple[Any, ...]:
    values = iter(row)
    return tuple(_READ.get(name, _plain)(values) for name in by)


def _plain(values: Iterator[Any]) -> Any:
    return next(values)


def _date(values: Iterator[Any]) -> date:
    value = next(values)
    return value if isinstance(value, date) else date.fromisoformat(value)


def _tax(values: Iterator[Any]) -> tuple[str, Decimal]:
    return next(values), Decimal(next(values)).scaleb(-PercentField.places)


_COLUMNS = {"tax": ("name", "percent")}
_READ: dict[str, Callable[[Iterator[Any]], Any]] = {
    "day": _date,
    "week": _date,
    "month": _date,
    "tax": _tax,
}
