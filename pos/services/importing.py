"""Products from a file: all rows or none, with their history, fast enough for a whole catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import (
    AuditEntry,
    Barcode,
    Product,
    StockLevel,
    StockMovement,
    Store,
    TaxRate,
    User,
)
from pos.money import currency_decimals

from .audit import record
from .bulk_rows import insert_history, insert_objects, insert_rows, reserve_ids
from .catalog import CategoryTree
from .errors import Conflict, Invalid
from .import_rows import ProductRow, RowError, RowReader, is_blank
from .import_trail import ImportTrail
from .locks import lock_products
from .rights import require

CHUNK = 3000
ASKED_AT_ONCE = 5000  # values in one question; SQLite takes 32,766
MAX_ERRORS = 1000
LONGEST = 900  # seconds: on SQLite no till can save a sale meanwhile
FIRST_ROW = 2  # as a spreadsheet counts: the heading is row 1
_Links = Product.categories.through
_CHANGEABLE = [
    *("name", "size", "style", "price", "cost", "tax_rate", "description"),
    *("sold_by", "reorder_point", "search_text", "updated_at"),
]


@dataclass(slots=True)
class ImportResult:
    """How many products were made, changed, left alone; rows refused, and which cells are wrong."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)


_MOVEMENT = ["product_id", "store_id", "kind", "quantity", "order_id"]


class _RollBack(Exception):
    pass


def import_products(
    *,
    user: User,
    rows: Iterable[Mapping[str, str]],
    store: Store | None = None,
    good_rows_only: bool = False,
    progress: Callable[[int], None] | None = None,
    source: str = "",
) -> ImportResult:
    """Add and change products, found by their code. Columns: `import_rows.COLUMNS`.

    A column that is missing leaves what is there. An empty cell empties size, style and
    description and leaves everything else. Barcodes are added, never taken away; categories
    become those of the cell. `quantity` is the opening stock in `store`, taken only where the
    product has no stock level yet. One error anywhere and nothing is written, unless
    `good_rows_only`. `progress` is told how many rows are done; `source` names the file.
    Raises Forbidden; Invalid for a quantity without a store or when it takes too long; Conflict
    when somebody else wrote the same products meanwhile.
    """
    require(user, "add_product")
    require(user, "change_product")
    result = ImportResult()
    try:
        with transaction.atomic():
            _Import(user, store, good_rows_only, result).run(rows, progress)
            if result.errors and not good_rows_only:
                raise _RollBack
            _record_import(user, store, result, source)
    except _RollBack:
        return ImportResult(refused=result.refused, errors=result.errors)
    except IntegrityError as error:
        message = _(
            "Somebody changed the same products meanwhile. Nothing was imported; try again."
        )
        raise Conflict("changed_meanwhile", message) from error
    return result


def _record_import(user: User, store: Store | None, result: ImportResult, source: str) -> None:
    counts = (
        (_("new products"), result.created),
        (_("changed products"), result.updated),
        (_("rows refused"), result.refused),
    )
    changes = [[label, "", str(count)] for label, count in counts if count]
    record(AuditEntry.Kind.IMPORT, user=user, store=store, changes=changes, reason=source)


def _chunks(rows: Iterable[Mapping[str, str]]) -> Iterator[list[Mapping[str, str]]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


@dataclass(slots=True)
class _Known:
    """What the database holds about the rows of one chunk."""

    products: dict[str, Product]
    owners: dict[str, int]
    codes: dict[str, int]
    barcodes: dict[int, list[str]]
    links: dict[int, set[int]]
    stocked: set[int]


class _Import:
    def __init__(
        self, user: User, store: Store | None, good_rows_only: bool, result: ImportResult
    ) -> None:
        self.user, self.store, self.good_rows_only = user, store, good_rows_only
        self.result = result
        self.reason = _("Imported from a file")
        self.reader = RowReader(
            decimals=currency_decimals(settings.POS_CURRENCY), tax_rates=TaxRate.objects.all()
        )
        self.tree = CategoryTree(user=user, reason=self.reason)
        self.now = timezone.now()
        self.trail = ImportTrail(
            user=user, reason=self.reason, at=self.now, rates=TaxRate.objects.all()
        )
        self.row_of_code: dict[str, int] = {}
        self.row_of_barcode: dict[str, int] = {}

    def run(
        self, source: Iterable[Mapping[str, str]], progress: Callable[[int], None] | None
    ) -> None:
        number, started = FIRST_ROW, time.monotonic()
        for chunk in _chunks(source):
            if time.monotonic() - started > LONGEST:
                message = _("This takes too long. Split the file and import the parts.")
                raise Invalid("too_slow", message)
            rows = [
                self.reader.read(number + place, cells)
                for place, cells in enumerate(chunk)
                if not is_blank(cells)
            ]
            number += len(chunk)
            known = self._look_up(rows)
            for row in rows:
                self._judge(row, known)
                self.result.errors += row.errors
                self.result.refused += bool(row.errors)
            if self.good_rows_only or not self.result.errors:
                self._write([row for row in rows if not row.errors], known)
            if progress:
                progress(number - FIRST_ROW)
            if len(self.result.errors) >= MAX_ERRORS and not self.good_rows_only:
                raise _RollBack

    def _look_up(self, rows: list[ProductRow]) -> _Known:
        codes = {row.code for row in rows}
        barcodes = {code for row in rows for code in row.barcodes}
        locked = lock_products(Product.objects.filter(code__in=codes))
        products = {product.code: product for product in locked}
        ids = [product.pk for product in products.values()]
        known = _Known(
            products=products,
            owners=dict(_pairs(Barcode, "code", "product_id", codes | barcodes)),
            codes=dict(_pairs(Product, "code", "pk", barcodes)),
            barcodes={},
            links={},
            stocked=set(),
        )
        for product_id, code in _pairs(Barcode, "product_id", "code", ids):
            known.barcodes.setdefault(product_id, []).append(code)
        for product_id, category_id in _pairs(_Links, "product_id", "category_id", ids):
            known.links.setdefault(product_id, set()).add(category_id)
        if self.store:
            levels = StockLevel.objects.filter(store=self.store, product_id__in=ids)
            known.stocked = set(levels.values_list("product_id", flat=True))
        return known

    def _judge(self, row: ProductRow, known: _Known) -> None:
        """Add the errors that only show beside other rows and the database."""
        product = known.products.get(row.code)
        if row.quantity is not None:
            self._judge_quantity(row, product)
        if not row.code:
            return
        if product is None:
            self._judge_new(row)
        self._judge_code(row, product, known)
        for code in row.barcodes:
            self._judge_barcode(row, code, product, known)

    def _judge_new(self, row: ProductRow) -> None:
        broken = {error.column for error in row.errors}
        for column, message in (
            ("name", _("This product is new: it needs a name.")),
            ("price", _("This product is new: it needs a price.")),
        ):
            if column not in row.values and column not in broken:
                row.refuse(column, "", message)

    def _judge_quantity(self, row: ProductRow, product: Product | None) -> None:
        if self.store is None:
            raise Invalid("no_store", _("Choose the store that the quantities are for."))
        kept = product.sold_by if product else Product.SoldBy.UNIT
        is_weighed = row.values.get("sold_by", kept) == Product.SoldBy.WEIGHT
        quantity = row.quantity
        if not is_weighed and quantity is not None and quantity != quantity.to_integral_value():
            message = _("This product is sold by the piece: use whole numbers.")
            row.refuse("quantity", row.quantity, message)

    def _judge_code(self, row: ProductRow, product: Product | None, known: _Known) -> None:
        earlier = self.row_of_code.setdefault(row.code, row.number)
        if earlier != row.number:
            row.refuse("code", row.code, _("Row %(row)s has this code already.") % {"row": earlier})
            return
        owner = known.owners.get(row.code)
        other = self.row_of_barcode.get(row.code, row.number)
        if (owner and (product is None or owner != product.pk)) or other != row.number:
            row.refuse("code", row.code, _("Another product has this as its barcode."))

    def _judge_barcode(
        self, row: ProductRow, code: str, product: Product | None, known: _Known
    ) -> None:
        own = product.pk if product else None
        earlier = self.row_of_barcode.setdefault(code, row.number)
        if earlier != row.number:
            row.refuse(
                "barcode", code, _("Row %(row)s has this barcode already.") % {"row": earlier}
            )
        elif known.owners.get(code, own) != own:
            row.refuse("barcode", code, _("Another product already has this barcode."))
        elif (
            known.codes.get(code, own) != own
            or self.row_of_code.get(code, row.number) != row.number
        ):
            row.refuse("barcode", code, _("This is the code of another product."))

    def _write(self, rows: list[ProductRow], known: _Known) -> None:
        created: list[Product] = []
        updated: list[Product] = []
        for row in rows:
            product = known.products.get(row.code)
            if product is None:
                product = known.products[row.code] = Product(code=row.code, **row.values)
                product.search_text = product.searchable(row.barcodes)
                created.append(product)
            elif self._change(product, row, known):
                updated.append(product)
        self._create(created)
        linked = self._link(rows, known)
        with_barcode = self._add_barcodes(rows, known)
        self._stock(rows, known)
        new = {product.pk for product in created}
        others = {product.pk: product for product in known.products.values()}
        touched = {product.pk for product in updated} | ((linked | with_barcode) - new)
        self._update([others[pk] for pk in sorted(touched)])
        self.trail.write(others[pk] for pk in sorted(touched))
        self.result.created += len(created)
        self.result.updated += len(touched)
        self.result.unchanged += len(rows) - len(created) - len(touched)

    def _change(self, product: Product, row: ProductRow, known: _Known) -> bool:
        is_changed = False
        for name, value in row.values.items():
            if (before := getattr(product, name)) != value:
                self.trail.changed(product, name, before, value)
                setattr(product, name, value)
                is_changed = True
        old = known.barcodes.get(product.pk, [])
        text = product.searchable([*old, *[code for code in row.barcodes if code not in old]])
        if product.search_text != text:
            product.search_text = text
            is_changed = True
        return is_changed

    def _create(self, products: list[Product]) -> None:
        for product, pk in zip(products, reserve_ids(Product, len(products)), strict=True):
            product.pk, product.created_at, product.updated_at = pk, self.now, self.now
        insert_objects(products)
        self._record(products, "+")
        self.trail.created(products)

    def _update(self, products: list[Product]) -> None:
        # History first: writing stamps created_at anew on the objects, not in the table.
        self._record(products, "~")
        Product.objects.bulk_create(
            products, update_conflicts=True, unique_fields=["code"], update_fields=_CHANGEABLE
        )

    def _record(self, objects: Sequence[Product] | Sequence[Barcode], sign: str) -> None:
        insert_history(objects, sign=sign, user=self.user, reason=self.reason, at=self.now)

    def _link(self, rows: list[ProductRow], known: _Known) -> set[int]:
        """Make the categories those of the row; the ids of products that changed."""
        added, gone, changed = [], [], set()
        for row in rows:
            if not row.categories:
                continue
            product_id = known.products[row.code].pk
            wanted = {self.tree.leaf(path) for path in row.categories}
            had = known.links.get(product_id, set())
            if wanted != had:
                changed.add(product_id)
                self.trail.categories(product_id, had, wanted, self.tree.names)
                added += [(product_id, category_id) for category_id in sorted(wanted - had)]
                if had - wanted:
                    gone.append((product_id, had - wanted))
        for product_id, categories in gone:
            _Links.objects.filter(product_id=product_id, category_id__in=categories).delete()
        insert_rows(_Links, ["product_id", "category_id"], added)
        return changed

    def _add_barcodes(self, rows: list[ProductRow], known: _Known) -> set[int]:
        new = []
        for row in rows:
            product_id = known.products[row.code].pk
            had = known.barcodes.get(product_id, ())
            new += [Barcode(product_id=product_id, code=c) for c in row.barcodes if c not in had]
        for barcode, pk in zip(new, reserve_ids(Barcode, len(new)), strict=True):
            barcode.pk = pk
            self.trail.barcode(barcode.product_id, barcode.code)
        insert_objects(new)
        self._record(new, "+")
        return {barcode.product_id for barcode in new}

    def _stock(self, rows: list[ProductRow], known: _Known) -> None:
        """Opening stock where the product is not kept yet; stock that is there is never touched."""
        opened = [
            (known.products[row.code], row.quantity)
            for row in rows
            if row.quantity is not None and known.products[row.code].pk not in known.stocked
        ]
        if not opened or self.store is None:
            return
        require(self.user, "adjust_stock", store=self.store)
        for product, quantity in opened:
            self.trail.opening(product.pk, quantity)
        insert_rows(
            StockLevel,
            ["product_id", "store_id", "on_hand"],
            [(product.pk, self.store.pk, quantity) for product, quantity in opened],
        )
        insert_objects(
            [self._opening(product, quantity) for product, quantity in opened if quantity],
            [*_MOVEMENT, "unit_cost", "reason", "note", "created_by_id", "created_at"],
        )

    def _opening(self, product: Product, quantity: Decimal) -> StockMovement:
        return StockMovement(
            product=product,
            store=self.store,
            kind=StockMovement.Kind.ADJUSTMENT,
            quantity=quantity,
            unit_cost=product.cost,
            reason=StockMovement.Reason.OPENING,
            created_by=self.user,
            created_at=self.now,
        )


def _pairs(
    model: type[Model], key: str, value: str, wanted: Iterable[Any]
) -> Iterator[tuple[Any, Any]]:
    """(key, value) of the rows whose key is wanted."""
    keys = sorted(wanted)
    for start in range(0, len(keys), ASKED_AT_ONCE):
        asked = {f"{key}__in": keys[start : start + ASKED_AT_ONCE]}
        yield from model._default_manager.filter(**asked).order_by("pk").values_list(key, value)
