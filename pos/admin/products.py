"""Products: a table or a wall of pictures, and a form whose quantities are stock movements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display

from pos.models import Barcode, Category, Product, StockLevel
from pos.money import ZERO, quantity_text
from pos.services.catalog import category_names, record_categories, refresh_search_text

from . import cells, stock_dialogs
from .activation import ActivationMixin
from .base import PosChangeList, PosModelAdmin
from .bring_in import BringInMixin
from .filters import ProductStockFilter, category_filter
from .product_forms import BarcodeForm, ProductForm, store_choices

VIEWS = ("table", "grid")
STORES_IN_A_CELL = 3


class BarcodeInline(TabularInline):
    model = Barcode
    form = BarcodeForm
    extra = 0
    tab = True
    fields = ("code",)


class ProductChangeList(PosChangeList):
    """The same rows as a table or as pictures, as this person last chose."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.is_grid = is_grid(request)
        self.table_url = self.get_query_string({"view": "table"})
        self.grid_url = self.get_query_string({"view": "grid"})

    def tiles(self) -> list[dict[str, Any]]:
        """The page's products as the picture wall shows them."""
        return [
            {
                "product": product,
                "url": self.url_for_result(product),
                "colour": colour_of(product) or cells.GREY,
                "ink": cells.ink(colour_of(product) or cells.GREY),
                "letter": product.name[:1].upper(),
                "price": self.model_admin.price_cell(product),
                "stock": self.model_admin.stock_cell(product),
            }
            for product in self.result_list
        ]


def is_grid(request: HttpRequest) -> bool:
    return request.session.get("product_view") == "grid"


@admin.register(Product)
class ProductAdmin(BringInMixin, ActivationMixin, PosModelAdmin):
    import_kind = "products"
    form = ProductForm
    inlines = (BarcodeInline,)
    list_before_template = "admin/pos/product/view_switch.html"
    list_display_links = ("name_cell",)
    list_filter = (
        category_filter("pk"),
        ProductStockFilter,
        ("tax_rate", RelatedDropdownFilter),
        ("sold_by", ChoicesDropdownFilter),
        ("is_favourite", BooleanRadioFilter),
        ("is_active", BooleanRadioFilter),
    )
    linked_lookups = ("style__exact",)
    list_select_related = ("tax_rate",)
    search_fields = ("name",)
    search_help_text = _("Name, size, code or barcode")
    autocomplete_fields = ("categories",)
    actions_detail = ("adjust_stock", "record_waste", "show_movements")

    # --- list ----------------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if "view" in request.GET:
            parameters = request.GET.copy()
            view = parameters.pop("view")[-1]
            request.session["product_view"] = view if view in VIEWS else VIEWS[0]
            return HttpResponseRedirect(f"{request.path}?{parameters.urlencode()}")
        return super().changelist_view(request, extra_context)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PosChangeList]:
        return ProductChangeList

    def get_list_display(self, request: HttpRequest) -> list[str]:
        if is_grid(request):
            return ["name_cell"]
        cost = ["cost_cell"] if sees_cost(request) else []
        return [
            "name_cell",
            "code",
            "price_cell",
            *cost,
            "stock_cell",
            "category_cell",
            "state_cell",
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        levels = (
            StockLevel.objects.visible_to(request.user)
            .select_related("store")
            .order_by("store__name")
        )
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("stock_levels", levels, to_attr="visible_levels"),
                Prefetch("categories", Category.objects.only("id", "name", "colour", "position")),
            )
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {} if is_grid(request) else super().get_actions(request)

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        """A whole code or barcode finds its product alone; anything else is searched by words."""
        ids = {*Product.objects.filter(code=text).values_list("pk", flat=True)}
        ids |= {*Barcode.objects.filter(code=text).values_list("product_id", flat=True)}
        return (queryset.filter(pk__in=ids) if ids else queryset.matching(text)), False

    @display(description=_("product"), ordering="name")
    def name_cell(self, product: Product) -> SafeString:
        return cells.titled(
            cells.tile(product.name, colour_of(product), product.image), product.name, product.size
        )

    @display(description=_("price"), ordering="price")
    def price_cell(self, product: Product) -> SafeString | str:
        price = cells.money(product.price)
        return (
            format_html("{} <span class='pos-quiet'>{}</span>", price, _("/ kg"))
            if product.is_weighed
            else price
        )

    @display(description=_("cost"), ordering="cost")
    def cost_cell(self, product: Product) -> SafeString | str:
        return cells.money(product.cost)

    @display(description=_("stock"))
    def stock_cell(self, product: Product) -> SafeString | str:
        levels = product.visible_levels
        if not levels:
            return cells.NOTHING
        if len(levels) > STORES_IN_A_CELL:
            total = sum((level.on_hand for level in levels), ZERO)
            return format_html(
                "{} {}", stock_label(product, total), _("in %(n)s stores") % {"n": len(levels)}
            )
        return format_html_join(
            "",
            '<span class="pos-stock-line">{} <span class="pos-quiet">{}</span></span>',
            ((stock_label(product, level.on_hand), level.store.name) for level in levels),
        )

    @display(description=_("categories"))
    def category_cell(self, product: Product) -> str:
        return ", ".join(category.name for category in product.categories.all()) or cells.NOTHING

    @display(description=_("state"), ordering="is_active")
    def state_cell(self, product: Product) -> SafeString:
        return cells.active(product.is_active)

    # --- form ----------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Product | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        stores = stores_on_form(request)
        kwargs["form"] = ProductForm.for_person(request.user, stores, obj)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> list[Any]:
        reason = ["change_reason"] if obj else []
        pricing = [("price", "cost") if sees_cost(request) else "price", ("tax_rate", "sold_by")]
        return [
            (
                None,
                {
                    "fields": [
                        ("name", "size"),
                        ("code", "style"),
                        *pricing,
                        "categories",
                        ("is_active", "is_favourite"),
                        *reason,
                    ]
                },
            ),
            (
                _("Stock"),
                {
                    "classes": ["tab"],
                    "fields": [*stock_rows(request), ("reorder_point", "stock_policy")],
                },
            ),
            (
                _("Picture and text"),
                {"classes": ["tab"], "fields": [("image", "colour"), "description"]},
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "on_hand_now"]

    @display(description=_("on hand"))
    def on_hand_now(self, product: Product) -> SafeString | str:
        return (
            self.stock_cell(product)
            if product.pk and hasattr(product, "visible_levels")
            else cells.NOTHING
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = category_names(form.instance)
        super().save_related(request, form, formsets, change)
        reason = form.cleaned_data.get("change_reason") or ""
        record_categories(user=request.user, product=form.instance, before=before, reason=reason)
        refresh_search_text(product=form.instance)
        form.apply_stock()

    def has_view_history_or_change_history_permission(
        self, request: HttpRequest, obj: Any = None
    ) -> bool:
        # Old versions hold the cost.
        return sees_cost(request) and super().has_view_history_or_change_history_permission(
            request, obj
        )

    # --- dialogs -------------------------------------------------------------------------

    def has_adjust_stock_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not (request.user.has_perm("pos.adjust_stock") and self.has_view_permission(request)):
            return False
        is_there = (
            object_id is None or self.get_object(request, unquote(str(object_id))) is not None
        )
        return is_there and bool(store_choices(request.user))

    def has_movements_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pos.view_stockmovement")

    @action(
        description=_("Adjust stock"),
        icon="inventory",
        permissions=["adjust_stock"],
        dialog=stock_dialogs.ADJUST,
    )
    def adjust_stock(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, form.result)

    @action(
        description=_("Record waste"),
        icon="delete_sweep",
        permissions=["adjust_stock"],
        dialog=stock_dialogs.WASTE,
    )
    def record_waste(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, form.result)

    @action(description=_("Stock movements"), icon="swap_vert", permissions=["movements"])
    def show_movements(self, request: HttpRequest, object_id: str) -> HttpResponse:
        product = self.loaded(request, object_id)
        return HttpResponseRedirect(
            f"{reverse('admin:pos_stockmovement_changelist')}?product__id__exact={product.pk}"
        )

    def back_to(self, request: HttpRequest, object_id: str, movement: Any) -> HttpResponse:
        text = _("Stock changed by %(quantity)s in %(store)s.")
        values = {"quantity": quantity_text(movement.quantity), "store": movement.store}
        self.message_user(request, text % values, messages.SUCCESS)
        return HttpResponse(
            headers={"HX-Redirect": reverse("admin:pos_product_change", args=[object_id])}
        )


def sees_cost(request: HttpRequest) -> bool:
    return request.user.has_perm("pos.view_cost")


def stores_on_form(request: HttpRequest) -> list[Any]:
    may = request.user.has_perm("pos.adjust_stock") and request.user.has_perm("pos.change_product")
    return store_choices(request.user) if may else []


def stock_rows(request: HttpRequest) -> list[Any]:
    stores = stores_on_form(request)
    if not stores:
        return ["on_hand_now"]
    names = [f"stock_{store.pk}" for store in stores]
    pairs = [tuple(names[place : place + 2]) for place in range(0, len(names), 2)]
    return [*pairs, ("stock_reason", "stock_note")]


def colour_of(product: Product) -> str:
    """The product's own colour, else its first category's."""
    return product.colour or next((each.colour for each in product.categories.all()), "")


def stock_label(product: Product, on_hand: Decimal) -> SafeString:
    kind = (
        "pos-out"
        if on_hand <= 0
        else "pos-low"
        if product.reorder_point and on_hand <= product.reorder_point
        else ""
    )
    return format_html('<span class="pos-figure {}">{}</span>', kind, quantity_text(on_hand))
