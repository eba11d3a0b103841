"""The two dialogs of a product that move stock: adjust, and record waste."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from pos.models import Product, StockMovement, Store
from pos.money import MAX_QUANTITY
from pos.services.stock import adjust_stock, waste_stock

from .forms import PlainTextField, QuantityAmountField, ServiceDialogForm
from .product_forms import REASONS, store_choices


class StockDialogForm(ServiceDialogForm):
    """Which store, how much, why."""

    store = forms.ModelChoiceField(
        Store.objects.none(), label=_("Store"), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    quantity = QuantityAmountField(label=_("Quantity"))
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *REASONS],
        widget=UnfoldAdminSelectWidget,
    )
    note = PlainTextField(
        label=_("Note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )

    def __init__(
        self, request: HttpRequest, object_id: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(request, object_id, *args, **kwargs)
        stores = store_choices(request.user)
        self.fields["store"].queryset = Store.objects.filter(pk__in=[store.pk for store in stores])

    def arguments(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {
            "user": self.request.user,
            "product": Product.objects.get(pk=self.object_id),
            **{name: cleaned[name] for name in ("store", "quantity", "reason", "note")},
        }


class AdjustStockForm(StockDialogForm):
    quantity = QuantityAmountField(
        label=_("Change"), minimum=-MAX_QUANTITY, help_text=_("5 adds five, -2 takes two away.")
    )

    def call_service(self, cleaned: dict[str, Any]) -> StockMovement:
        return adjust_stock(**self.arguments(cleaned))


class WasteForm(StockDialogForm):
    quantity = QuantityAmountField(
        label=_("Thrown away"), minimum=Decimal("0.001"), help_text=_("How much leaves the shelf.")
    )
    WASTE = (
        StockMovement.Reason.DAMAGED,
        StockMovement.Reason.EXPIRED,
        StockMovement.Reason.LOST,
        StockMovement.Reason.OWN_USE,
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(each.value, each.label) for each in WASTE],
        widget=UnfoldAdminSelectWidget,
    )

    def call_service(self, cleaned: dict[str, Any]) -> StockMovement:
        return waste_stock(**self.arguments(cleaned))


ADJUST = {
    "title": _("Adjust stock"),
    "description": _("Adds or takes away. The movement is kept with your name and the reason."),
    "form_class": AdjustStockForm,
    "form_submit_text": _("Adjust stock"),
}
WASTE = {
    "title": _("Record waste"),
    "description": _("For goods that were thrown away, broken or used up. They leave stock."),
    "form_class": WasteForm,
    "form_submit_text": _("Record waste"),
}
