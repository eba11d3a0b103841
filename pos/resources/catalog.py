"""Columns of what is sold, and of the stock of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from pos.models import Category, Product, StockLevel, StockMovement, Store, TaxRate, User
from pos.money import ZERO

from .base import ListResource, SheetField


class TaxRateResource(ListResource):
    name = SheetField("name")
    percent = SheetField("percent")
    combined_with = SheetField("combined_with")
    products = SheetField("product_count", _("products"), kind="count")
    is_active = SheetField("is_active")

    class Meta:
        model = TaxRate


class CategoryTree(ListResource):
    """What knows where a category lies: asked once."""

    above: dict[int, tuple[str, int | None]]

    def prepare(self, user: User) -> None:
        rows = Category.objects.order_by().values_list("pk", "name", "parent_id")
        self.above = {pk: (name, parent) for pk, name, parent in rows}

    def path(self, category_id: int | None) -> str:
        """The names from the outermost on, as an import reads them: “Clothes|Shirts”."""
        names: list[str] = []
        while category_id in self.above and len(names) < len(self.above):
            name, category_id = self.above[category_id]
            names.append(name)
        return "|".join(reversed(names))


class CategoryResource(CategoryTree):
    whole = SheetField(title=_("path"), read="path_of")
    name = SheetField("name")
    code = SheetField("code", kind="code")
    colour = SheetField("colour")
    position = SheetField("position")
    description = SheetField("description")

    class Meta:
        model = Category

    def path_of(self, category: Category) -> str:
        return self.path(category.pk)


class ProductCells(CategoryTree):
    """What columns of products share. `store`: whose stock, where one was chosen."""

    takes_store = True
    store: Store | None = None

    def prefetched(self, user: User) -> Sequence[Any]:
        levels = StockLevel.objects.visible_to(user)
        if self.store:
            levels = levels.filter(store=self.store)
        return ("barcodes", "categories", Prefetch("stock_levels", levels, to_attr="seen_levels"))

    def barcodes_of(self, product: Product) -> str:
        return " ".join(sorted(each.code for each in product.barcodes.all()))

    def categories_of(self, product: Any) -> str:
        return "; ".join(sorted(self.path(each.pk) for each in product.categories.all()))

    def on_hand(self, product: Any) -> Decimal | None:
        """All that this person sees of it, or in the one store; None where it was never counted."""
        if not product.seen_levels:
            return None
        found: Decimal = sum((level.on_hand for level in product.seen_levels), ZERO)
        return found

    def opening(self, product: Any) -> Decimal | None:
        """As an import takes it: only of one store, and never less than nothing."""
        found = self.on_hand(product) if self.store else None
        return found if found is not None and found >= 0 else None


class ProductResource(ProductCells):
    """Exactly the columns that an import reads, under its names: the file comes back unchanged."""

    code = SheetField("code", kind="code", heading="code")
    barcode = SheetField(title=_("barcodes"), kind="code", read="barcodes_of", heading="barcode")
    name = SheetField("name", heading="name")
    size = SheetField("size", heading="size")
    price = SheetField("price", heading="price")
    quantity = SheetField(
        title=_("on hand (of one store)"), kind="quantity", read="opening", heading="quantity"
    )
    categories = SheetField(title=_("categories"), read="categories_of", heading="categories")
    description = SheetField("description", heading="description")
    cost = SheetField("cost", right="view_cost", heading="cost")
    tax_rate = SheetField("tax_rate", heading="tax_rate")
    style = SheetField("style", heading="style")
    sold_by = SheetField(
        title=_("sold by"), read=lambda product: product.sold_by, heading="sold_by"
    )
    reorder_point = SheetField("reorder_point", heading="reorder_point")

    class Meta:
        model = Product
        name = _("products, to change and import again")


class ProductListResource(ProductCells):
    code = SheetField("code", kind="code")
    name = SheetField("name")
    size = SheetField("size")
    style = SheetField("style")
    barcode = SheetField(title=_("barcodes"), kind="code", read="barcodes_of")
    price = SheetField("price")
    cost = SheetField("cost", right="view_cost")
    tax_rate = SheetField("tax_rate")
    quantity = SheetField(title=_("on hand"), kind="quantity", read="on_hand")
    reorder_point = SheetField("reorder_point")
    categories = SheetField(title=_("categories"), read="categories_of")
    sold_by = SheetField("sold_by")
    stock_policy = SheetField("stock_policy")
    colour = SheetField("colour")
    description = SheetField("description")
    is_favourite = SheetField("is_favourite")
    is_active = SheetField("is_active")
    created_at = SheetField("created_at")
    updated_at = SheetField("updated_at")

    class Meta:
        model = Product
        name = _("products, to look at")


class StockLevelResource(CategoryTree):
    code = SheetField("product__code", kind="code")
    product = SheetField("product__name", _("product"))
    size = SheetField("product__size")
    categories = SheetField(title=_("categories"), read="categories_of")
    store = SheetField("store")
    on_hand = SheetField("on_hand")
    reorder_point = SheetField("product__reorder_point")
    price = SheetField("product__price")
    cost = SheetField("product__cost", right="view_cost")
    prefetches = ("product__categories",)

    class Meta:
        model = StockLevel

    def categories_of(self, level: Any) -> str:
        return "; ".join(sorted(self.path(each.pk) for each in level.product.categories.all()))


class StockMovementResource(ListResource):
    created_at = SheetField("created_at")
    code = SheetField("product__code", kind="code")
    product = SheetField("product__name", _("product"))
    size = SheetField("product__size")
    store = SheetField("store")
    kind = SheetField("kind")
    quantity = SheetField("quantity")
    unit_cost = SheetField("unit_cost", right="view_cost")
    reason = SheetField("reason")
    note = SheetField("note")
    sold = SheetField("order")
    refund = SheetField("refund")
    created_by = SheetField("created_by")

    class Meta:
        model = StockMovement
