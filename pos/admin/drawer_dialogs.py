"""The dialogs that move cash without a sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.models import CashMovement, CashSession
from pos.services.cash import move_cash
from pos.services.errors import NotFound

from .forms import AmountField, PlainTextField, ServiceDialogForm


class MoveCashForm(ServiceDialogForm):
    kind: CashMovement.Kind
    amount = AmountField(label=_("Amount"), minimum=Decimal("0.0001"))
    reason = PlainTextField(
        label=_("Reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Read by whoever counts the drawer."),
    )

    def call_service(self, cleaned: dict[str, Any]) -> CashMovement:
        session = (
            CashSession.objects.visible_to(self.request.user).filter(pk=self.object_id).first()
        )
        if session is None:
            raise NotFound("not_found", _now("This cash session is gone. Reload the page."))
        return move_cash(
            user=self.request.user,
            session=session,
            kind=self.kind,
            amount=cleaned["amount"],
            reason=cleaned["reason"],
        )


class PayInForm(MoveCashForm):
    kind = CashMovement.Kind.PAY_IN


class PayOutForm(MoveCashForm):
    kind = CashMovement.Kind.PAY_OUT


class DropForm(MoveCashForm):
    kind = CashMovement.Kind.DROP


PAY_IN = {
    "title": _("Pay in"),
    "description": _(
        "Cash that comes into the drawer without a sale, for example coins from the bank."
    ),
    "form_class": PayInForm,
    "form_submit_text": _("Pay in"),
}
PAY_OUT = {
    "title": _("Pay out"),
    "description": _(
        "Cash that leaves the drawer without a sale, for example for the window cleaner."
    ),
    "form_class": PayOutForm,
    "form_submit_text": _("Pay out"),
}
DROP = {
    "title": _("Drop to safe"),
    "description": _("Notes that go from the drawer to the safe or the bank."),
    "form_class": DropForm,
    "form_submit_text": _("Drop"),
}
