"""Orders: to read. They are made at the register and corrected by new documents, never here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Case, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from pos.models import Order, OrderLine, OrderTax, Product
from pos.models.fields import QuantityField
from pos.reports.customer_accounts import AGE_NAMES, in_age
from pos.services.dues import is_due

from . import cells
from .base import DocumentAdmin, DocumentInline
from .deliveries import LABELS as DELIVERY_LABELS
from .deliveries import MENU as DELIVERY_MENU
from .deliveries import DeliveryActions
from .filters import (
    ChoiceFilter,
    FoundFilter,
    MethodFilter,
    PeriodFilter,
    register_filter,
    sold_category_filter,
    sold_product_filter,
    store_filter,
)
from .payments import PaymentInline
from .refunds import OrderRefundInline
from .sell_actions import SaleActions

MOST_PARKED = 2000
STATUS_LABELS = {"parked": "info", "completed": "", "voided": "danger"}
PAYMENT_LABELS = {"unpaid": "danger", "partial": "warning", "paid": "success", "refunded": "info"}


class OrderLineInline(DocumentInline):
    model = OrderLine
    verbose_name_plural = _("lines")
    fields = (
        "code",
        "full_name",
        "quantity_cell",
        "price_cell",
        "discount_cell",
        "total_cell",
        "tax_cell",
        "note",
    )
    readonly_fields = (
        "full_name",
        "quantity_cell",
        "price_cell",
        "discount_cell",
        "total_cell",
        "tax_cell",
    )
    ordering = ("position",)

    @display(description=_("name"))
    def full_name(self, line: OrderLine) -> str:
        return str(line)

    @display(description=_("quantity"))
    def quantity_cell(self, line: OrderLine) -> SafeString | str:
        return cells.quantity(line.quantity)

    @display(description=_("unit price"))
    def price_cell(self, line: OrderLine) -> SafeString | str:
        return cells.money(line.unit_price)

    @display(description=_("discount"))
    def discount_cell(self, line: OrderLine) -> SafeString | str:
        return cells.money(line.discount_amount) if line.discount_amount else cells.NOTHING

    @display(description=_("tax"))
    def tax_cell(self, line: OrderLine) -> SafeString | str:
        return cells.money(line.tax_amount)

    @display(description=_("total"))
    def total_cell(self, line: OrderLine) -> SafeString | str:
        return cells.money(line.total_amount)


class OrderTaxInline(DocumentInline):
    model = OrderTax
    verbose_name_plural = _("taxes")
    fields = ("name", "percent_cell", "net_cell", "tax_cell")
    readonly_fields = ("percent_cell", "net_cell", "tax_cell")

    @display(description=_("percent"))
    def percent_cell(self, tax: OrderTax) -> SafeString | str:
        return cells.percent(tax.percent)

    @display(description=_("net"))
    def net_cell(self, tax: OrderTax) -> SafeString | str:
        return cells.money(tax.net_amount)

    @display(description=_("tax"))
    def tax_cell(self, tax: OrderTax) -> SafeString | str:
        return cells.money(tax.tax_amount)


class StatusFilter(ChoiceFilter):
    """Orders by status; the parked few are found by their own index, not among a million."""

    title = _("status")
    parameter_name = "status__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, name) for value, name in Order.Status.choices]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        if value != Order.Status.PARKED:
            return queryset.filter(status=value)
        parked = Order.objects.visible_to(request.user).parked().order_by()
        return queryset.filter(pk__in=list(parked.values_list("pk", flat=True)[:MOST_PARKED]))


class DueFilter(ChoiceFilter):
    """Orders with something due, by the days since they were sold."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("any", _("Something due")), *AGE_NAMES.items()]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        due = queryset.filter(is_due(), status=Order.Status.COMPLETED)
        return due if value == "any" else due.filter(in_age(value, timezone.localdate()))


@admin.register(Order)
class OrderAdmin(SaleActions, DeliveryActions, DocumentAdmin):
    empty_hint = _("Sales are made at the register: open it, scan something, and take the money.")
    list_display = (
        "number_cell",
        "state_cell",
        "payment_cell",
        "items_cell",
        "total_cell",
        "paid_cell",
        "due_cell",
        "customer_cell",
        "sold_cell",
        "when_cell",
    )
    list_display_links = ("number_cell",)
    list_filter = (
        StatusFilter,
        ("payment_status", ChoicesDropdownFilter),
        ("delivery_status", ChoicesDropdownFilter),
        ("deliver_on", RangeDateFilter),
        store_filter("store_id"),
        register_filter("register_id"),
        ("seller", FoundFilter),
        ("customer", FoundFilter),
        sold_product_filter(OrderLine.objects.all(), "order_id"),
        sold_category_filter(OrderLine.objects.all(), "order_id"),
        MethodFilter,
        DueFilter,
        ("sold_on", RangeDateFilter),
        ("created_at", PeriodFilter),
    )
    linked_lookups = ("session__id__exact", "id__exact")
    sortable_by = (
        "number_cell",
        "when_cell",
    )  # a million rows are sorted by an index or not at all
    list_select_related = ("store", "register", "seller", "customer")
    search_fields = ("number",)
    search_help_text = _("Number, customer or phone")
    inlines = (OrderLineInline, OrderRefundInline, PaymentInline, OrderTaxInline)
    actions_detail = ("show_receipt", "email_receipt", "refund_sale", "void_sale", DELIVERY_MENU)
    readonly_fields = (
        "status_cell",
        "payment_cell",
        "delivery_cell",
        "total_cell",
        "paid_cell",
        "due_cell",
        "customer_link",
        "session_link",
        "place_cell",
        "subtotal_cell",
        "discount_cell",
        "net_cell",
        "tax_cell",
        "rounding_cell",
        "refunded_cell",
        "seller_cell",
        "delivery_timeline",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("status_cell", "payment_cell", "delivery_cell"),
                    ("total_cell", "paid_cell", "due_cell"),
                    ("customer_link", "seller_cell", "place_cell"),
                    ("created_at", "completed_at", "session_link"),
                )
            },
        ),
        (
            _("Amounts"),
            {
                "classes": ("tab",),
                "fields": (
                    ("subtotal_cell", "discount_cell"),
                    ("net_cell", "tax_cell"),
                    ("rounding_cell", "prices_include_tax"),
                    "refunded_cell",
                ),
            },
        ),
        (
            _("Delivery and notes"),
            {
                "classes": ("tab",),
                "fields": (
                    ("deliver_on", "delivery_address"),
                    ("delivery_note", "delivery_timeline"),
                    ("label", "note"),
                    ("void_reason", "print_count"),
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        lines = OrderLine.objects.filter(
            order=OuterRef("pk"), kind=OrderLine.Kind.PRODUCT
        ).order_by()
        # As on the register: two shirts are two items, half a kilogram of tomatoes is one.
        counted = Case(
            When(product__sold_by=Product.SoldBy.WEIGHT, then=Value(Decimal(1), QuantityField())),
            default="quantity",
        )
        pieces = lines.values("order").annotate(total=Sum(counted)).values("total")
        return (
            super()
            .get_queryset(request)
            .annotate(item_count=Subquery(pieces, output_field=QuantityField()))
        )

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        return queryset.matching(text), False

    @display(description=_("order"), ordering="number")
    def number_cell(self, order: Order) -> str:
        return order.number or order.label or str(order)

    @display(description=_("created"), ordering="created_at")
    def when_cell(self, order: Order) -> SafeString | str:
        return cells.when(order.created_at)

    @display(description=_("status"))
    def status_cell(self, order: Order) -> SafeString:
        return cells.label(STATUS_LABELS[order.status], order.get_status_display())

    @display(description=_("status"))
    def state_cell(self, order: Order) -> SafeString:
        """Both states in one column: few orders are delivered."""
        if order.delivery_status == Order.DeliveryStatus.NONE:
            return self.status_cell(order)
        return format_html("{} {}", self.status_cell(order), self.delivery_cell(order))

    @display(description=_("payment"))
    def payment_cell(self, order: Order) -> SafeString | str:
        if order.status != Order.Status.COMPLETED:
            return cells.NOTHING
        return cells.label(PAYMENT_LABELS[order.payment_status], order.get_payment_status_display())

    @display(description=_("delivery"))
    def delivery_cell(self, order: Order) -> SafeString | str:
        if order.delivery_status == Order.DeliveryStatus.NONE:
            return cells.NOTHING
        return cells.label(
            DELIVERY_LABELS[order.delivery_status], order.get_delivery_status_display()
        )

    @display(description=_("items"))
    def items_cell(self, order: Order) -> SafeString | str:
        return cells.quantity(order.item_count)

    @display(description=_("total"))
    def total_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.total_amount)

    @display(description=_("paid"))
    def paid_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.paid_amount) if order.number else cells.NOTHING

    @display(description=_("due"))
    def due_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.due_amount) if order.number and order.due_amount else cells.NOTHING

    @display(description=_("customer"))
    def customer_cell(self, order: Order) -> str:
        return str(order.customer) if order.customer else cells.NOTHING

    @display(description=_("customer"))
    def customer_link(self, order: Order) -> SafeString | str:
        return cells.change_link(order.customer) if order.customer else cells.NOTHING

    @display(description=_("seller"))
    def seller_cell(self, order: Order) -> str:
        return str(order.seller)

    @display(description=_("sold by"))
    def sold_cell(self, order: Order) -> SafeString:
        return cells.titled("", order.seller, f"{order.register} · {order.store}")

    @display(description=_("register"))
    def place_cell(self, order: Order) -> SafeString:
        return cells.titled("", order.register, order.store)

    @display(description=_("cash session"))
    def session_link(self, order: Order) -> SafeString | str:
        return cells.change_link(order.session) if order.session else cells.NOTHING

    @display(description=_("subtotal"))
    def subtotal_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.subtotal_amount)

    @display(description=_("discounts"))
    def discount_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.discount_amount)

    @display(description=_("net"))
    def net_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.net_amount)

    @display(description=_("tax"))
    def tax_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.tax_amount)

    @display(description=_("cash rounding"))
    def rounding_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.rounding_amount)

    @display(description=_("refunded"))
    def refunded_cell(self, order: Order) -> SafeString | str:
        return cells.money(order.refunded_amount) if order.refunded_amount else cells.NOTHING
