"""The list of what can be imported. To add one: a class with `judge` and `write`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from pos.models import ImportJob, Store, User

from ..sheets import ColumnSpec
from . import columns
from .base import Importer
from .categories import CategoryImporter
from .customers import CustomerImporter
from .products import ProductImporter
from .stock import KnownProductImporter, StockCountImporter

Names = ImportJob.Kind


@dataclass(frozen=True)
class Kind:
    """`rights`: beside the one to import. `model`: whose list shows what came in."""

    name: str
    sentence: Any
    icon: str
    model: str
    rights: tuple[str, ...]
    columns: Sequence[ColumnSpec]
    new: Callable[..., Importer]
    needs_store: bool = False
    takes_store: bool = False
    takes_pictures: bool = False

    @property
    def title(self) -> str:
        return str(Names(self.name).label)

    def make(
        self, *, user: User, store: Store | None, lock: bool, pictures: Path | None
    ) -> Importer:
        """One importer for one file. `lock`: it is going to write."""
        asked: dict[str, Any] = {"user": user}
        if self.takes_store or self.needs_store:
            asked |= {"store": store}
        if self.new not in (CategoryImporter, CustomerImporter):
            asked |= {"lock": lock}
        if self.takes_pictures:
            asked |= {"pictures": pictures}
        return self.new(**asked)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            Names.PRODUCTS,
            _("New products and changes to those you have, with barcodes, categories and stock."),
            "sell",
            "product",
            ("add_product", "change_product"),
            columns.PRODUCT_COLUMNS,
            ProductImporter,
            takes_store=True,
            takes_pictures=True,
        ),
        Kind(
            Names.PRICES,
            _("New prices, costs and tax rates for products that you have."),
            "price_change",
            "product",
            ("change_product",),
            columns.PRICE_COLUMNS,
            KnownProductImporter,
        ),
        Kind(
            Names.CATEGORIES,
            _("Your departments and categories, with codes, colours and order."),
            "category",
            "category",
            ("add_category", "change_category"),
            columns.CATEGORY_COLUMNS,
            CategoryImporter,
        ),
        Kind(
            Names.CUSTOMERS,
            _("Customers from your old till or address book."),
            "groups",
            "customer",
            ("add_customer", "change_customer"),
            columns.CUSTOMER_COLUMNS,
            CustomerImporter,
        ),
        Kind(
            Names.OPENING_STOCK,
            _("What lies in a store on the first day, for products without stock yet."),
            "inventory_2",
            "stocklevel",
            ("adjust_stock",),
            columns.OPENING_COLUMNS,
            KnownProductImporter,
            needs_store=True,
        ),
        Kind(
            Names.STOCK_COUNT,
            _("What you counted in a store. The differences become stock movements."),
            "fact_check",
            "stocklevel",
            ("adjust_stock",),
            columns.COUNT_COLUMNS,
            StockCountImporter,
            needs_store=True,
        ),
    )
}


def kind_of(name: str) -> Kind:
    return KINDS[name]
