"""The shop's policy: stores, registers, ways of paying."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display

from pos.models import PaymentMethod, Register, Store

from . import cells
from .activation import ActivationMixin
from .base import PosModelAdmin
from .displays import RenewDisplayAction
from .filters import store_filter
from .forms import ReasonForm
from .printing import RegisterForm, TestPageAction


class SettingsAdmin(ActivationMixin, PosModelAdmin):
    """Records that are switched off rather than deleted, with a reason for every change."""

    form = ReasonForm

    @display(description=_("state"), ordering="is_active")
    def state_cell(self, row: Any) -> SafeString:
        return cells.active(row.is_active)

    def reason(self, request: HttpRequest, obj: Any) -> list[str]:
        return ["change_reason"] if obj else []


@admin.register(Store)
class StoreAdmin(SettingsAdmin):
    list_display = ("name", "code", "prices_cell", "stock_cell", "time_zone", "state_cell")
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("name", "code")
    actions_detail = ("show_people",)

    def get_fieldsets(self, request: HttpRequest, obj: Store | None = None) -> list[Any]:
        return [
            (None, {"fields": [("name", "code"), "is_active", *self.reason(request, obj)]}),
            (
                _("Receipt"),
                {
                    "classes": ["tab"],
                    "fields": [
                        "address",
                        ("phone", "email"),
                        "tax_number",
                        "receipt_header",
                        "receipt_footer",
                        "receipt_link_days",
                    ],
                },
            ),
            (
                _("Taxes and rounding"),
                {
                    "classes": ["tab"],
                    "fields": [
                        "prices_include_tax",
                        "rounding_level",
                        "delivery_tax_rate",
                    ],
                },
            ),
            (
                _("Stock and time"),
                {
                    "classes": ["tab"],
                    "fields": [
                        "stock_policy",
                        ("time_zone", "day_starts_at_hour"),
                        ("shared_drawer", "register_idle_minutes"),
                    ],
                },
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Store | None = None) -> list[str]:
        # The code starts every receipt number: once numbers were given it stays.
        used = obj is not None and obj.registers.filter(last_number__gt=0).exists()
        return [*super().get_readonly_fields(request, obj), *(["code"] if used else [])]

    def has_people_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pos.view_seller")

    @action(description=_("People"), icon="groups", permissions=["people"])
    def show_people(self, request: HttpRequest, object_id: str) -> HttpResponse:
        store = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_store_people", args=[store.pk]))

    @display(description=_("prices"))
    def prices_cell(self, store: Store) -> Any:
        return _("with tax") if store.prices_include_tax else _("without tax")

    @display(description=_("when stock runs out"))
    def stock_cell(self, store: Store) -> str:
        return store.get_stock_policy_display()


@admin.register(Register)
class RegisterAdmin(TestPageAction, RenewDisplayAction, SettingsAdmin):
    form = RegisterForm
    actions_detail = ("test_page", "renew_display")
    list_display = ("name", "code", "store", "paper_width", "number_cell", "state_cell")
    list_filter = (store_filter("store_id"), ("is_active", BooleanRadioFilter))
    list_select_related = ("store",)
    search_fields = ("name", "code")

    def get_fieldsets(self, request: HttpRequest, obj: Register | None = None) -> list[Any]:
        return [
            (
                None,
                {
                    "fields": [
                        "store",
                        ("name", "code"),
                        "is_active",
                        *self.reason(request, obj),
                    ]
                },
            ),
            (
                _("Printer"),
                {
                    "fields": [
                        ("printer_kind", "paper_width"),
                        ("printer_host", "printer_port"),
                        "has_drawer_kick",
                    ]
                },
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Register | None = None) -> list[str]:
        # Its receipts carry its store and code.
        used = obj is not None and obj.last_number > 0
        return [*super().get_readonly_fields(request, obj), *(["store", "code"] if used else [])]

    @display(description=_("last receipt number"), ordering="last_number")
    def number_cell(self, register: Register) -> SafeString | str:
        return cells.figure(register.last_number) if register.last_number else cells.NOTHING


@admin.register(PaymentMethod)
class PaymentMethodAdmin(SettingsAdmin):
    list_display = (
        "name",
        "code",
        "kind_cell",
        "needs_reference",
        "opens_drawer",
        "rounding_cell",
        "position",
        "state_cell",
    )
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("name", "code")

    def get_fieldsets(self, request: HttpRequest, obj: PaymentMethod | None = None) -> list[Any]:
        return [
            (
                None,
                {
                    "fields": [
                        ("name", "code"),
                        "kind",
                        ("needs_reference", "opens_drawer"),
                        ("cash_rounding", "position"),
                        "is_active",
                        *self.reason(request, obj),
                    ]
                },
            )
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: PaymentMethod | None = None
    ) -> list[str]:
        # Another kind would change what past sessions expect in the drawer.
        used = obj is not None and obj.payments.exists()
        return [*super().get_readonly_fields(request, obj), *(["kind"] if used else [])]

    @display(description=_("kind"), ordering="kind")
    def kind_cell(self, method: PaymentMethod) -> str:
        return method.get_kind_display()

    @display(description=_("round to"))
    def rounding_cell(self, method: PaymentMethod) -> SafeString | str:
        return cells.money(method.cash_rounding) if method.cash_rounding else cells.NOTHING
