"""Where past orders belong: stores, the register that stands for the earlier tills, customers, products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pos.models import Barcode, Customer, OrderBatch, Product, Register, Store, User
from pos.models.store import short_code
from pos.money import MONEY_PLACES

from ..bulk_rows import insert_history, insert_objects, reserve_ids
from ..rights import require
from .figures import Article, Currency, article
from .reading import Basket, SoldRow

REGISTER_CODE = "PAST"
ASKED_AT_ONCE = 5000
KNOWN_PRODUCTS = 50_000


@dataclass(frozen=True, slots=True)
class StoreChoice:
    """Which store an order of the file belongs to: by its store_id; else the one for all.

    Without either, a store whose code is the store_id. `make_missing`: then a new one.
    """

    by_id: Mapping[str, Store] = field(default_factory=dict)
    for_all: Store | None = None
    make_missing: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A store, and the register there that past orders stand under. Nothing is sold on it."""

    store: Store
    register: Register
    zone: ZoneInfo


class Places:
    """Stores and registers of one import, found or made once."""

    def __init__(self, *, user: User, choice: StoreChoice) -> None:
        self.user, self.choice = user, choice
        self.made = 0
        self._known: dict[str, Place | None] = {}
        self._by_store: dict[int, Place] = {}

    def find(self, store_id: str) -> Place | None:
        """None for a store that nobody named. Raises Forbidden for one that is not this person's."""
        if store_id not in self._known:
            store = self._store(store_id)
            self._known[store_id] = self._place(store) if store else None
        return self._known[store_id]

    def _store(self, store_id: str) -> Store | None:
        chosen = self.choice.by_id.get(store_id) or self.choice.for_all
        store = chosen or Store.objects.filter(code=store_id.upper()).first()
        if store is None and self.choice.make_missing:
            store = self._make(store_id)
        if store is not None:
            require(self.user, "import_order", store=store)
        return store

    def _make(self, store_id: str) -> Store | None:
        require(self.user, "add_store")
        try:
            short_code(store_id.upper())
        except ValidationError:
            return None
        self.made += 1
        store = Store(
            code=store_id.upper(),
            name=_("Store %(code)s") % {"code": store_id},
            time_zone=settings.TIME_ZONE,
        )
        store.save()
        return store

    def _place(self, store: Store) -> Place:
        if store.pk not in self._by_store:
            register, _is_new = Register.objects.get_or_create(
                store=store,
                code=REGISTER_CODE,
                defaults={"name": _("Past orders"), "is_active": False},
            )
            self._by_store[store.pk] = Place(store, register, ZoneInfo(store.time_zone))
        return self._by_store[store.pk]


class Households:
    """The customers behind the file's households, by name; made where there is none."""

    def __init__(self, *, batch: OrderBatch) -> None:
        self.batch = batch
        self.made = 0
        self._known: dict[str, int] = {}

    def find(self, households: Iterable[str]) -> Mapping[str, int]:
        """household → customer id."""
        wanted = {each for each in households if each} - self._known.keys()
        names = {household: _household_name(household) for household in wanted}
        by_name = dict(
            Customer.objects.filter(name__in=names.values())
            .order_by("-pk")
            .values_list("name", "pk")
        )
        new = [household for household in sorted(wanted) if names[household] not in by_name]
        for customer in self._make([names[household] for household in new]):
            by_name[customer.name] = customer.pk
        self._known.update((household, by_name[name]) for household, name in names.items())
        return self._known

    def _make(self, names: list[str]) -> list[Customer]:
        note = _("Came with past orders.")
        at, user = self.batch.imported_at, self.batch.imported_by
        customers = [Customer(name=name, note=note, created_at=at) for name in names]
        for customer, pk in zip(customers, reserve_ids(Customer, len(names)), strict=True):
            customer.pk, customer.search_text = pk, customer.searchable()
        insert_objects(customers)
        insert_history(customers, sign="+", user=user, reason=reason(), at=at)
        self.made += len(customers)
        return customers


def _household_name(household: str) -> str:
    return f"Household {household}" if household[0].isdigit() else household


def reason() -> str:
    """What the history says of everything that an import made."""
    return str(_("Came with past orders"))


class Articles:
    """The products behind the file's codes, also by barcode; made where there is none, if asked."""

    def __init__(self, *, batch: OrderBatch, with_tax: bool, make_missing: bool) -> None:
        self.batch, self.with_tax, self.make_missing = batch, with_tax, make_missing
        self.currency = Currency()
        self.made = 0
        self._known: dict[str, Article] = {}

    def find(self, baskets: Iterable[Basket]) -> Mapping[str, Article]:
        """code → what its lines copy. What is not there is not in the shop."""
        if len(self._known) > KNOWN_PRODUCTS:
            self._known.clear()
        rows = {line.code: line for basket in baskets for line in basket.lines}
        missing = sorted(rows.keys() - self._known.keys())
        for first in range(0, len(missing), ASKED_AT_ONCE):
            self._look_up(missing[first : first + ASKED_AT_ONCE])
        missing = [code for code in missing if code not in self._known]
        if missing and self.make_missing:
            self._make([rows[code] for code in missing])
        return self._known

    def _look_up(self, codes: list[str]) -> None:
        products = Product.objects.select_related("tax_rate__combined_with")
        for product in products.filter(code__in=codes):
            self._known[product.code] = article(product, with_tax=self.with_tax)
        others = [code for code in codes if code not in self._known]
        barcodes = dict(Barcode.objects.filter(code__in=others).values_list("code", "product_id"))
        by_pk = products.in_bulk(set(barcodes.values()))
        for code, pk in barcodes.items():
            self._known[code] = article(by_pk[pk], with_tax=self.with_tax)

    def _make(self, rows: list[SoldRow]) -> None:
        at, user = self.batch.imported_at, self.batch.imported_by
        longest = Product._meta.get_field("code").max_length or 0
        products = [self._product(row, at) for row in rows if len(row.code) <= longest]
        for product, pk in zip(products, reserve_ids(Product, len(products)), strict=True):
            product.pk, product.search_text = pk, product.searchable(())
        insert_objects(products)
        insert_history(products, sign="+", user=user, reason=reason(), at=at)
        for product in products:
            self._known[product.code] = article(product, with_tax=self.with_tax)
        self.made += len(products)

    def _product(self, row: SoldRow, at: datetime) -> Product:
        """Switched off: nobody sells it until somebody has given it a name."""
        kinds: Any = Product.SoldBy
        is_weighed = bool(row.quantity % 1000)
        price = Decimal(self._price(row)).scaleb(-MONEY_PLACES)
        return Product(
            code=row.code,
            name=_("Product %(code)s") % {"code": row.code},
            price=price,
            sold_by=kinds.WEIGHT if is_weighed else kinds.UNIT,
            is_active=False,
            created_at=at,
            updated_at=at,
        )

    def _price(self, row: SoldRow) -> int:
        """The shelf price of that day, in whole units (cents) of the currency."""
        units = (row.value + row.off) * 1000 // row.quantity
        return units * self.currency.factor
