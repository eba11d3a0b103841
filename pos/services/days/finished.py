"""Which business days are rolled up, and which are still to be read from their documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min

from pos.models import FinishedDay, Store

from .raw import Days

ONE_DAY = timedelta(days=1)
Range = tuple[date, date]


@dataclass(frozen=True)
class Split:
    """A period of some stores: what is rolled up, and the rest."""

    rolled: tuple[Days, ...]
    open: tuple[Days, ...]


def every_store() -> frozenset[int]:
    return frozenset(Store.objects.order_by().values_list("pk", flat=True))


def split(first: date, last: date, *, stores: frozenset[int], every: frozenset[int]) -> Split:
    """The days of `stores`, in two statements at most; stores that are alike stand together."""
    finished = FinishedDay.objects.filter(day__range=(first, last), store__in=stores).order_by()
    known: dict[int, list[Range]] = {store: [] for store in stores}
    gaps = set()
    ends = finished.values_list("store_id").annotate(Min("day"), Max("day"), Count("id"))
    for store, low, high, count in ends:
        known[store] = [(low, high)]
        if (high - low).days + 1 != count:
            gaps.add(store)
    if gaps:
        known |= _ranges_of(finished.filter(store__in=gaps).values_list("store_id", "day"))
    open_days = {store: list(_between(first, last, ranges)) for store, ranges in known.items()}
    return Split(_together(known, every), _together(open_days, every))


def _ranges_of(rows: Iterable[tuple[int, date]]) -> dict[int, list[Range]]:
    days = defaultdict(list)
    for store, day in rows:
        days[store].append(day)
    return {store: list(_joined(sorted(each))) for store, each in days.items()}


def _joined(days: Iterable[date]) -> Iterator[Range]:
    """Days in order as ranges without a gap."""
    low = high = None
    for day in days:
        if low is None or high is None:
            low = high = day
        elif day - high == ONE_DAY:
            high = day
        else:
            yield low, high
            low = high = day
    if low is not None and high is not None:
        yield low, high


def _between(first: date, last: date, ranges: Iterable[Range]) -> Iterator[Range]:
    """What `ranges`, in order, leave of a period."""
    for low, high in ranges:
        if first < low:
            yield first, low - ONE_DAY
        first = high + ONE_DAY
    if first <= last:
        yield first, last


def _together(ranges: dict[int, list[Range]], every: frozenset[int]) -> tuple[Days, ...]:
    found: dict[Range, set[int]] = defaultdict(set)
    for store, of_store in ranges.items():
        for each in of_store:
            found[each].add(store)
    return tuple(
        Days(*each, None if stores == every else frozenset(stores))
        for each, stores in sorted(found.items())
    )
