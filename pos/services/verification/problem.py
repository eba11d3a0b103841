"""What a check reports, and how far it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F, Max, Min, Model, Q, QuerySet
from django.utils.translation import gettext as _

from pos.models import Order
from pos.money import amount_text, currency_decimals, quantise, quantity_text

# Orders looked at in one statement: constant memory, and a way to stop early.
BATCH = 20_000

Rows = TypeVar("Rows", bound=Model)


@dataclass(frozen=True)
class Problem:
    """`what` is wrong, in words and figures a shop's owner can look up."""

    check: str
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return _("%(what)s: found %(found)s, expected %(expected)s") % {
            "what": self.what,
            "found": self.found,
            "expected": self.expected,
        }


@dataclass(frozen=True)
class Scope:
    """One store, or all of them (`store_id` None)."""

    store_id: int | None = None

    def within(self, rows: QuerySet[Rows], path: str = "store_id") -> QuerySet[Rows]:
        """`rows` of the scope; `path` leads from a row to its store. Unordered, uncached."""
        found = rows.order_by()
        return found if self.store_id is None else found.filter(**{path: self.store_id})

    def order_ranges(self) -> Iterator[tuple[int, int]]:
        """All order ids as pieces (low, high); high is not part of the piece."""
        ends = self.within(Order.objects.all()).aggregate(low=Min("id"), high=Max("id"))
        if ends["low"] is not None:
            for low in range(ends["low"], ends["high"] + 1, BATCH):
                yield low, low + BATCH


Check = Callable[[Scope], Iterable[Problem]]


def differs(left: str, right: str) -> Q:
    """One field is not the other; an empty one differs from every figure."""
    return ~Q(**{left: F(right)})


def money_text(amount: Decimal | None) -> str:
    """With the currency's decimals; a stray fraction of a cent is shown, not rounded away."""
    if amount is None:
        return _("nothing")
    decimals = currency_decimals(settings.POS_CURRENCY)
    is_plain = quantise(amount, decimals) == amount
    return amount_text(amount, decimals) if is_plain else quantity_text(amount)


def order_text(number: str | None, order_id: int) -> str:
    return _("Order %(number)s") % {"number": number or f"#{order_id}"}


def line_text(number: str | None, order_id: int, position: int, name: str) -> str:
    order = order_text(number, order_id)
    return _("%(order)s, line %(line)s (%(name)s)") % {
        "order": order,
        "line": position,
        "name": name,
    }


def as_problems(
    check: str, rows: Iterable[Any], tell: Callable[[Any], tuple[str, str, str]]
) -> Iterator[Problem]:
    """Each row told as (what, expected, found)."""
    for row in rows:
        yield Problem(check, *tell(row))
