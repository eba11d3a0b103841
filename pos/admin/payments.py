"""Payments: to read, on their own and on their order."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import display

from pos.models import Order, Payment

from . import cells
from .base import DocumentAdmin, DocumentInline
from .filters import FoundFilter, PeriodFilter, register_filter, store_filter


class PaymentCells:
    """The figures of a payment, in its list and on its order."""

    @display(description=_("amount"))
    def amount_cell(self, payment: Payment) -> SafeString | str:
        return cells.money(payment.amount)

    @display(description=_("given"))
    def tendered_cell(self, payment: Payment) -> SafeString | str:
        return cells.money(payment.tendered_amount)

    @display(description=_("change"))
    def change_cell(self, payment: Payment) -> SafeString | str:
        return cells.money(payment.change_amount) if payment.change_amount else cells.NOTHING


class PaymentInline(PaymentCells, DocumentInline):
    model = Payment
    fields = (
        "method_cell",
        "amount_cell",
        "tendered_cell",
        "change_cell",
        "reference",
        "received_cell",
        "received_at",
    )
    readonly_fields = (
        "method_cell",
        "amount_cell",
        "tendered_cell",
        "change_cell",
        "received_cell",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("method", "received_by", "order")

    @display(description=_("method"))
    def method_cell(self, payment: Payment) -> str:
        return str(payment.method)

    @display(description=_("received by"))
    def received_cell(self, payment: Payment) -> str:
        return str(payment.received_by)


@admin.register(Payment)
class PaymentAdmin(PaymentCells, DocumentAdmin):
    empty_hint = _("Every payment taken at a register is listed here.")
    list_display = (
        "when_cell",
        "order_link",
        "method_cell",
        "amount_cell",
        "tendered_cell",
        "change_cell",
        "reference",
        "received_cell",
        "store_cell",
    )
    list_display_links = ("when_cell",)
    list_filter = (
        ("method", RelatedDropdownFilter),
        store_filter("store_id"),
        register_filter("session__register_id"),
        ("received_by", FoundFilter),
        ("received_on", RangeDateFilter),
        ("received_at", PeriodFilter),
    )
    linked_lookups = ("session__id__exact", "order__id__exact")
    sortable_by = ("when_cell",)
    list_select_related = ("order", "account_payment", "refund", "store", "method", "received_by")
    search_fields = ("reference",)
    search_help_text = _("Order number or reference")
    readonly_fields = (
        "order_link",
        "method_cell",
        "amount_cell",
        "tendered_cell",
        "change_cell",
        "received_cell",
        "store_cell",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("order_link", "method_cell", "store_cell"),
                    ("amount_cell", "tendered_cell", "change_cell"),
                    ("reference", "received_cell", "received_at"),
                )
            },
        ),
    )

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        orders = Order.objects.numbered(text).order_by().values_list("pk", flat=True)[:500]
        found = queryset.filter(order_id__in=list(orders))
        return (found if found.exists() else queryset.filter(reference=text)), False

    @display(description=_("received"), ordering="received_at")
    def when_cell(self, payment: Payment) -> SafeString | str:
        return cells.when(payment.received_at)

    @display(description=_("for"))
    def order_link(self, payment: Payment) -> SafeString:
        document = payment.order or payment.account_payment
        if document is None:
            return cells.two_lines(payment.refund or cells.NOTHING)
        return cells.change_link(document)

    @display(description=_("method"))
    def method_cell(self, payment: Payment) -> str:
        return str(payment.method)

    @display(description=_("received by"))
    def received_cell(self, payment: Payment) -> str:
        return str(payment.received_by)

    @display(description=_("store"))
    def store_cell(self, payment: Payment) -> str:
        return str(payment.store)
