"""Categories and tax rates. Products have their own module."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminColorInputWidget

from pos.models import Category, TaxRate

from . import cells
from .activation import ActivationMixin
from .base import PosChangeList, PosModelAdmin
from .bring_in import BringInMixin
from .category_tree import branches, product_counts
from .forms import ReasonForm


class CategoryChangeList(PosChangeList):
    """The page's rows in tree order, each with its depth and number of products."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        tree = {branch.category.pk: (place, branch) for place, branch in enumerate(branches())}
        counts = product_counts()
        rows = list(self.result_list)
        for row in rows:
            row.branch = tree[row.pk][1]
            row.product_count = counts.get(row.pk, 0)
        self.result_list = sorted(rows, key=lambda row: tree[row.pk][0])


@admin.register(Category)
class CategoryAdmin(BringInMixin, PosModelAdmin):
    import_kind = "categories"
    list_display = ("name_cell", "code", "colour_cell", "product_cell")
    list_per_page = 2000  # a tree is no tree when it is cut into pages
    list_max_show_all = 2000
    search_fields = ("name", "code")
    search_help_text = _("Name or code")
    autocomplete_fields = ("parent",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "code"),
                    ("parent", "position"),
                    ("colour", "image"),
                    "description",
                )
            },
        ),
    )
    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PosChangeList]:
        return CategoryChangeList

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "colour":
            kwargs["widget"] = UnfoldAdminColorInputWidget()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("category"))
    def name_cell(self, category: Category) -> SafeString:
        name = cells.titled(
            cells.tile(category.name, category.colour, category.image), category.name
        )
        return format_html(
            '<span class="pos-branch" style="--depth:{}">{}</span>', category.branch.depth, name
        )

    @display(description=_("colour"))
    def colour_cell(self, category: Category) -> SafeString:
        return format_html(
            '<span class="pos-swatch" style="background:{}"></span> {}',
            category.colour,
            category.colour,
        )

    @display(description=_("products"))
    def product_cell(self, category: Category) -> SafeString:
        return cells.list_link("product", category.product_count, category=category.pk)


@admin.register(TaxRate)
class TaxRateAdmin(ActivationMixin, PosModelAdmin):
    form = ReasonForm
    list_display = ("name", "percent_cell", "combined_with", "product_cell", "state_cell")
    list_select_related = ("combined_with",)
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("name",)

    def get_fieldsets(self, request: HttpRequest, obj: TaxRate | None = None) -> list[Any]:
        reason = ["change_reason"] if obj else []
        return [(None, {"fields": [("name", "percent"), "combined_with", "is_active", *reason]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(product_count=Count("products"))

    @display(description=_("percent"), ordering="percent")
    def percent_cell(self, rate: TaxRate) -> SafeString | str:
        return cells.percent(rate.percent)

    @display(description=_("products"))
    def product_cell(self, rate: TaxRate) -> SafeString:
        return cells.list_link("product", rate.product_count, tax_rate__id__exact=rate.pk)

    @display(description=_("state"), ordering="is_active")
    def state_cell(self, rate: TaxRate) -> SafeString:
        return cells.active(rate.is_active)
