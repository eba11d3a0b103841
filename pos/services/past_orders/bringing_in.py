"""Bringing past orders in: all or none, in one transaction, a chunk at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos import money
from pos.models import AuditEntry, Order, OrderBatch, User
from pos.money import ZERO

from ..audit import record
from ..days.rolling import mark_stale
from ..errors import Conflict
from ..import_rows import RowError
from ..methods import method_of_kind
from ..rights import require
from .figures import Article, Currency, Line
from .places import Articles, Households, Place, Places, StoreChoice
from .reading import Basket, BasketReader, read_moment
from .writing import Head, Writer

CHUNK = 500  # baskets
MAX_ERRORS = 1000
METHOD_KIND = "imported"
# One order of an earlier system comes in once, whichever file it stands in.
KEYS = UUID("5b1c2d0e-6f0a-4c43-9d5b-0c7f6a2f9e11")


@dataclass(frozen=True)
class Wishes:
    """How to import. `seller`: whose sales they were; `with_tax`: split out by the product's rate.

    `with_customers`: a household becomes a customer. `make_products`: unknown codes become products
    that are switched off. `good_orders_only`: leave out the orders with errors, import the others.
    """

    stores: StoreChoice = field(default_factory=StoreChoice)
    seller: User | None = None
    with_tax: bool = True
    with_customers: bool = True
    make_products: bool = False
    good_orders_only: bool = False


@dataclass(slots=True)
class Outcome:
    """What came in. `value`: the sum of sales_value, `coupons`: the part of it paid by coupons.

    Rows and orders that were left out are counted: none of them had a value.
    """

    batch: OrderBatch | None = None
    orders: int = 0
    lines: int = 0
    value: Decimal = ZERO
    coupons: Decimal = ZERO
    empty_rows: int = 0
    empty_orders: int = 0
    counted_as_one: int = 0
    counted_in_thousandths: int = 0
    free_lines: int = 0
    customers: int = 0
    products: int = 0
    stores: int = 0
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)


class _RollBack(Exception):
    pass


def file_digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def import_sales(
    *,
    user: User,
    rows: Iterable[Mapping[str, str]],
    source: str,
    digest: str,
    wishes: Wishes | None = None,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Past orders of an earlier system become orders of this shop: in reports, never in a drawer or stock.

    Columns: `reading.COLUMNS`; `digest` of the file, which comes in once. An error anywhere and
    nothing is written (Outcome.batch is None), unless the wishes say otherwise. `progress` is told
    how many rows are done.
    Raises Forbidden; Conflict `imported_already`, `changed_meanwhile`; Invalid for an unusable file.
    """
    require(user, "import_order")
    wishes = wishes or Wishes()
    if wishes.make_products:
        require(user, "add_product")
    _refuse_twice(digest)
    outcome = Outcome()
    try:
        with transaction.atomic():
            batch = OrderBatch.objects.create(
                source=source[:200], digest=digest, imported_by=user, imported_at=timezone.now()
            )
            _Import(batch, wishes, outcome).run(rows, progress)
            if not outcome.orders or (outcome.errors and not wishes.good_orders_only):
                raise _RollBack
            outcome.batch = batch
            _record(user, batch, outcome)
    except _RollBack:
        return Outcome(refused=outcome.refused, errors=outcome.errors)
    except IntegrityError as error:
        _refuse_twice(digest)
        message = _("The shop was changed meanwhile. Nothing was imported; try again.")
        raise Conflict("changed_meanwhile", message) from error
    return outcome


def _refuse_twice(digest: str) -> None:
    earlier = OrderBatch.objects.select_related("imported_by").filter(
        digest=digest, taken_out_at=None
    )
    if batch := earlier.first():
        words = {
            "who": batch.imported_by,
            "when": f"{timezone.localtime(batch.imported_at):%Y-%m-%d %H:%M}",
            "file": batch.source,
        }
        message = _(
            "This file came in already: %(file)s, by %(who)s on %(when)s. Take those orders out first."
        )
        raise Conflict("imported_already", message % words)


def _record(user: User, batch: OrderBatch, outcome: Outcome) -> None:
    counts = (
        (_("orders"), outcome.orders),
        (_("lines"), outcome.lines),
        (_("new customers"), outcome.customers),
        (_("new products"), outcome.products),
        (_("new stores"), outcome.stores),
        (_("orders refused"), outcome.refused),
    )
    record(
        AuditEntry.Kind.IMPORT,
        user=user,
        obj=batch,
        changes=[[label, "", str(count)] for label, count in counts if count],
        amount=outcome.value,
        reason=batch.source,
    )


def _chunks(baskets: Iterable[Basket]) -> Iterator[list[Basket]]:
    source = iter(baskets)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


class _Import:
    def __init__(self, batch: OrderBatch, wishes: Wishes, outcome: Outcome) -> None:
        user = batch.imported_by
        self.batch, self.wishes, self.outcome = batch, wishes, outcome
        self.currency = Currency()
        self.places = Places(user=user, choice=wishes.stores)
        self.households = Households(batch=batch)
        self.articles = Articles(
            batch=batch, with_tax=wishes.with_tax, make_missing=wishes.make_products
        )
        self.writer = Writer(
            batch_id=batch.pk,
            seller_id=(wishes.seller or user).pk,
            method_id=method_of_kind(METHOD_KIND).pk,
            currency=self.currency,
        )
        self.days: dict[int, tuple[date, date]] = {}

    def run(
        self, rows: Iterable[Mapping[str, str]], progress: Callable[[int], None] | None
    ) -> None:
        done, value, coupons = 0, 0, 0
        reader = BasketReader(decimals=self.currency.decimals)
        for chunk in _chunks(reader.baskets(rows)):
            done += sum(basket.rows for basket in chunk)
            good = self._judge(chunk)
            if self.wishes.good_orders_only or not self.outcome.errors:
                self._write(good)
            value += sum(basket.value for basket, _head in good)
            coupons += sum(basket.coupons for basket, _head in good)
            if progress:
                progress(done)
            if len(self.outcome.errors) >= MAX_ERRORS and not self.wishes.good_orders_only:
                raise _RollBack
        self.outcome.value = money.from_units(value, self.currency.decimals)
        self.outcome.coupons = money.from_units(coupons, self.currency.decimals)
        self._finish()

    def _judge(self, chunk: list[Basket]) -> list[tuple[Basket, Head]]:
        """The baskets of `chunk` that can come in; the others are counted, their errors kept."""
        self.outcome.empty_orders += sum(basket.is_empty for basket in chunk)
        self.outcome.empty_rows += sum(basket.empty_rows for basket in chunk)
        baskets = [basket for basket in chunk if not basket.is_empty]
        self.known = self.articles.find(baskets)
        heads = [(basket, self._head(basket)) for basket in baskets]
        self._refuse_known([(basket, head) for basket, head in heads if head])
        good = []
        for basket, head in heads:
            for line in basket.lines:
                if line.code not in self.known:
                    message = _("There is no product with this code.")
                    basket.refuse("code", line.code, message, row=line.row)
            if head and not basket.errors:
                good.append((basket, head))
            else:
                self.outcome.refused += 1
                room = MAX_ERRORS - len(self.outcome.errors)
                self.outcome.errors += basket.errors[: max(room, 0)]
        return good

    def _head(self, basket: Basket) -> Head | None:
        place = self.places.find(basket.store)
        if place is None:
            message = _("Which store is this? Name it, or one for all orders.")
            basket.refuse("store_id", basket.store, message)
            return None
        at = read_moment(basket.moment, place.zone)
        if at is None or at > self.batch.imported_at:
            message = _("This is no date and time of the past, such as 2017-01-31 14:05:00.")
            basket.refuse("transaction_timestamp", basket.moment, message)
            return None
        return Head(
            key=uuid5(KEYS, f"{place.store.pk}:{basket.name}"),
            name=basket.name,
            place=place,
            at=at,
            sold_on=place.store.business_day(at),
            coupons=basket.coupons,
        )

    def _refuse_known(self, heads: list[tuple[Basket, Head]]) -> None:
        keys = [head.key for _basket, head in heads]
        known = dict(Order.objects.filter(key__in=keys).values_list("key", "number"))
        for basket, head in heads:
            if head.key in known:
                message = _("This order came in already, as %(number)s.")
                basket.refuse("basket_id", basket.name, message % {"number": known[head.key]})

    def _write(self, good: list[tuple[Basket, Head]]) -> None:
        customers: Mapping[str, int] = {}
        if self.wishes.with_customers:
            customers = self.households.find(basket.household for basket, _head in good)
        orders = []
        for basket, head in good:
            lines = self._lines(basket, self.known)
            orders.append((head, customers.get(basket.household), lines))
            self._count(basket, head.place, head.sold_on, lines)
        self.writer.write(orders)

    def _lines(self, basket: Basket, known: Mapping[str, Article]) -> list[Line]:
        return [self.currency.line(known[row.code], row) for row in basket.lines]

    def _count(self, basket: Basket, place: Place, day: date, lines: list[Line]) -> None:
        outcome = self.outcome
        outcome.orders += 1
        outcome.lines += len(lines)
        outcome.counted_as_one += basket.counted_as_one
        outcome.counted_in_thousandths += basket.counted_in_thousandths
        outcome.free_lines += sum(not row.value for row in basket.lines)
        first, last = self.days.get(place.store.pk, (day, day))
        self.days[place.store.pk] = (min(first, day), max(last, day))

    def _finish(self) -> None:
        outcome, batch = self.outcome, self.batch
        outcome.customers, outcome.products = self.households.made, self.articles.made
        outcome.stores = self.places.made
        batch.orders_count, batch.lines_count = outcome.orders, outcome.lines
        batch.first_on = min((first for first, _last in self.days.values()), default=None)
        batch.last_on = max((last for _first, last in self.days.values()), default=None)
        batch.save()
        for store_id, (first, last) in self.days.items():
            mark_stale(store_id=store_id, first=first, last=last)
