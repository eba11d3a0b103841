"""Refunds: to read. They are made at the register; the sale they belong to stays as it was."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action, display

from pos.models import Order, Payment, Refund, RefundLine

from . import cells
from .base import DocumentAdmin, DocumentInline
from .filters import (
    FoundFilter,
    PeriodFilter,
    register_filter,
    sold_category_filter,
    sold_product_filter,
    store_filter,
)
from .payments import PaymentInline

KIND_LABELS = {"refund": "info", "void": "danger"}


class RefundCells:
    """The figures of a refund, in its list and on its order."""

    @display(description=_("kind"))
    def kind_cell(self, refund: Refund) -> SafeString:
        return cells.label(KIND_LABELS[refund.kind], refund.get_kind_display())

    @display(description=_("total"))
    def total_cell(self, refund: Refund) -> SafeString | str:
        return cells.money(refund.total_amount)

    @display(description=_("refunded by"))
    def seller_cell(self, refund: Refund) -> str:
        return str(refund.seller)


class RefundLineInline(DocumentInline):
    model = RefundLine
    verbose_name_plural = _("lines")
    fields = (
        "code",
        "full_name",
        "quantity_cell",
        "price_cell",
        "shelf_cell",
        "tax_cell",
        "gross_cell",
    )
    readonly_fields = (
        "full_name",
        "quantity_cell",
        "price_cell",
        "shelf_cell",
        "tax_cell",
        "gross_cell",
    )
    ordering = ("position",)

    @display(description=_("name"))
    def full_name(self, line: RefundLine) -> str:
        return str(line)

    @display(description=_("quantity"))
    def quantity_cell(self, line: RefundLine) -> SafeString | str:
        return cells.quantity(line.quantity)

    @display(description=_("unit price"))
    def price_cell(self, line: RefundLine) -> SafeString | str:
        return cells.money(line.unit_price)

    @display(description=_("goods"))
    def shelf_cell(self, line: RefundLine) -> SafeString | str:
        if line.kind != RefundLine._meta.get_field("kind").default:
            return cells.NOTHING
        if line.is_restocked:
            return cells.label("success", _("Back on the shelf"))
        return cells.label("warning", _("Thrown away"))

    @display(description=_("tax"))
    def tax_cell(self, line: RefundLine) -> SafeString | str:
        return cells.money(line.tax_amount)

    @display(description=_("refunded"))
    def gross_cell(self, line: RefundLine) -> SafeString | str:
        return cells.money(line.gross_amount)


class RefundPaymentInline(PaymentInline):
    model = Payment
    fk_name = "refund"
    verbose_name_plural = _("money back")
    fields = ("method_cell", "amount_cell", "received_cell", "received_at")


class OrderRefundInline(RefundCells, DocumentInline):
    """What came back of an order, on its page. An exchange's own return stands there, too."""

    model = Refund
    fk_name = "order"
    verbose_name_plural = _("refunds")
    fields = ("number_link", "kind_cell", "total_cell", "reason", "seller_cell", "refunded_at")
    readonly_fields = ("number_link", "kind_cell", "total_cell", "seller_cell")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        own = Refund.objects.visible_to(request.user).filter(pk=OuterRef("pk"))
        rows = super().get_queryset(request).select_related("seller", "order")
        return rows.annotate(is_visible=Exists(own))

    @display(description=_("number"))
    def number_link(self, refund: Any) -> SafeString | str:
        """A colleague's may be beyond what this person sees: then its number alone."""
        return cells.change_link(refund) if refund.is_visible else refund.number


@admin.register(Refund)
class RefundAdmin(RefundCells, DocumentAdmin):
    empty_hint = _("Refunds are made at the register: press ⇧F8 and scan the receipt.")
    list_display = (
        "number_cell",
        "kind_cell",
        "order_cell",
        "total_cell",
        "reason",
        "seller_cell",
        "place_cell",
        "when_cell",
    )
    list_display_links = ("number_cell",)
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        store_filter("store_id"),
        register_filter("register_id"),
        ("seller", FoundFilter),
        ("customer", FoundFilter),
        sold_product_filter(RefundLine.objects.all(), "refund_id"),
        sold_category_filter(RefundLine.objects.all(), "refund_id"),
        ("refunded_on", RangeDateFilter),
        ("refunded_at", PeriodFilter),
    )
    linked_lookups = ("session__id__exact", "order__id__exact")
    sortable_by = ("when_cell",)
    list_select_related = ("order", "store", "register", "seller")
    search_fields = ("number",)
    search_help_text = _("Number of the refund or of the sale")
    inlines = (RefundLineInline, RefundPaymentInline)
    actions_detail = ("show_receipt",)
    readonly_fields = (
        "kind_cell",
        "total_cell",
        "order_link",
        "exchange_link",
        "customer_link",
        "seller_cell",
        "place_cell",
        "session_link",
        "net_cell",
        "tax_cell",
        "rounding_cell",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind_cell", "total_cell", "order_link"),
                    ("seller_cell", "place_cell", "customer_link"),
                    ("refunded_at", "session_link", "exchange_link"),
                    "reason",
                )
            },
        ),
        (
            _("Amounts"),
            {
                "classes": ("tab",),
                "fields": (("net_cell", "tax_cell"), ("rounding_cell", "prices_include_tax")),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        related = ("order", "exchange_order", "session", "customer", *self.list_select_related)
        return super().get_queryset(request).select_related(*related)

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        """By its own number, else by the sale's."""
        number = text.strip().upper()
        own = queryset.filter(number=number)
        if own.exists():
            return own, False
        orders = Order.objects.numbered(number).values_list("pk", flat=True)[:500]
        return queryset.filter(order_id__in=list(orders)), False

    @display(description=_("refund"))
    def number_cell(self, refund: Refund) -> str:
        return refund.number

    @display(description=_("of order"))
    def order_cell(self, refund: Refund) -> str:
        return str(refund.order) if refund.order else cells.NOTHING

    @display(description=_("refunded"), ordering="refunded_at")
    def when_cell(self, refund: Refund) -> SafeString | str:
        return cells.when(refund.refunded_at)

    @display(description=_("register"))
    def place_cell(self, refund: Refund) -> SafeString:
        return cells.titled("", refund.register, refund.store)

    @display(description=_("of order"))
    def order_link(self, refund: Refund) -> SafeString | str:
        return cells.change_link(refund.order) if refund.order else _("Without a receipt")

    @display(description=_("exchanged for"))
    def exchange_link(self, refund: Refund) -> SafeString | str:
        return cells.change_link(refund.exchange_order) if refund.exchange_order else cells.NOTHING

    @display(description=_("customer"))
    def customer_link(self, refund: Refund) -> SafeString | str:
        return cells.change_link(refund.customer) if refund.customer else cells.NOTHING

    @display(description=_("cash session"))
    def session_link(self, refund: Refund) -> SafeString:
        return cells.change_link(refund.session)

    @display(description=_("net"))
    def net_cell(self, refund: Refund) -> SafeString | str:
        return cells.money(refund.net_amount)

    @display(description=_("tax"))
    def tax_cell(self, refund: Refund) -> SafeString | str:
        return cells.money(refund.tax_amount)

    @display(description=_("cash rounding"))
    def rounding_cell(self, refund: Refund) -> SafeString | str:
        return cells.money(refund.rounding_amount)

    def has_receipt_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request, object_id)

    @action(description=_("Receipt"), icon="receipt_long", permissions=["receipt"])
    def show_receipt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        refund = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_refund_receipt", args=[refund.pk]))
