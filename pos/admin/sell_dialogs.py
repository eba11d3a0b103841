"""The dialogs on an order's page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget

from pos.models import Order
from pos.services.mailing import can_mail, how_to_mail, send_receipt
from pos.views.links import base_url

from .forms import PlainTextField, ServiceDialogForm


class EmailReceiptForm(ServiceDialogForm):
    """Asks where to; the customer's own address stands there already."""

    address = PlainTextField(
        label=_("Email"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("With the invoice as PDF. It counts as a print."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["address"]
        if not can_mail():
            field.help_text = how_to_mail()
            return
        request = self.request
        order = Order.objects.visible_to(request.user).filter(pk=self.object_id).first()
        if order and order.customer and request.user.has_perm("pos.view_customer"):
            field.initial = order.customer.email

    def call_service(self, cleaned: dict[str, Any]) -> str:
        return send_receipt(
            user=self.request.user,
            order=Order(pk=int(self.object_id)),
            address=cleaned["address"],
            base=base_url(self.request),
        )


EMAIL = {
    "title": _("Email the receipt"),
    "description": _("To the customer, from the shop's own address."),
    "form_class": EmailReceiptForm,
    "form_submit_text": _("Send it"),
}
