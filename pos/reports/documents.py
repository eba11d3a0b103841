"""Narrows documents to what was asked, for the few figures that no roll-up has."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from .base import Asked

Documents = TypeVar("Documents", bound=Model)


def within(
    rows: QuerySet[Documents], asked: Asked, *, day: str, seller: str = "seller"
) -> QuerySet[Documents]:
    """Orders, refunds, …: of the business days, stores, registers, people and customers asked for."""
    narrowed = {f"{day}__gte": asked.span.first, f"{day}__lte": asked.span.last}
    fields = (
        ("store_id", asked.where.stores),
        ("register_id", asked.where.registers),
        (f"{seller}_id", asked.where.sellers),
        ("customer_id", asked.where.customers),
    )
    return rows.filter(
        **narrowed, **{f"{name}__in": ids for name, ids in fields if ids is not None}
    )


def moments(asked: Asked) -> tuple[datetime, datetime]:
    """From the start of the first day to the start of the day after the last, by the shop's clock.

    For what has a time and no business day: stock movements, cash sessions.
    """
    start = timezone.make_aware(datetime.combine(asked.span.first, time.min))
    after = asked.span.last + timedelta(days=1)
    return start.astimezone(UTC), timezone.make_aware(datetime.combine(after, time.min)).astimezone(
        UTC
    )
