"""What a row of a product file would do, beside the other rows and the shop as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from pos.models import Barcode, Product, StockLevel, Store, TaxRate, User
from pos.models.history import Change
from pos.money import currency_decimals, quantity_text

from ..catalog import CategoryTree
from ..errors import Invalid
from ..import_rows import ProductRow, RowReader
from ..import_trail import ImportTrail
from ..locks import lock_products
from ..rights import require
from .base import ASKED_AT_ONCE, Cells, Verdict, outcome_of, pairs, refused
from .pictures import PictureArchive, is_same_picture

Links = Product.categories.through


@dataclass(slots=True)
class Known:
    """What the database holds about the rows of one chunk."""

    products: dict[str, Product] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    barcodes: dict[int, list[str]] = field(default_factory=dict)
    links: dict[int, set[int]] = field(default_factory=dict)
    stocked: set[int] = field(default_factory=set)


@dataclass(slots=True)
class ProductPlan:
    """A good row: its product, as it is or unsaved, and what becomes of it."""

    row: ProductRow
    product: Product
    is_new: bool
    differences: list[tuple[str, Any, Any]]
    barcodes: list[str]
    had: set[int]
    moves: bool
    opens: Decimal | None
    search_text: str
    picture: tuple[str, ContentFile[bytes]] | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the product itself gets a new version."""
        has_new = self.differences or self.barcodes or self.moves or self.picture
        return bool(has_new) or self.search_text != self.product.search_text


class ProductJudge:
    """Remembers the codes of earlier rows, so it lives as long as one file."""

    def __init__(
        self,
        *,
        user: User,
        store: Store | None,
        tree: CategoryTree,
        trail: ImportTrail,
        lock: bool,
        pictures: PictureArchive | None = None,
    ) -> None:
        self.user, self.store, self.tree, self.trail, self.lock = user, store, tree, trail, lock
        self.pictures = pictures
        self.reader = RowReader(
            decimals=currency_decimals(settings.POS_CURRENCY), tax_rates=TaxRate.objects.all()
        )
        self.known = Known()
        self._row_of_code: dict[str, int] = {}
        self._row_of_barcode: dict[str, int] = {}

    def judge(self, rows: Sequence[tuple[int, Cells]]) -> list[Verdict]:
        read = [self.reader.read(number, cells) for number, cells in rows]
        self.known = self._look_up(read)
        return [self._verdict(row) for row in read]

    def _verdict(self, row: ProductRow) -> Verdict:
        self._beside_others(row)
        product = self.known.products.get(row.code)
        picture = self._picture(row, product) if self.pictures and not row.errors else None
        title = str(product or row.values.get("name") or row.code)
        if row.errors:
            return refused(row.number, title, row.errors)
        plan = self._plan(row, product)
        plan.picture = picture
        is_changed = plan.is_changed or plan.opens is not None
        outcome = outcome_of(is_new=plan.is_new, is_changed=is_changed)
        return Verdict(row.number, title, outcome, self._changes(plan), plan=plan)

    def _plan(self, row: ProductRow, product: Product | None) -> ProductPlan:
        if product is None:
            new = Product(code=row.code, **row.values)
            new.search_text = text = new.searchable(row.barcodes)
            opens = row.quantity
            return ProductPlan(
                row, new, True, [], row.barcodes, set(), bool(row.categories), opens, text
            )
        old = self.known.barcodes.get(product.pk, [])
        added = [code for code in row.barcodes if code not in old]
        had = self.known.links.get(product.pk, set())
        wanted = {self.tree.find(path) for path in row.categories}
        differences = [
            (name, before, value)
            for name, value in row.values.items()
            if (before := getattr(product, name)) != value
        ]
        opens = None if product.pk in self.known.stocked else row.quantity
        text = self._searched(product, differences, [*old, *added])
        return ProductPlan(
            *(row, product, False, differences, added, had),
            *(bool(row.categories) and wanted != had, opens, text),
        )

    def _searched(
        self, product: Product, differences: list[tuple[str, Any, Any]], barcodes: list[str]
    ) -> str:
        changed = {name: after for name, _before, after in differences}
        if "name" not in changed and "size" not in changed:
            return product.searchable(barcodes)
        name, size = changed.get("name", product.name), changed.get("size", product.size)
        return Product(name=name, size=size, code=product.code).searchable(barcodes)

    def _changes(self, plan: ProductPlan) -> list[Change]:
        found = (
            self.trail.described_new(plan.product)
            if plan.is_new
            else [self.trail.described(*difference) for difference in plan.differences]
        )
        found += [self.trail.described_barcode(code) for code in plan.barcodes]
        if plan.moves:
            before = ", ".join(sorted(self.tree.names[pk] for pk in plan.had))
            after = ", ".join(sorted(path[-1] for path in plan.row.categories))
            found.append([_("categories"), before, after])
        if plan.picture:
            found.append(self.trail.described_picture(plan.picture[0]))
        if plan.opens is not None:
            found.append([_("opening stock"), "", quantity_text(plan.opens)])
        return found

    def _picture(
        self, row: ProductRow, product: Product | None
    ) -> tuple[str, ContentFile[bytes]] | None:
        """The picture of the archive, unless the product has that very one."""
        assert self.pictures is not None
        old = self.known.barcodes.get(product.pk, []) if product else []
        try:
            found = self.pictures.find([row.code, *row.barcodes, *old])
        except ValidationError as error:
            row.refuse("picture", row.code, " ".join(error.messages))
            return None
        if found and product and is_same_picture(product.image, found[1]):
            return None
        return found

    # --- What the database holds ------------------------------------------------------------

    def _look_up(self, rows: list[ProductRow]) -> Known:
        codes = {row.code for row in rows}
        barcodes = {code for row in rows for code in row.barcodes}
        found = Product.objects.filter(code__in=codes)
        products = {
            product.code: product for product in (lock_products(found) if self.lock else found)
        }
        ids = [product.pk for product in products.values()]
        known = Known(
            products=products,
            owners=dict(pairs(Barcode, "code", "product_id", codes | barcodes)),
            codes=dict(pairs(Product, "code", "pk", barcodes)),
        )
        for product_id, code in pairs(Barcode, "product_id", "code", ids):
            known.barcodes.setdefault(product_id, []).append(code)
        for product_id, category_id in pairs(Links, "product_id", "category_id", ids):
            known.links.setdefault(product_id, set()).add(category_id)
        if self.store:
            for start in range(0, len(ids), ASKED_AT_ONCE):
                asked = ids[start : start + ASKED_AT_ONCE]
                levels = StockLevel.objects.filter(store=self.store, product_id__in=asked)
                known.stocked.update(levels.values_list("product_id", flat=True))
        return known

    # --- Beside other rows and the database -------------------------------------------------

    def _beside_others(self, row: ProductRow) -> None:
        product = self.known.products.get(row.code)
        if row.quantity is not None:
            self._judge_quantity(row, product)
        self._judge_categories(row)
        if not row.code:
            return
        if product is None:
            self._judge_new(row)
        self._judge_code(row, product)
        for code in row.barcodes:
            self._judge_barcode(row, code, product)

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
        if product is None or product.pk not in self.known.stocked:
            require(self.user, "adjust_stock", store=self.store)
        kept = product.sold_by if product else Product.SoldBy.UNIT
        is_weighed = row.values.get("sold_by", kept) == Product.SoldBy.WEIGHT
        quantity = row.quantity
        if not is_weighed and quantity is not None and quantity != quantity.to_integral_value():
            message = _("This product is sold by the piece: use whole numbers.")
            row.refuse("quantity", row.quantity, message)

    def _judge_categories(self, row: ProductRow) -> None:
        """Categories are made on the way, by whoever may."""
        missing = [path for path in row.categories if self.tree.find(path) is None]
        if missing and not self.user.has_perm("pos.add_category"):
            message = _("There is no such category, and you may not add one.")
            row.refuse("categories", "|".join(missing[0]), message)

    def _judge_code(self, row: ProductRow, product: Product | None) -> None:
        earlier = self._row_of_code.setdefault(row.code, row.number)
        if earlier != row.number:
            row.refuse("code", row.code, _("Row %(row)s has this code already.") % {"row": earlier})
            return
        owner = self.known.owners.get(row.code)
        other = self._row_of_barcode.get(row.code, row.number)
        if (owner and (product is None or owner != product.pk)) or other != row.number:
            row.refuse("code", row.code, _("Another product has this as its barcode."))

    def _judge_barcode(self, row: ProductRow, code: str, product: Product | None) -> None:
        own = product.pk if product else None
        earlier = self._row_of_barcode.setdefault(code, row.number)
        if earlier != row.number:
            row.refuse(
                "barcode", code, _("Row %(row)s has this barcode already.") % {"row": earlier}
            )
        elif self.known.owners.get(code, own) != own:
            row.refuse("barcode", code, _("Another product already has this barcode."))
        elif (
            self.known.codes.get(code, own) != own
            or self._row_of_code.get(code, row.number) != row.number
        ):
            row.refuse("barcode", code, _("This is the code of another product."))
