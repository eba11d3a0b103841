"""Payments on account to read; store credit and gift cards to read, correct and block."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from pos.models import AccountPayment, Balance, BalanceEntry, Customer, Payment

from . import account_dialogs, cells
from .base import DocumentAdmin, DocumentInline
from .filters import ChoiceFilter, FoundFilter, PeriodFilter, register_filter, store_filter
from .payments import PaymentCells

KIND_LABELS = {"dues": "success", "store_credit": "info", "gift_card": "primary"}
ENTRY_LABELS = {
    "loaded": "success",
    "overpaid": "success",
    "spent": "",
    "refunded": "info",
    "adjusted": "warning",
}


class PartInline(PaymentCells, DocumentInline):
    """What of an account payment went where."""

    model = Payment
    verbose_name_plural = _("payments")
    fields = ("order_cell", "method_cell", "amount_cell", "change_cell", "reference")
    readonly_fields = ("order_cell", "method_cell", "amount_cell", "change_cell")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.select_related("order", "method", "account_payment").order_by("id")

    @display(description=_("order"))
    def order_cell(self, payment: Payment) -> SafeString | str:
        return str(payment.order) if payment.order else _("To the balance")

    @display(description=_("method"))
    def method_cell(self, payment: Payment) -> str:
        return str(payment.method)


@admin.register(AccountPayment)
class AccountPaymentAdmin(DocumentAdmin):
    empty_hint = _("What customers pay of what they owe is taken at the register: press ⇧F3.")
    list_display = (
        "number_cell",
        "kind_cell",
        "customer_cell",
        "amount_cell",
        "credited_cell",
        "person_cell",
        "store_cell",
        "when_cell",
    )
    list_display_links = ("number_cell",)
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        store_filter("store_id"),
        register_filter("register_id"),
        ("customer", FoundFilter),
        ("received_by", FoundFilter),
        ("received_at", PeriodFilter),
    )
    linked_lookups = ("session__id__exact", "balance__id__exact")
    sortable_by = ("when_cell",)
    list_select_related = ("customer", "store", "register", "received_by", "balance__customer")
    search_fields = ("number",)
    search_help_text = _("Number, or the customer's name, phone or email")
    inlines = (PartInline,)
    actions_detail = ("show_receipt",)
    readonly_fields = (
        "kind_cell",
        "customer_cell",
        "amount_cell",
        "credited_cell",
        "person_cell",
        "store_cell",
        "balance_cell",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "kind_cell", "customer_cell"),
                    ("amount_cell", "credited_cell", "balance_cell"),
                    ("store_cell", "person_cell", "received_at"),
                    ("note", "print_count"),
                )
            },
        ),
    )

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        exact = queryset.filter(number=text.upper())
        if exact.exists():
            return exact, False
        people = Customer.objects.matching(text).order_by().values_list("pk", flat=True)[:200]
        return queryset.filter(customer_id__in=list(people)), False

    @display(description=_("number"))
    def number_cell(self, received: AccountPayment) -> SafeString:
        return cells.titled("", received.number, received.note)

    @display(description=_("kind"))
    def kind_cell(self, received: AccountPayment) -> SafeString:
        return cells.label(KIND_LABELS[received.kind], received.get_kind_display())

    @display(description=_("customer"))
    def customer_cell(self, received: AccountPayment) -> SafeString | str:
        return cells.change_link(received.customer) if received.customer else cells.NOTHING

    @display(description=_("amount"))
    def amount_cell(self, received: AccountPayment) -> SafeString | str:
        return cells.money(received.amount)

    @display(description=_("to the balance"))
    def credited_cell(self, received: AccountPayment) -> SafeString | str:
        return cells.money(received.credited_amount) if received.balance_id else cells.NOTHING

    @display(description=_("balance"))
    def balance_cell(self, received: AccountPayment) -> SafeString | str:
        return str(received.balance or cells.NOTHING)

    @display(description=_("received by"))
    def person_cell(self, received: AccountPayment) -> str:
        return str(received.received_by)

    @display(description=_("store"))
    def store_cell(self, received: AccountPayment) -> SafeString:
        return cells.two_lines(received.store, received.register)

    @display(description=_("received"), ordering="received_at")
    def when_cell(self, received: AccountPayment) -> SafeString | str:
        return cells.when(received.received_at)

    @action(description=_("Receipt"), icon="receipt_long", permissions=["view"])
    def show_receipt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        received = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_account_receipt", args=[received.pk]))


class BalanceStateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("usable", _("With money on it")),
            ("blocked", _("Blocked")),
            ("expired", _("Expired")),
        ]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        if value == "blocked":
            return queryset.filter(is_active=False)
        today = timezone.localdate()
        if value == "expired":
            return queryset.filter(expires_on__lt=today)
        good = Q(expires_on=None) | Q(expires_on__gte=today)
        return queryset.filter(good, is_active=True, amount__gt=0)


class BalanceEntryInline(DocumentInline):
    model = BalanceEntry
    verbose_name_plural = _("changes")
    fields = ("when_cell", "kind_cell", "amount_cell", "document_cell", "reason", "person_cell")
    readonly_fields = ("when_cell", "kind_cell", "amount_cell", "document_cell", "person_cell")
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.select_related("order", "refund", "account_payment", "created_by", "balance")

    @display(description=_("at"))
    def when_cell(self, entry: BalanceEntry) -> SafeString | str:
        return cells.when(entry.created_at)

    @display(description=_("kind"))
    def kind_cell(self, entry: BalanceEntry) -> SafeString:
        return cells.label(ENTRY_LABELS[entry.kind], entry.get_kind_display())

    @display(description=_("amount"))
    def amount_cell(self, entry: BalanceEntry) -> SafeString | str:
        return cells.money(entry.amount)

    @display(description=_("document"))
    def document_cell(self, entry: BalanceEntry) -> str:
        document = entry.order or entry.refund or entry.account_payment
        return str(document) if document else cells.NOTHING

    @display(description=_("by"))
    def person_cell(self, entry: BalanceEntry) -> str:
        return str(entry.created_by)


@admin.register(Balance)
class BalanceAdmin(DocumentAdmin):
    empty_hint = _("Gift cards and store credit are loaded at the register: press ⇧F3.")
    list_display = (
        "name_cell",
        "kind_cell",
        "customer_cell",
        "amount_cell",
        "state_cell",
        "expires_on",
        "store_cell",
        "when_cell",
    )
    list_display_links = ("name_cell",)
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        BalanceStateFilter,
        store_filter("store_id"),
        ("customer", FoundFilter),
        ("created_at", PeriodFilter),
    )
    sortable_by = ("when_cell",)
    list_select_related = ("customer", "store", "created_by")
    search_fields = ("code",)
    search_help_text = _("The whole card number, or the customer's name, phone or email")
    inlines = (BalanceEntryInline,)
    actions_detail = ("adjust", "set_expiry", "block", "unblock")
    readonly_fields = (
        "name_cell",
        "kind_cell",
        "customer_cell",
        "amount_cell",
        "state_cell",
        "store_cell",
        "person_cell",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name_cell", "kind_cell", "customer_cell"),
                    ("amount_cell", "state_cell", "expires_on"),
                    ("store_cell", "person_cell", "created_at"),
                )
            },
        ),
    )

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        exact = queryset.filter(code=text.replace(" ", "").replace("-", ""))
        if exact.exists():
            return exact, False
        people = Customer.objects.matching(text).order_by().values_list("pk", flat=True)[:200]
        return queryset.filter(customer_id__in=list(people)), False

    @display(description=_("balance"))
    def name_cell(self, balance: Balance) -> SafeString:
        return cells.titled("", balance)

    @display(description=_("kind"))
    def kind_cell(self, balance: Balance) -> SafeString:
        return cells.label(KIND_LABELS[balance.kind], balance.get_kind_display())

    @display(description=_("customer"))
    def customer_cell(self, balance: Balance) -> SafeString | str:
        return cells.change_link(balance.customer) if balance.customer else cells.NOTHING

    @display(description=_("amount"))
    def amount_cell(self, balance: Balance) -> SafeString | str:
        return cells.money(balance.amount)

    @display(description=_("state"))
    def state_cell(self, balance: Balance) -> SafeString:
        if not balance.is_active:
            return cells.label("danger", _("Blocked"))
        if balance.expires_on and balance.expires_on < timezone.localdate():
            return cells.label("warning", _("Expired"))
        return cells.label("success", _("Active"))

    @display(description=_("issued in"))
    def store_cell(self, balance: Balance) -> str:
        return str(balance.store)

    @display(description=_("issued by"))
    def person_cell(self, balance: Balance) -> str:
        return str(balance.created_by)

    @display(description=_("issued"), ordering="created_at")
    def when_cell(self, balance: Balance) -> SafeString | str:
        return cells.when(balance.created_at)

    # --- corrections ---------------------------------------------------------------------

    def has_adjust_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.is_state(request, object_id)

    def has_block_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.is_state(request, object_id, is_active=True)

    def has_unblock_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.is_state(request, object_id, is_active=False)

    def is_state(self, request: HttpRequest, object_id: Any, **state: bool) -> bool:
        """Whether this person may correct it, and it is in this state."""
        may = request.user.has_perm("pos.adjust_balance") and self.has_view_permission(request)
        if not may or object_id is None:
            return may
        text = str(object_id)
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            return False
        return self.get_queryset(request).filter(pk=int(text), **state).exists()

    @action(
        description=_("Correct"),
        icon="edit",
        permissions=["adjust"],
        dialog=account_dialogs.ADJUST,
    )
    def adjust(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, _("The balance is corrected."))

    @action(
        description=_("Expiry"),
        icon="event",
        permissions=["adjust"],
        dialog=account_dialogs.EXPIRY,
    )
    def set_expiry(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, _("The day is saved."))

    @action(
        description=_("Block"), icon="block", permissions=["block"], dialog=account_dialogs.BLOCK
    )
    def block(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, _("It is blocked and pays nothing."))

    @action(
        description=_("Unblock"),
        icon="lock_open",
        permissions=["unblock"],
        dialog=account_dialogs.UNBLOCK,
    )
    def unblock(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, _("It pays again."))

    def back_to(self, request: HttpRequest, object_id: str, text: Any) -> HttpResponse:
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponse(
            headers={"HX-Redirect": reverse("admin:pos_balance_change", args=[object_id])}
        )
