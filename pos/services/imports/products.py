"""Products with their barcodes, categories and opening stock: many at once, with their history."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import Barcode, Product, StockLevel, StockMovement, Store, TaxRate, User

from ..bulk_rows import insert_history, insert_objects, insert_rows, reserve_ids
from ..catalog import CategoryTree
from ..import_trail import ImportTrail
from ..rights import require
from .base import Cells, Verdict
from .pictures import PictureArchive
from .product_judge import Links, ProductJudge, ProductPlan

MOVEMENT = [
    *("product_id", "store_id", "kind", "quantity", "order_id"),
    *("unit_cost", "reason", "note", "created_by_id", "created_at"),
]
CHANGEABLE = [
    *("name", "size", "style", "price", "cost", "tax_rate", "description"),
    *("sold_by", "reorder_point", "image", "search_text", "updated_at"),
]


class ProductImporter:
    """Finds products by their code. See `importing.import_products` for what a cell means."""

    def __init__(
        self,
        *,
        user: User,
        store: Store | None = None,
        lock: bool = True,
        pictures: Path | None = None,
    ) -> None:
        self.user, self.store = user, store
        self.reason = _("Imported from a file")
        self.now = timezone.now()
        self.tree = CategoryTree(user=user, reason=self.reason)
        rates = TaxRate.objects.all()
        self.trail = ImportTrail(user=user, reason=self.reason, at=self.now, rates=rates)
        self._saved: list[str] = []
        self._judge = ProductJudge(
            user=user,
            store=store,
            tree=self.tree,
            trail=self.trail,
            lock=lock,
            pictures=PictureArchive(pictures) if pictures else None,
        )

    def judge(self, rows: Sequence[tuple[int, Cells]]) -> list[Verdict]:
        return self._judge.judge(rows)

    def write(self, verdicts: Sequence[Verdict]) -> None:
        plans: list[ProductPlan] = [verdict.plan for verdict in verdicts]
        self._save_pictures(plans)
        self._create([plan.product for plan in plans if plan.is_new])
        changed = [plan for plan in plans if not plan.is_new and plan.is_changed]
        for plan in changed:
            self._change(plan)
        for plan in plans:
            if plan.picture:
                self.trail.picture(plan.product.pk, plan.picture[0])
        self._link(plans)
        self._add_barcodes(plans)
        self._open_stock(plans)
        self._update(sorted((plan.product for plan in changed), key=lambda each: each.pk))
        self.trail.write(plan.product for plan in plans if not plan.is_new)

    def undo(self) -> None:
        """The transaction takes rows back, not files."""
        for name in self._saved:
            Product._meta.get_field("image").storage.delete(name)

    def _save_pictures(self, plans: list[ProductPlan]) -> None:
        for plan in plans:
            if plan.picture:
                content = plan.picture[1]
                plan.product.image.save(str(content.name), content, save=False)
                self._saved.append(str(plan.product.image.name))

    def _change(self, plan: ProductPlan) -> None:
        for name, before, after in plan.differences:
            self.trail.changed(plan.product, name, before, after)
            setattr(plan.product, name, after)
        plan.product.search_text = plan.search_text

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
            products, update_conflicts=True, unique_fields=["code"], update_fields=CHANGEABLE
        )

    def _record(self, objects: Sequence[Product] | Sequence[Barcode], sign: str) -> None:
        insert_history(objects, sign=sign, user=self.user, reason=self.reason, at=self.now)

    def _link(self, plans: list[ProductPlan]) -> None:
        """Make the categories those of the row."""
        added = []
        for plan in plans:
            if not plan.moves:
                continue
            product_id, had = plan.product.pk, plan.had
            wanted = {self.tree.leaf(path) for path in plan.row.categories}
            self.trail.categories(product_id, had, wanted, self.tree.names)
            added += [(product_id, category_id) for category_id in sorted(wanted - had)]
            if had - wanted:
                gone = Links.objects.filter(product_id=product_id, category_id__in=had - wanted)
                gone.delete()
        insert_rows(Links, ["product_id", "category_id"], added)

    def _add_barcodes(self, plans: list[ProductPlan]) -> None:
        new = [
            Barcode(product_id=plan.product.pk, code=code)
            for plan in plans
            for code in plan.barcodes
        ]
        for barcode, pk in zip(new, reserve_ids(Barcode, len(new)), strict=True):
            barcode.pk = pk
            self.trail.barcode(barcode.product_id, barcode.code)
        insert_objects(new)
        self._record(new, "+")

    def _open_stock(self, plans: list[ProductPlan]) -> None:
        """Opening stock where the product is not kept yet; stock that is there is never touched."""
        opened = [(plan.product, plan.opens) for plan in plans if plan.opens is not None]
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
            [self._opening(product, quantity) for product, quantity in opened if quantity], MOVEMENT
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
