"""The dialogs that correct, date and block store credit and gift cards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.models import Balance
from pos.money import MAX_MONEY
from pos.services.balance_changes import adjust_balance, block_balance, set_expiry
from pos.services.errors import NotFound

from .forms import AmountField, PlainTextField, ServiceDialogForm


class BalanceForm(ServiceDialogForm):
    """Every change says why."""

    reason = PlainTextField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)

    def asked(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Who changes what, and why."""
        balances = Balance.objects.visible_to(self.request.user)
        balance = balances.filter(pk=self.object_id).first()
        if balance is None:
            raise NotFound("not_found", _now("This is gone. Reload the page."))
        return {"user": self.request.user, "balance": balance, "reason": cleaned["reason"]}


class AdjustForm(BalanceForm):
    amount = AmountField(
        label=_("Change"),
        minimum=Decimal(-MAX_MONEY),
        help_text=_("5 adds five, -2 takes two away."),
    )
    field_order = ("amount", "reason")

    def call_service(self, cleaned: dict[str, Any]) -> object:
        return adjust_balance(**self.asked(cleaned), amount=cleaned["amount"])


class ExpiryForm(BalanceForm):
    expires_on = forms.DateField(
        label=_("Good until"),
        required=False,
        # The browser's own: a dialog's page has none of the admin's scripts for calendars.
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=_("The last day on which it pays; empty: for ever."),
    )
    field_order = ("expires_on", "reason")

    def call_service(self, cleaned: dict[str, Any]) -> object:
        return set_expiry(**self.asked(cleaned), expires_on=cleaned["expires_on"])


class BlockForm(BalanceForm):
    def call_service(self, cleaned: dict[str, Any]) -> object:
        return block_balance(**self.asked(cleaned), is_active=False)


class UnblockForm(BalanceForm):
    def call_service(self, cleaned: dict[str, Any]) -> object:
        return block_balance(**self.asked(cleaned), is_active=True)


ADJUST = {
    "title": _("Correct the balance"),
    "description": _("For mistakes. The reason stands beside it for ever."),
    "form_class": AdjustForm,
    "form_submit_text": _("Correct"),
}
EXPIRY = {
    "title": _("Expiry"),
    "description": _("After this day it pays nothing; the money stays on it."),
    "form_class": ExpiryForm,
    "form_submit_text": _("Save"),
}
BLOCK = {
    "title": _("Block"),
    "description": _("A lost or stolen card pays nothing until it is unblocked."),
    "form_class": BlockForm,
    "form_submit_text": _("Block"),
}
UNBLOCK = {
    "title": _("Unblock"),
    "description": _("It pays again."),
    "form_class": UnblockForm,
    "form_submit_text": _("Unblock"),
}
