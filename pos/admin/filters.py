"""Filters that offer only what the signed-in person may see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    DropdownFilter,
    RangeDateTimeFilter,
)
from unfold.contrib.filters.forms import AutocompleteDropdownForm
from unfold.utils import parse_datetime_str

from pos.models import (
    Category,
    Payment,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    Store,
    User,
)

from .category_tree import branches, with_descendants


class PeriodFilter(RangeDateTimeFilter):
    """From and to, by the shop's clock; a day without a time means the whole day."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        start, end = self.moment("from", "00:00:00"), self.moment("to", "23:59:59")
        if start:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": start})
        if end:
            end += timedelta(seconds=1)
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": end})
        return queryset

    def moment(self, which: str, default_time: str) -> datetime | None:
        """What was typed for one end; None for nothing and for nonsense."""
        day = self.used_parameters.get(f"{self.parameter_name}_{which}_0")
        clock = self.used_parameters.get(f"{self.parameter_name}_{which}_1") or default_time
        parsed = parse_datetime_str(f"{day} {clock}") if day else None
        if parsed is None or not 1900 < parsed.year < 2200:
            return None
        return timezone.make_aware(parsed)


class FoundForm(AutocompleteDropdownForm):
    """Names what an address filters by only to those who could have found it."""

    def __init__(
        self,
        request: HttpRequest,
        name: str,
        label: str,
        choices: tuple[Any, ...],
        field: Any,
        model_admin: Any,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(request, name, label, choices, field, model_admin, *args, **kwargs)
        model = field.remote_field.model
        screen = model_admin.admin_site.get_model_admin(model)
        rows = screen.get_queryset(request)
        if not screen.has_view_permission(request):
            rows = rows.filter(pk=request.user.pk) if model is User else rows.none()
        self.fields[name].queryset = rows


class FoundFilter(AutocompleteSelectFilter):
    """A filter by something that is searched for as one types."""

    form_class = FoundForm


class ChoiceFilter(DropdownFilter):
    """A short list of choices; an unknown one finds nothing."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value in (None, ""):
            return queryset
        if value not in {str(key) for key, _name in self.lookup_choices}:
            return queryset.none()
        return self.narrow(request, queryset, value)

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        raise NotImplementedError


def store_filter(path: str) -> type[ChoiceFilter]:
    """A filter by store; `path` leads from the row to the store's id."""

    class StoreFilter(ChoiceFilter):
        title = _("store")
        parameter_name = "store"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            stores = Store.objects.visible_to(request.user)
            return [(str(pk), name) for pk, name in stores.values_list("pk", "name")]

        def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
            return queryset.filter(**{path: value})

    return StoreFilter


def register_filter(path: str) -> type[ChoiceFilter]:
    """A filter by register, named with its store."""

    class RegisterFilter(ChoiceFilter):
        title = _("register")
        parameter_name = "register"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            registers = Register.objects.visible_to(request.user).select_related("store")
            return [(str(each.pk), f"{each.store} · {each}") for each in registers]

        def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
            return queryset.filter(**{path: value})

    return RegisterFilter


def category_filter(path: str) -> type[ChoiceFilter]:
    """A filter by category and everything inside it; `path` leads to the product's id."""

    class CategoryFilter(ChoiceFilter):
        title = _("category")
        parameter_name = "category"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(str(each.category.pk), each.path) for each in branches()]

        def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
            links = Product.categories.through.objects.filter(
                category_id__in=with_descendants(int(value))
            )
            return queryset.filter(**{f"{path}__in": links.values("product_id")})

    return CategoryFilter


class LinkedFilter(DropdownFilter):
    """A filter that only links set, from a figure of a report: it shows what it is set to."""

    model: type[Product | Category]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = request.GET.get(self.parameter_name, "")
        row = self.model.objects.filter(pk=value).first() if is_id(value) else None
        return [(value, str(row))] if row is not None else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value in (None, ""):
            return queryset
        return self.narrow(queryset, int(value)) if is_id(value) else queryset.none()

    def narrow(self, queryset: QuerySet, pk: int) -> QuerySet:
        raise NotImplementedError


def is_id(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19


def sold_product_filter(lines: QuerySet, document: str) -> type[LinkedFilter]:
    """Documents with a line of this product; `document` leads from the line to their id."""

    class ProductFilter(LinkedFilter):
        title = _("product")
        parameter_name = "product"
        model = Product

        def narrow(self, queryset: QuerySet, pk: int) -> QuerySet:
            return queryset.filter(pk__in=lines.filter(product_id=pk).values(document))

    return ProductFilter


def sold_category_filter(lines: QuerySet, document: str) -> type[LinkedFilter]:
    """Documents with a line of a product in this category or inside it."""

    class SoldCategoryFilter(LinkedFilter):
        title = _("category")
        parameter_name = "category"
        model = Category

        def narrow(self, queryset: QuerySet, pk: int) -> QuerySet:
            links = Product.categories.through.objects.filter(category_id__in=with_descendants(pk))
            found = lines.filter(product_id__in=links.values("product_id"))
            return queryset.filter(pk__in=found.values(document))

    return SoldCategoryFilter


class MethodFilter(ChoiceFilter):
    """Orders that something was paid for in this way."""

    title = _("payment method")
    parameter_name = "method"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in PaymentMethod.objects.values_list("pk", "name")]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        paid = Payment.objects.filter(method_id=value, order__isnull=False)
        return queryset.filter(pk__in=paid.values("order_id"))


class ProductStockFilter(ChoiceFilter):
    """Products by what is left of them in the stores this person sees."""

    title = _("stock")
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("Low")), ("out", _("Out of stock")), ("in", _("In stock"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        levels = StockLevel.objects.visible_to(request.user)
        return queryset.filter(pk__in=stock_state(levels, value).values("product_id"))


class StockStateFilter(ChoiceFilter):
    """Levels by their state."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("Low")), ("out", _("Out of stock")), ("in", _("In stock"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        return stock_state(queryset, value)


def stock_state(levels: QuerySet, state: str) -> QuerySet:
    if state == "low":
        return levels.low()
    return levels.filter(on_hand__lte=0) if state == "out" else levels.filter(on_hand__gt=0)


class SessionStateFilter(ChoiceFilter):
    """Open or closed cash sessions."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("closed", _("Closed"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(closed_at__isnull=value == "open")
