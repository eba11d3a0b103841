"""Customers and their levels."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from pos.models import Balance, Customer, CustomerLevel, Order
from pos.models.fields import MoneyField
from pos.services.dues import DUE

from . import cells
from .base import PosModelAdmin
from .bring_in import BringInMixin
from .filters import ChoiceFilter
from .forms import ReasonForm

OWED = (Order.PaymentStatus.UNPAID, Order.PaymentStatus.PARTIAL)


class DebtFilter(ChoiceFilter):
    """Customers with something to pay, in the stores this person sees."""

    title = _("account")
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("owes", _("Owes money"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        orders = Order.objects.visible_to(request.user).completed()
        owing = orders.filter(payment_status__in=OWED, customer__isnull=False)
        return queryset.filter(pk__in=owing.values("customer_id"))


@admin.register(Customer)
class CustomerAdmin(BringInMixin, PosModelAdmin):
    import_kind = "customers"
    form = ReasonForm
    list_display = (
        "name_cell",
        "phone",
        "email",
        "level",
        "status_cell",
        "orders_cell",
        "due_cell",
        "when_cell",
    )
    list_display_links = ("name_cell",)
    list_filter = (("status", ChoicesDropdownFilter), ("level", RelatedDropdownFilter), DebtFilter)
    list_select_related = ("level",)
    search_fields = ("name",)
    search_help_text = _("Name, phone or email")
    actions_detail = ("show_statement", "show_orders")
    readonly_fields = ("due_cell", "credit_cell")

    def get_fieldsets(self, request: HttpRequest, obj: Customer | None = None) -> list[Any]:
        reason = ["change_reason"] if obj else []
        account = [("due_cell", "credit_cell")] if obj else []
        return [
            (
                None,
                {
                    "fields": [
                        "name",
                        ("phone", "email"),
                        "address",
                        ("level", "status"),
                        "credit_limit",
                        *account,
                        "note",
                        *reason,
                    ]
                },
            ),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        orders = Order.objects.visible_to(request.user).completed().filter(customer=OuterRef("pk"))
        mine = orders.order_by().values("customer")
        due = mine.annotate(due=Sum(DUE)).values("due")
        credit = Balance.objects.filter(kind=Balance.Kind.STORE_CREDIT, customer=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                order_count=Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0),
                due=Subquery(due, output_field=MoneyField()),
                store_credit=Subquery(credit.values("amount"), output_field=MoneyField()),
            )
        )

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        exact = queryset.filter(phone=text)
        return (exact if exact.exists() else queryset.matching(text)), False

    @display(description=_("name"), ordering="name")
    def name_cell(self, customer: Customer) -> SafeString:
        initials = "".join(word[0] for word in customer.name.split()[:2]).upper()
        mark = format_html(
            '<span class="pos-thumb pos-round pos-initials" aria-hidden="true">{}</span>', initials
        )
        return cells.titled(mark, customer.name)

    @display(description=_("since"))
    def when_cell(self, customer: Customer) -> str:
        return cells.day(customer.created_at)

    @display(description=_("status"), ordering="status")
    def status_cell(self, customer: Customer) -> SafeString:
        kind = "success" if customer.status == Customer.Status.ACTIVE else "danger"
        return cells.label(kind, customer.get_status_display())

    @display(description=_("orders"))
    def orders_cell(self, customer: Customer) -> SafeString:
        return cells.list_link("order", customer.order_count, customer__id__exact=customer.pk)

    @display(description=_("owes"))
    def due_cell(self, customer: Customer) -> SafeString | str:
        return cells.money(customer.due or Decimal(0)) if customer.due else cells.NOTHING

    @display(description=_("store credit"))
    def credit_cell(self, customer: Customer) -> SafeString | str:
        return cells.money(customer.store_credit) if customer.store_credit else cells.NOTHING

    @action(description=_("Statement"), icon="request_quote", permissions=["orders"])
    def show_statement(self, request: HttpRequest, object_id: str) -> HttpResponse:
        customer = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_statement", args=[customer.pk]))

    def has_orders_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pos.view_order")

    @action(description=_("Orders"), icon="receipt_long", permissions=["orders"])
    def show_orders(self, request: HttpRequest, object_id: str) -> HttpResponse:
        customer = self.loaded(request, object_id)
        return HttpResponseRedirect(
            f"{reverse('admin:pos_order_changelist')}?customer__id__exact={customer.pk}"
        )


@admin.register(CustomerLevel)
class CustomerLevelAdmin(PosModelAdmin):
    form = ReasonForm
    list_display = ("name", "discount_cell", "customers_cell", "position")
    search_fields = ("name",)

    def get_fieldsets(self, request: HttpRequest, obj: CustomerLevel | None = None) -> list[Any]:
        reason = ["change_reason"] if obj else []
        return [(None, {"fields": ["name", ("discount_percent", "position"), *reason]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(customer_count=Count("customers"))

    @display(description=_("discount"), ordering="discount_percent")
    def discount_cell(self, level: CustomerLevel) -> SafeString | str:
        return cells.percent(level.discount_percent)

    @display(description=_("customers"))
    def customers_cell(self, level: CustomerLevel) -> SafeString:
        return cells.list_link("customer", level.customer_count, level__id__exact=level.pk)
