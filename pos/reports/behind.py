"""The lists behind the figures: which list of the admin, filtered how.

Only what the lists can show is linked: a report narrowed to two stores has no one list behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .base import Asked, Behind
from .facts import Span


@dataclass(frozen=True)
class ListOf:
    """One list: the parameter of its business day, and those of what a report is narrowed to."""

    model: str
    day: str
    parameters: Mapping[str, str]
    always: Mapping[str, Any]


ORDERS = ListOf(
    "order",
    "sold_on",
    {
        "store": "store",
        "register": "register",
        "seller": "seller__id__exact",
        "customer": "customer__id__exact",
        "product": "product",
        "category": "category",
        "method": "method",
    },
    {"status__exact": "completed"},
)
REFUNDS = ListOf(
    "refund",
    "refunded_on",
    {
        "store": "store",
        "register": "register",
        "seller": "seller__id__exact",
        "customer": "customer__id__exact",
        "product": "product",
        "category": "category",
    },
    {},
)
PAYMENTS = ListOf(
    "payment",
    "received_on",
    {"store": "store", "method": "method__id__exact", "seller": "received_by__id__exact"},
    {},
)
NARROWED = {
    "store": "stores",
    "register": "registers",
    "seller": "sellers",
    "customer": "customers",
    "product": "products",
    "category": "categories",
    "method": "methods",
}


def orders_behind(asked: Asked, **found: Any) -> Behind | None:
    """The orders of what was asked, narrowed to a row: `store=3, first=…, last=…`."""
    return _behind(ORDERS, asked, found)


def refunds_behind(asked: Asked, **found: Any) -> Behind | None:
    return _behind(REFUNDS, asked, found)


def payments_behind(asked: Asked, **found: Any) -> Behind | None:
    return _behind(PAYMENTS, asked, found)


def _behind(listed: ListOf, asked: Asked, found: dict[str, Any]) -> Behind | None:
    first = found.pop("first", asked.span.first)
    last = found.pop("last", asked.span.last)
    for name, attribute in NARROWED.items():
        ids = getattr(asked.where, attribute)
        if ids is None or name in found:
            continue
        if len(ids) != 1:
            return None
        [found[name]] = ids
    if any(value is None or name not in listed.parameters for name, value in found.items()):
        return None
    lookups = {f"{listed.day}_from": first.isoformat(), f"{listed.day}_to": last.isoformat()}
    narrowed = {listed.parameters[name]: value for name, value in found.items()}
    return Behind(listed.model, {**listed.always, **lookups, **narrowed})


def row_behind(model: str, **lookups: Any) -> Behind:
    """A list of what is now, whatever the period: products, stock, customers."""
    return Behind(model, lookups)


def period_of(by: str, first: date, span: Span) -> tuple[date, date]:
    """The days of the week, month or year that starts on `first`, as far as they were asked for."""
    if by == "week":
        last = date.fromordinal(first.toordinal() + 6)
    elif by == "month":
        last = date.fromordinal(_next_month(first).toordinal() - 1)
    else:
        last = date(first.year, 12, 31) if by == "year" else first
    return max(first, span.first), min(last, span.last)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
