"""What can be done with an order on its page: receipt, email, refund, void."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from pos.models import Order
from pos.services.refund_quotes import refundable_orders

from . import sell_dialogs
from .base import whole_number
from .refund_dialogs import VOID


class SaleActions:
    """For the order's admin: each asks for its own right on the very order."""

    def has_receipt_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if object_id is None:
            return self.has_view_permission(request)
        order = self.get_object(request, str(object_id))
        return order is not None and order.number is not None

    @action(description=_("Receipt"), icon="receipt_long", permissions=["receipt"])
    def show_receipt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_receipt", args=[order.pk]))

    def has_email_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        may = request.user.has_perm("pos.send_receipt")
        return may and self.has_receipt_permission(request, object_id)

    @action(
        description=_("Email the receipt"),
        icon="mail",
        permissions=["email"],
        dialog=sell_dialogs.EMAIL,
    )
    def email_receipt(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        text = _("The receipt is on its way to %(address)s.") % {"address": form.result}
        self.message_user(request, text, messages.SUCCESS)
        page = reverse("admin:pos_order_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": page})

    def has_refund_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """At the register: something of it can still come back."""
        if not request.user.has_perm("pos.sell_order"):
            return False
        if object_id is None:
            return True
        order = refundable_orders(request.user).filter(pk=whole_number(str(object_id))).first()
        return order is not None and order.payment_status != Order.PaymentStatus.REFUNDED

    @action(description=_("Refund…"), icon="undo", permissions=["refund"])
    def refund_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = self.loaded(request, object_id)
        return HttpResponseRedirect(f"{reverse('admin:pos_register')}?refund={order.pk}")

    def has_void_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Alone only by right; others ask at the register, where somebody can say yes."""
        if not request.user.has_perm("pos.void_sale") or object_id is None:
            return request.user.has_perm("pos.void_sale")
        orders = refundable_orders(request.user).select_related("session")
        order = orders.filter(pk=whole_number(str(object_id)), session__closed_at=None).first()
        return order is not None and not order.refunds.exists()

    @action(description=_("Void…"), icon="block", permissions=["void"], dialog=VOID)
    def void_sale(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        refund = form.result.refund
        text = _("Sale %(order)s voided: %(number)s.")
        self.message_user(
            request, text % {"order": refund.order, "number": refund}, messages.SUCCESS
        )
        return HttpResponse(
            headers={"HX-Redirect": reverse("admin:pos_order_change", args=[object_id])}
        )
