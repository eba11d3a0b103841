"""The dialog on an order's page that voids the sale."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.services.refunds import RefundResult
from pos.services.voids import VoidRequest, void_sale

from .forms import PlainTextField, ServiceDialogForm


class VoidForm(ServiceDialogForm):
    reason = PlainTextField(
        label=_("Reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Printed on the receipt, and kept in the audit trail."),
    )

    def call_service(self, cleaned: dict[str, Any]) -> RefundResult:
        # Sent twice, the second is refused: of this sale something has come back already.
        request = VoidRequest(uuid4(), "admin", int(self.object_id), cleaned["reason"])
        return void_sale(user=self.request.user, request=request)


VOID = {
    "title": _("Void this sale?"),
    "description": _(
        "All goods go back on the shelf and the money back by the ways it was paid. Only while the"
        " cash session that sold it is open; a refund takes back what is older."
    ),
    "form_class": VoidForm,
    "form_submit_text": _("Void sale"),
}
