"""Every approval that was ever asked for: to read. What waits is answered on its own page."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from pos.models import Approval

from . import cells
from .base import DocumentAdmin
from .filters import FoundFilter, PeriodFilter, store_filter

STATES = {"pending": "warning", "approved": "info", "denied": "danger", "used": "success"}


@admin.register(Approval)
class ApprovalAdmin(DocumentAdmin):
    empty_hint = _("When a seller asks for a yes at the register, it is listed here.")
    list_display = (
        "when_cell",
        "kind_cell",
        "summary",
        "amount_cell",
        "asked_cell",
        "state_cell",
        "decided_cell",
        "order_cell",
    )
    list_display_links = ("when_cell",)
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        store_filter("store_id"),
        ("requested_by", FoundFilter),
        ("decided_by", FoundFilter),
        ("requested_at", PeriodFilter),
    )
    search_fields = ("summary", "reason")
    sortable_by = ("when_cell",)
    list_select_related = ("store", "register", "requested_by", "decided_by", "order")
    actions_list = ("waiting",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind_cell", "state_cell", "amount_cell"),
                    "summary",
                    "reason",
                    ("asked_cell", "requested_at", "place_cell"),
                    ("decided_cell", "decided_at", "expires_at"),
                    ("order_cell", "used_at"),
                )
            },
        ),
    )
    readonly_fields = (
        "kind_cell",
        "state_cell",
        "amount_cell",
        "asked_cell",
        "place_cell",
        "decided_cell",
        "order_cell",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.list_select_related)

    @action(description=_("Waiting for an answer"), icon="verified_user")
    def waiting(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:pos_approvals"))

    @display(description=_("asked"), ordering="requested_at")
    def when_cell(self, approval: Approval) -> SafeString | str:
        return cells.when(approval.requested_at)

    @display(description=_("kind"))
    def kind_cell(self, approval: Approval) -> SafeString:
        return cells.label("", approval.get_kind_display())

    @display(description=_("amount"))
    def amount_cell(self, approval: Approval) -> SafeString | str:
        return cells.money(approval.amount) if approval.amount else cells.NOTHING

    @display(description=_("asked by"))
    def asked_cell(self, approval: Approval) -> str:
        return str(approval.requested_by)

    @display(description=_("register"))
    def place_cell(self, approval: Approval) -> str:
        return f"{approval.register or cells.NOTHING} · {approval.store}"

    @display(description=_("state"))
    def state_cell(self, approval: Approval) -> SafeString:
        if approval.is_expired and approval.status != Approval.Status.DENIED:
            return cells.label("", _("Expired"))
        return cells.label(STATES[approval.status], approval.get_status_display())

    @display(description=_("decided by"))
    def decided_cell(self, approval: Approval) -> str:
        return str(approval.decided_by) if approval.decided_by else cells.NOTHING

    @display(description=_("order"))
    def order_cell(self, approval: Approval) -> SafeString | str:
        return cells.change_link(approval.order) if approval.order else cells.NOTHING
