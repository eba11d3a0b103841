"""Rolling up business days that are over, each once; and undoing that where old days change.

A sale's day is set inside its own transaction. A day is rolled up an hour after it ended, when no
such transaction can still be on its way; whoever writes documents of an older day (past orders that
are imported) calls `mark_stale` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import FinishedDay, Order, Payment, Refund, Store
from pos.services.errors import Conflict

from .finished import ONE_DAY, every_store, split
from .raw import Days, Limits, Statement, documents, summed
from .tables import TABLES, Table

GRACE = timedelta(hours=1)
# Days of one transaction: on SQLite the tills wait for it.
AT_ONCE = 7
# What a page that shows figures makes good before it reads: days back, and days times stores.
LOOK_BACK, KEEP_UP = 35, 14


def last_finished(store: Store, now: datetime | None = None) -> date:
    """The latest business day of the store that is over for good."""
    return store.business_day((now or timezone.now()) - GRACE) - ONE_DAY


def roll_up(*, store: Store, day: date) -> bool:
    """Sum one day of a store. False when that was done already; Conflict while it is not over."""
    if day > last_finished(store):
        raise Conflict("day_not_over", _("This business day is not over yet."))
    return bool(_roll(Days(day, day, frozenset([store.pk]))))


def roll_missing(*, limit: int | None = None, since: date | None = None) -> int:
    """Sum what is finished and not summed yet, the newest first; returns days times stores.

    `limit` of those are done at most. A store that another process is just rolling up is left to it.
    """
    done = 0
    for days in missing(since=since):
        for piece in _pieces(days):
            if limit is not None and done >= limit:
                return done
            left = None if limit is None else max(1, (limit - done) // len(piece.stores or ()))
            done += _roll(_latest(piece, left), skip_locked=True)
    return done


def keep_up() -> int:
    """What a page with figures calls before it reads them: sums the few days that have ended since."""
    since = timezone.localdate() - timedelta(days=LOOK_BACK)
    return roll_missing(limit=KEEP_UP, since=since)


def missing(*, since: date | None = None) -> list[Days]:
    """Finished days that are not summed, the newest first: four statements at most."""
    first = earliest_day()
    if first is None:
        return []
    first = max(first, since or first)
    stores = {store.pk: last_finished(store) for store in Store.objects.order_by("pk")}
    newest = max(stores.values(), default=first)
    if newest < first:
        return []
    found = split(first, newest, stores=frozenset(stores), every=frozenset()).open
    return sorted(_over(found, stores), key=lambda days: days.last, reverse=True)


def _over(found: Collection[Days], stores: dict[int, date]) -> Iterator[Days]:
    """Of each store only up to its own last finished day: clocks differ."""
    for days in found:
        for last in {stores[pk] for pk in days.stores or ()}:
            of_clock = frozenset(pk for pk in days.stores or () if stores[pk] == last)
            if days.first <= last:
                yield Days(days.first, min(days.last, last), of_clock)


def earliest_day() -> date | None:
    """The first day that anything was sold, given back or paid on, in any store."""
    firsts = [
        Order.objects.aggregate(day=Min("sold_on"))["day"],
        Refund.objects.aggregate(day=Min("refunded_on"))["day"],
        Payment.objects.aggregate(day=Min("received_on"))["day"],
    ]
    return min((day for day in firsts if day is not None), default=None)


def _pieces(days: Days) -> Iterator[Days]:
    """The days a transaction at a time, the newest first."""
    last = days.last
    while last >= days.first:
        first = max(days.first, last - timedelta(days=AT_ONCE - 1))
        yield replace(days, first=first, last=last)
        last = first - ONE_DAY


def _latest(days: Days, count: int | None) -> Days:
    if count is None or count >= len(days):
        return days
    return replace(days, first=days.last - timedelta(days=count - 1))


@transaction.atomic
def _roll(days: Days, *, skip_locked: bool = False) -> int:
    """Sum these days as far as they are not; the lock on the stores lets one process do it."""
    stores = _lock(days.stores or frozenset(), skip_locked=skip_locked)
    todo = split(days.first, days.last, stores=stores, every=frozenset()).open
    for each in todo:
        _fill(each)
    return sum(len(each) * len(each.stores or ()) for each in todo)


def _lock(stores: frozenset[int], *, skip_locked: bool = False) -> frozenset[int]:
    """The stores' rows, alone and in order. Sales do not lock them, so no till waits."""
    rows = Store.objects.filter(pk__in=stores).order_by("pk")
    if connection.features.has_select_for_no_key_update:
        rows = rows.select_for_update(no_key=True, skip_locked=skip_locked)
    return frozenset(rows.values_list("pk", flat=True))


def _fill(days: Days) -> None:
    now = timezone.now()
    FinishedDay.objects.bulk_create(
        FinishedDay(day=days.first + place * ONE_DAY, store_id=store, rolled_at=now)
        for store in sorted(days.stores or ())
        for place in range(len(days))
    )
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(*_insert(table, days))


def _insert(table: Table, days: Days) -> Statement:
    parts = documents(table, table.dimensions, Limits([days]))
    sql, parameters = summed(table, table.dimensions, parts)
    columns = ", ".join([*map(table.column, table.dimensions), *table.measures])
    return f"INSERT INTO {table.model._meta.db_table} ({columns}) {sql}", parameters


@transaction.atomic
def mark_stale(*, store_id: int, first: date, last: date) -> int:
    """Forget the sums of these days, because documents of theirs change in this transaction.

    Until it ends nobody sums them anew; returns how many had been summed.
    """
    return _forget(Days(first, last, _lock(frozenset([store_id]))))


def _forget(days: Days) -> int:
    condition = days.within("day", "store_id")
    for table in TABLES:
        table.model._base_manager.filter(condition).delete()
    return FinishedDay.objects.filter(condition).delete()[0]


def rebuild(
    *, first: date | None = None, last: date | None = None, stores: Collection[int] | None = None
) -> int:
    """Sum finished days anew, whatever was there; returns days times stores.

    Without `first` from the first document or roll-up on, without `last` to the last finished day,
    without `stores` in all of them. Each piece changes in one transaction: readers see old or new.
    """
    chosen = every_store() if stores is None else frozenset(stores)
    rolled_first = FinishedDay.objects.aggregate(day=Min("day"))["day"]
    known = [day for day in (first or earliest_day(), None if first else rolled_first) if day]
    ends = {each.pk: last_finished(each) for each in Store.objects.filter(pk__in=chosen)}
    if not known or not ends:
        return 0
    whole = Days(min(known), min(last or date.max, max(ends.values())), frozenset(ends))
    done = 0
    for piece in _pieces(whole):
        with transaction.atomic():
            _lock(frozenset(ends))
            _forget(piece)
            for each in _over([piece], ends):
                _fill(each)
                done += len(each) * len(each.stores or ())
    return done
