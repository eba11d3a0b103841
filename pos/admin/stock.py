"""What is on hand and why. Read-only: quantities are typed on the product."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from pos.models import Barcode, Product, StockLevel, StockMovement

from . import cells
from .base import DocumentAdmin
from .bring_in import BringInMixin
from .filters import FoundFilter, PeriodFilter, StockStateFilter, category_filter, store_filter
from .products import colour_of, stock_label

KIND_LABELS = {
    "sale": "primary",
    "return": "info",
    "receiving": "success",
    "adjustment": "warning",
    "count": "info",
    "transfer": "",
    "waste": "danger",
}


def products_matching(text: str) -> QuerySet:
    """Products by whole code or barcode first, else by words."""
    exact = Product.objects.filter(code=text) | Product.objects.filter(
        pk__in=Barcode.objects.filter(code=text).values("product_id")
    )
    return exact if exact.exists() else Product.objects.matching(text)


@admin.register(StockLevel)
class StockLevelAdmin(BringInMixin, DocumentAdmin):
    import_kind = "stock_count"
    empty_hint = _("Give a product its first stock on its own page: “Adjust stock”.")
    list_display = (
        "product_cell",
        "store_cell",
        "on_hand_cell",
        "reorder_cell",
        "missing_cell",
        "state_cell",
    )
    list_display_links = None
    list_filter = (StockStateFilter, store_filter("store_id"), category_filter("product_id"))
    linked_lookups = ("product__id__exact",)
    list_select_related = ("product", "store")
    search_fields = ("product__name",)
    search_help_text = _("Product, code or barcode")
    ordering = ("product__name", "product__size", "id")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("product_cell", "store_cell"),
                    ("on_hand_cell", "reorder_cell", "missing_cell"),
                )
            },
        ),
    )
    readonly_fields = ("product_cell", "store_cell", "on_hand_cell", "reorder_cell", "missing_cell")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("product__categories")

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        return queryset.filter(product_id__in=products_matching(text).values("pk")), False

    @display(description=_("product"), ordering="product__name")
    def product_cell(self, level: StockLevel) -> SafeString:
        product = level.product
        tile = cells.tile(product.name, colour_of(product), product.image)
        name = cells.link(reverse("admin:pos_product_change", args=[product.pk]), product.name)
        return cells.titled(
            tile, name, f"{product.size} · {product.code}" if product.size else product.code
        )

    @display(description=_("store"), ordering="store__name")
    def store_cell(self, level: StockLevel) -> str:
        return level.store.name

    @display(description=_("on hand"), ordering="on_hand")
    def on_hand_cell(self, level: StockLevel) -> SafeString:
        return stock_label(level.product, level.on_hand)

    @display(description=_("reorder point"))
    def reorder_cell(self, level: StockLevel) -> SafeString | str:
        return cells.quantity(level.product.reorder_point or None)

    @display(description=_("missing"), ordering=F("product__reorder_point") - F("on_hand"))
    def missing_cell(self, level: StockLevel) -> SafeString | str:
        missing = level.product.reorder_point - level.on_hand
        return (
            cells.quantity(missing)
            if level.product.reorder_point and missing > 0
            else cells.NOTHING
        )

    @display(description=_("state"))
    def state_cell(self, level: StockLevel) -> SafeString:
        if level.on_hand <= 0:
            return cells.label("danger", _("Out of stock"))
        if level.product.reorder_point and level.on_hand <= level.product.reorder_point:
            return cells.label("warning", _("Low"))
        return cells.label("success", _("In stock"))


@admin.register(StockMovement)
class StockMovementAdmin(DocumentAdmin):
    empty_hint = _("Sales, returns, deliveries and corrections write themselves down here.")
    list_display = (
        "when_cell",
        "product_link",
        "store_cell",
        "kind_cell",
        "quantity_cell",
        "reason_cell",
        "note",
        "order_link",
        "person_cell",
    )
    list_display_links = ("when_cell",)
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("reason", ChoicesDropdownFilter),
        store_filter("store_id"),
        ("product", FoundFilter),
        ("created_by", FoundFilter),
        ("created_at", PeriodFilter),
    )
    sortable_by = ("when_cell",)
    list_select_related = ("product", "store", "order", "created_by")
    search_fields = ("product__name",)
    search_help_text = _("Product, code or barcode")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("product_link", "store_cell"),
                    ("kind_cell", "quantity_cell"),
                    ("reason_cell", "note"),
                    ("order_link", "person_cell", "created_at"),
                )
            },
        ),
    )
    readonly_fields = (
        "product_link",
        "store_cell",
        "kind_cell",
        "quantity_cell",
        "reason_cell",
        "order_link",
        "person_cell",
    )

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        return queryset.filter(product_id__in=products_matching(text).values("pk")), False

    @display(description=_("at"), ordering="created_at")
    def when_cell(self, movement: StockMovement) -> SafeString | str:
        return cells.when(movement.created_at)

    @display(description=_("product"))
    def product_link(self, movement: StockMovement) -> SafeString:
        return cells.change_link(movement.product)

    @display(description=_("store"))
    def store_cell(self, movement: StockMovement) -> str:
        return movement.store.name

    @display(description=_("kind"))
    def kind_cell(self, movement: StockMovement) -> SafeString:
        return cells.label(KIND_LABELS[movement.kind], movement.get_kind_display())

    @display(description=_("quantity"))
    def quantity_cell(self, movement: StockMovement) -> SafeString:
        return cells.signed(movement.quantity)

    @display(description=_("reason"))
    def reason_cell(self, movement: StockMovement) -> str:
        return movement.get_reason_display() if movement.reason else cells.NOTHING

    @display(description=_("order"))
    def order_link(self, movement: StockMovement) -> SafeString | str:
        return cells.change_link(movement.order) if movement.order else cells.NOTHING

    @display(description=_("by"))
    def person_cell(self, movement: StockMovement) -> str:
        return str(movement.created_by)
