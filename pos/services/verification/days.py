"""Roll-ups: what is kept of a finished day is what its documents come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, ForeignKey, Max, Min, OuterRef
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pos.models import FinishedDay, Store
from pos.models.fields import ScaledField
from pos.money import MONEY_PLACES, quantity_text
from pos.services.days.finished import split
from pos.services.days.raw import Days, Limits, differing, execute
from pos.services.days.tables import HOURS, TABLES, Table

from .problem import Problem, Scope, money_text

# Days compared in one statement.
AT_ONCE = timedelta(days=31)


def day_sums(scope: Scope) -> Iterator[Problem]:
    """Every figure of a finished day is the sum of that day's documents."""
    finished = scope.within(FinishedDay.objects.all())
    ends = finished.aggregate(first=Min("day"), last=Max("day"))
    if ends["first"] is None:
        return
    stores = frozenset(finished.values_list("store_id", flat=True).distinct())
    moved = frozenset(pk for pk in stores if _had_other_clock(pk))
    first = ends["first"]
    while first <= ends["last"]:
        last = min(first + AT_ONCE - timedelta(days=1), ends["last"])
        for table in TABLES:
            # A store that moved to another time zone has old hours by its old clock.
            told = moved if table is HOURS else frozenset()
            dimensions = [each for each in table.dimensions if each != "hour"]
            days = split(first, last, stores=stores - told, every=frozenset()).rolled
            yield from _differences(table, table.dimensions, days)
            days = split(first, last, stores=told, every=frozenset()).rolled
            yield from _differences(table, dimensions, days)
        first = last + timedelta(days=1)


def _had_other_clock(store_id: int) -> bool:
    zones = Store.history.filter(id=store_id).order_by().values_list("time_zone", flat=True)
    return len({*zones, Store.objects.get(pk=store_id).time_zone}) > 1


def _differences(
    table: Table, dimensions: Sequence[str], days: Sequence[Days]
) -> Iterator[Problem]:
    if not days:
        return
    width, measures, columns = len(dimensions), list(table.measures), _columns(table)
    for row in execute(differing(table, dimensions, Limits(days))):
        what = _row_text(table, dimensions, row[:width])
        kept, anew = row[width : width + len(measures)], row[width + len(measures) :]
        for name, found, expected in zip(measures, kept, anew, strict=True):
            if found != expected:
                title = columns[name].verbose_name
                places = table.measures[name]
                texts = (_text(expected, places), _text(found, places))
                yield Problem("day_sums", f"{what}: {title}", *texts)


def _text(value: int, places: int) -> str:
    """A measure as the column keeps it: money of 10^-4, quantities of 10^-3, or a count."""
    read = Decimal(int(value)).scaleb(-places)
    return money_text(read) if places == MONEY_PLACES else quantity_text(read)


def _columns(table: Table) -> dict[str, Any]:
    return {each.name: each for each in table.model._meta.fields}


def _row_text(table: Table, dimensions: Sequence[str], values: Sequence[Any]) -> str:
    """“Sales by day, business day 2026-03-01, store Main, …”."""
    columns = _columns(table)
    parts = [str(capfirst(table.model._meta.verbose_name_plural))]
    for name, value in zip(dimensions, values, strict=True):
        field = columns[name]
        if isinstance(field, ForeignKey):
            found = field.related_model._base_manager.filter(pk=value).first()
            text = "–" if value is None else str(found or f"#{value}")
        elif isinstance(field, ScaledField):
            text = quantity_text(Decimal(int(value)).scaleb(-field.places))
        else:
            text = str(value)
        parts.append(f"{field.verbose_name} {text}")
    return ", ".join(parts)


def day_rows(scope: Scope) -> Iterator[Problem]:
    """Only finished days have roll-ups: those of others would be counted beside their documents."""
    finished = FinishedDay.objects.filter(day=OuterRef("day"), store=OuterRef("store"))
    for table in TABLES:
        rows = scope.within(table.model._base_manager.exclude(Exists(finished)))
        for day, store in rows.values_list("day", "store__name").distinct().iterator():
            title = capfirst(table.model._meta.verbose_name_plural)
            yield Problem(
                "day_rows",
                f"{title}, {day}, {store}",
                _("nothing: the day is not summed"),
                _("rows"),
            )
