"""What an import did, product by product, for the audit trail: gathered cheaply, written in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Barcode, Product, TaxRate, User
from pos.models.fields import MoneyField
from pos.models.history import Change, label_of, text_of
from pos.money import amount_text, currency_decimals, quantity_text

from .audit import record_many

COLUMNS = (
    *("name", "size", "code", "style", "price", "cost", "tax_rate_id", "description"),
    *("sold_by", "reorder_point"),
)
SHORT = frozenset({"name", "size", "code", "style"})
AS_IT_COMES = {"sold_by": Product.SoldBy.UNIT}


class ImportTrail:
    """Lives as long as one import; `write` after every chunk."""

    def __init__(self, *, user: User, reason: str, at: datetime, rates: Iterable[TaxRate]) -> None:
        self.user, self.reason, self.at = user, reason, at
        self._rates = {rate.pk: rate.name for rate in rates}
        self._columns = {name: self._column(name) for name in COLUMNS}
        self._barcode, self._categories = label_of(Barcode._meta.get_field("code")), _("categories")
        self._created: list[Product] = []
        self._changes: dict[int, list[Change]] = {}
        self._lowered: dict[int, Decimal] = {}

    def _column(self, name: str) -> tuple[str, Callable[[Any], str]]:
        """A column's label, and the quickest way to read its values: asked for every cell."""
        field: Any = Product._meta.get_field(name)
        label = label_of(field)
        if name == "tax_rate_id":
            return label, lambda value: self._rates.get(value, "")
        if isinstance(field, MoneyField):
            decimals = currency_decimals(settings.POS_CURRENCY)
            return label, lambda value: amount_text(value, decimals)
        return label, str if name in SHORT else lambda value: text_of(field, value)

    def described(self, name: str, before: Any, after: Any) -> Change:
        label, text = self._columns[name]
        return [label, text(before), text(after)]

    def described_new(self, product: Product) -> list[Change]:
        return [
            [label, "", text(value)]
            for name, (label, text) in self._columns.items()
            if (value := getattr(product, name)) and value != AS_IT_COMES.get(name)
        ]

    def described_picture(self, file_name: str) -> Change:
        return [_("picture"), "", file_name]

    def picture(self, product_id: int, file_name: str) -> None:
        self._changes.setdefault(product_id, []).append(self.described_picture(file_name))

    def described_barcode(self, code: str) -> Change:
        return [self._barcode, "", code]

    def created(self, products: Iterable[Product]) -> None:
        for product in products:
            self._created.append(product)
            self._changes[product.pk] = self.described_new(product)

    def changed(self, product: Product, name: str, before: Any, after: Any) -> None:
        change = self.described(name, before, after)
        self._changes.setdefault(product.pk, []).append(change)
        if name == "price":
            self._lowered[product.pk] = before - after

    def categories(
        self, product_id: int, had: set[int], wanted: set[int], names: Mapping[int, str]
    ) -> None:
        texts = [", ".join(sorted(names[each] for each in ids)) for ids in (had, wanted)]
        self._changes.setdefault(product_id, []).append([self._categories, *texts])

    def barcode(self, product_id: int, code: str) -> None:
        self._changes.setdefault(product_id, []).append(self.described_barcode(code))

    def opening(self, product_id: int, quantity: Decimal) -> None:
        change = [_("opening stock"), "", quantity_text(quantity)]
        self._changes.setdefault(product_id, []).append(change)

    def write(self, products: Iterable[Product]) -> None:
        """Write what was gathered about `products` and the new ones, and begin anew."""
        new = {product.pk for product in self._created}
        kinds = AuditEntry.Kind
        rows: list[tuple[str, Product, list[Change], Decimal | None]] = [
            (kinds.CREATED, product, self._changes[product.pk], None) for product in self._created
        ]
        rows += [
            (kinds.CHANGED, product, self._changes[product.pk], self._lowered.get(product.pk))
            for product in products
            if product.pk in self._changes and product.pk not in new
        ]
        record_many(rows, user=self.user, reason=self.reason, at=self.at)
        self._created, self._changes, self._lowered = [], {}, {}
