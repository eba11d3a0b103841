"""Cash sessions and movements: to read, and to put cash in or take it out with a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from pos.models import CashCount, CashMovement, CashSession, Order
from pos.services.cash import expected_cash, may_close

from . import cells, drawer_dialogs
from .base import DocumentAdmin, DocumentInline
from .filters import FoundFilter, PeriodFilter, SessionStateFilter, register_filter, store_filter

MOVEMENT_LABELS = {"pay_in": "success", "pay_out": "warning", "drop": "info"}


class MovementCells:
    @display(description=_("kind"))
    def kind_cell(self, movement: CashMovement) -> SafeString:
        return cells.label(MOVEMENT_LABELS[movement.kind], movement.get_kind_display())

    @display(description=_("amount"))
    def amount_cell(self, movement: CashMovement) -> SafeString | str:
        return cells.money(movement.amount)

    @display(description=_("by"))
    def person_cell(self, movement: CashMovement) -> str:
        return str(movement.created_by)


class CashMovementInline(MovementCells, DocumentInline):
    model = CashMovement
    verbose_name_plural = _("cash in and out")
    fields = ("kind_cell", "amount_cell", "reason", "person_cell", "created_at")
    readonly_fields = ("kind_cell", "amount_cell", "person_cell")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("created_by", "session")


class CashCountInline(DocumentInline):
    """Only for those who may know what was expected: the counts tell how it was found."""

    model = CashCount
    verbose_name_plural = _("counts")
    fields = ("position", "amount_cell", "others_cell", "pieces_cell", "person_cell", "counted_at")
    readonly_fields = ("amount_cell", "others_cell", "pieces_cell", "person_cell")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("counted_by", "session")

    @display(description=_("cash"))
    def amount_cell(self, count: CashCount) -> SafeString | str:
        return cells.money(count.cash_amount)

    @display(description=_("slips and vouchers"))
    def others_cell(self, count: CashCount) -> str:
        return ", ".join(f"{code} {amount}" for code, amount in count.amounts.items())

    @display(description=_("coins and notes"))
    def pieces_cell(self, count: CashCount) -> str:
        pieces = sorted(count.denominations.items(), key=lambda pair: -Decimal(pair[0]))
        return ", ".join(f"{number} × {text}" for text, number in pieces)

    @display(description=_("by"))
    def person_cell(self, count: CashCount) -> str:
        return str(count.counted_by)


@admin.register(CashSession)
class CashSessionAdmin(DocumentAdmin):
    empty_hint = _("A session starts when somebody opens a register and counts its float.")
    list_filter = (
        SessionStateFilter,
        store_filter("register__store_id"),
        register_filter("register_id"),
        ("opened_by", FoundFilter),
        ("opened_at", PeriodFilter),
    )
    linked_lookups = ("id__exact",)
    list_display_links = ("session_cell",)
    list_select_related = ("register__store", "opened_by", "closed_by")
    inlines = (CashCountInline, CashMovementInline)
    actions_detail = (
        "show_orders",
        "show_report",
        {
            "title": _("Cash in or out"),
            "icon": "swap_horiz",
            "items": ["pay_in", "pay_out", "drop"],
        },
        "close_register",
    )

    def get_list_display(self, request: HttpRequest) -> list[str]:
        secret = ["expected_cell", "difference_cell"] if sees_expected(request) else []
        return [
            "session_cell",
            "state_cell",
            "opened_cell",
            "opened_at_cell",
            "closed_at_cell",
            "orders_cell",
            "float_cell",
            "counted_cell",
            *secret,
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        orders = Order.objects.completed().filter(session=OuterRef("pk")).order_by()
        counts = orders.values("session").annotate(n=Count("pk")).values("n")
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows.annotate(order_count=Coalesce(Subquery(counts), 0))

    def get_fieldsets(self, request: HttpRequest, obj: CashSession | None = None) -> list[Any]:
        secret = [("expected_now", "difference_cell")] if sees_expected(request) else []
        return [
            (
                None,
                {
                    "fields": [
                        ("state_cell", "place_cell", "orders_cell"),
                        ("opened_cell", "opened_at", "float_cell"),
                        ("closed_cell", "closed_at", "counted_cell"),
                        *secret,
                        "note",
                    ]
                },
            )
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: CashSession | None = None
    ) -> list[str]:
        return [
            "state_cell",
            "place_cell",
            "orders_cell",
            "opened_cell",
            "float_cell",
            "closed_cell",
            "counted_cell",
            "expected_now",
            "difference_cell",
        ]

    @display(description=_("session"), ordering="id")
    def session_cell(self, session: CashSession) -> SafeString:
        return cells.titled("", session, f"{session.register.store} · {session.register}")

    @display(description=_("state"), ordering="closed_at")
    def state_cell(self, session: CashSession) -> SafeString:
        """Open, or the Z report that closed it; old closes have none."""
        if session.is_open:
            return cells.label("success", _("Open"))
        if session.z_number is None:
            return cells.label("", _("Closed"))
        url = reverse("admin:pos_session_report", args=[session.pk])
        return cells.link(url, _("Z report %(number)s") % {"number": session.z_number})

    @display(description=_("register"))
    def place_cell(self, session: CashSession) -> SafeString:
        return cells.titled("", session.register, session.register.store)

    @display(description=_("opened by"))
    def opened_cell(self, session: CashSession) -> str:
        return str(session.opened_by)

    @display(description=_("opened"), ordering="opened_at")
    def opened_at_cell(self, session: CashSession) -> SafeString | str:
        return cells.when(session.opened_at)

    @display(description=_("closed"))
    def closed_at_cell(self, session: CashSession) -> SafeString | str:
        return cells.when(session.closed_at)

    @display(description=_("closed by"))
    def closed_cell(self, session: CashSession) -> str:
        return str(session.closed_by) if session.closed_by else cells.NOTHING

    @display(description=_("orders"))
    def orders_cell(self, session: CashSession) -> SafeString:
        return cells.list_link("order", session.order_count, session__id__exact=session.pk)

    @display(description=_("opening float"))
    def float_cell(self, session: CashSession) -> SafeString | str:
        return cells.money(session.opening_float)

    @display(description=_("counted"))
    def counted_cell(self, session: CashSession) -> SafeString | str:
        return cells.money(session.counted_cash)

    @display(description=_("expected"))
    def expected_cell(self, session: CashSession) -> SafeString | str:
        return cells.money(session.expected_cash)

    @display(description=_("expected now"))
    def expected_now(self, session: CashSession) -> SafeString | str:
        return cells.money(expected_cash(session) if session.is_open else session.expected_cash)

    @display(description=_("difference"))
    def difference_cell(self, session: CashSession) -> SafeString | str:
        return cells.difference(session.difference)

    # --- the drawer ----------------------------------------------------------------------

    def open_session(self, request: HttpRequest, object_id: Any) -> CashSession | None:
        session = self.get_object(request, unquote(str(object_id)))
        return session if session and session.is_open else None

    def has_move_cash_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not (self.has_view_permission(request) and request.user.has_perm("pos.move_cash")):
            return False
        return object_id is None or self.open_session(request, object_id) is not None

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        session = self.open_session(request, object_id)
        return session is not None and may_close(request.user, session)

    def has_report_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if sees_expected(request) or object_id is None:
            return True
        session = self.get_object(request, unquote(str(object_id)))
        return session is not None and not session.is_open

    def has_orders_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pos.view_order")

    @action(description=_("Count and close"), icon="point_of_sale", permissions=["close"])
    def close_register(self, request: HttpRequest, object_id: str) -> HttpResponse:
        session = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_close_session", args=[session.pk]))

    @action(
        description=_("Pay in"),
        icon="add_card",
        permissions=["move_cash"],
        dialog=drawer_dialogs.PAY_IN,
    )
    def pay_in(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, form.result)

    @action(
        description=_("Pay out"),
        icon="payments",
        permissions=["move_cash"],
        dialog=drawer_dialogs.PAY_OUT,
    )
    def pay_out(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, form.result)

    @action(
        description=_("Drop to safe"),
        icon="savings",
        permissions=["move_cash"],
        dialog=drawer_dialogs.DROP,
    )
    def drop(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.back_to(request, object_id, form.result)

    @action(description=_("Report"), icon="summarize", permissions=["report"])
    def show_report(self, request: HttpRequest, object_id: str) -> HttpResponse:
        session = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_session_report", args=[session.pk]))

    @action(description=_("Orders"), icon="receipt_long", permissions=["orders"])
    def show_orders(self, request: HttpRequest, object_id: str) -> HttpResponse:
        session = self.loaded(request, object_id)
        return HttpResponseRedirect(
            f"{reverse('admin:pos_order_changelist')}?session__id__exact={session.pk}"
        )

    def back_to(self, request: HttpRequest, object_id: str, movement: CashMovement) -> HttpResponse:
        text = _("%(kind)s recorded: %(amount)s.")
        values = {"kind": movement.get_kind_display(), "amount": cells.money_text(movement.amount)}
        self.message_user(request, text % values, messages.SUCCESS)
        return HttpResponse(
            headers={"HX-Redirect": reverse("admin:pos_cashsession_change", args=[object_id])}
        )


@admin.register(CashMovement)
class CashMovementAdmin(MovementCells, DocumentAdmin):
    empty_hint = _("Cash put in or taken out without a sale: at the register, press ⇧F9.")
    list_display = (
        "when_cell",
        "kind_cell",
        "amount_cell",
        "reason",
        "session_link",
        "store_cell",
        "person_cell",
    )
    list_display_links = ("when_cell",)
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        store_filter("session__register__store_id"),
        register_filter("session__register_id"),
        ("created_by", FoundFilter),
        ("created_at", PeriodFilter),
    )
    sortable_by = ("when_cell",)
    list_select_related = ("session__register__store", "created_by")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind_cell", "amount_cell"),
                    "reason",
                    ("session_link", "store_cell"),
                    ("person_cell", "created_at"),
                )
            },
        ),
    )
    readonly_fields = ("kind_cell", "amount_cell", "session_link", "store_cell", "person_cell")

    @display(description=_("at"), ordering="created_at")
    def when_cell(self, movement: CashMovement) -> SafeString | str:
        return cells.when(movement.created_at)

    @display(description=_("session"))
    def session_link(self, movement: CashMovement) -> SafeString:
        return cells.change_link(movement.session)

    @display(description=_("store"))
    def store_cell(self, movement: CashMovement) -> str:
        return str(movement.session.register.store)


def sees_expected(request: HttpRequest) -> bool:
    return request.user.has_perm("pos.view_expected_cash")
