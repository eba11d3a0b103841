"""An order's delivery on its own page: every step as a timeline, and what can be done next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.models import DeliveryStep, Order
from pos.services import deliveries
from pos.services.deliveries import MOVES, may_undo, step_to_undo

from . import cells
from .base import whole_number
from .forms import PlainTextField, ServiceDialogForm

States = Order.DeliveryStatus
LABELS = {
    "pending": "warning",
    "dispatched": "info",
    "delivered": "success",
    "failed": "danger",
}


class StepForm(ServiceDialogForm):
    verb: Callable[..., DeliveryStep]
    note = PlainTextField(
        label=_("Note"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Who takes it, or who took it."),
    )

    def call_service(self, cleaned: dict[str, Any]) -> DeliveryStep:
        return type(self).verb(
            user=self.request.user,
            order_id=whole_number(str(self.object_id)),
            note=cleaned["note"],
        )


class DispatchForm(StepForm):
    verb = staticmethod(deliveries.dispatch_delivery)


class DeliveredForm(StepForm):
    verb = staticmethod(deliveries.complete_delivery)


class FailedForm(StepForm):
    verb = staticmethod(deliveries.fail_delivery)
    note = PlainTextField(
        label=_("Why?"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Read by whoever tries it again."),
    )


class RetryForm(StepForm):
    verb = staticmethod(deliveries.retry_delivery)


class UndoForm(StepForm):
    verb = staticmethod(deliveries.undo_delivery_step)


def _dialog(title: Any, description: Any, form: type[StepForm]) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "form_class": form,
        "form_submit_text": title,
    }


DISPATCH = _dialog(_("Dispatch"), _("The goods leave the store."), DispatchForm)
DELIVERED = _dialog(_("Delivered"), _("The customer has the goods."), DeliveredForm)
FAILED = _dialog(
    _("Could not be delivered"),
    _("The goods come back to the store. It can be tried again."),
    FailedForm,
)
RETRY = _dialog(_("Deliver again"), _("It goes out with the next tour."), RetryForm)
UNDO = _dialog(
    _("Take the last step back"),
    _("It stays written down that this was done and taken back."),
    UndoForm,
)
MENU = {
    "title": _("Delivery"),
    "icon": "local_shipping",
    "items": [
        "dispatch_goods",
        "goods_delivered",
        "goods_failed",
        "deliver_again",
        "undo_step",
        "show_slip",
    ],
}


class DeliveryActions:
    """For the page of an order that is delivered."""

    def delivered_order(self, request: HttpRequest, object_id: Any) -> Order | None:
        """The order behind an action, if this person moves its delivery; asked once per request."""
        known: dict[str, Order | None] = request.__dict__.setdefault("_pos_delivered", {})
        text = str(object_id)
        if text not in known:
            orders = Order.objects.deliverable_by(request.user).prefetch_related("delivery_steps")
            is_number = text.isascii() and text.isdigit() and len(text) < 19
            known[text] = orders.filter(pk=int(text)).first() if is_number else None
        return known[text]

    def may_move(self, request: HttpRequest, object_id: Any, to_status: str) -> bool:
        if not request.user.has_perm("pos.deliver_order"):
            return False
        if object_id is None:
            return True
        order = self.delivered_order(request, object_id)
        return order is not None and to_status in MOVES[order.delivery_status]

    def has_dispatch_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may_move(request, object_id, States.DISPATCHED)

    def has_delivered_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may_move(request, object_id, States.DELIVERED)

    def has_failed_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may_move(request, object_id, States.FAILED)

    def has_retry_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may_move(request, object_id, States.PENDING)

    def has_slip_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm("pos.deliver_order"):
            return False
        return object_id is None or self.delivered_order(request, object_id) is not None

    def has_undo_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not self.has_slip_permission(request, object_id) or object_id is None:
            return object_id is None and request.user.has_perm("pos.deliver_order")
        order = self.delivered_order(request, object_id)
        step = step_to_undo(sorted(order.delivery_steps.all(), key=_id)) if order else None
        return bool(order and step and may_undo(request.user, step, order))

    @action(
        description=_("Dispatch"),
        icon="local_shipping",
        permissions=["dispatch"],
        dialog=DISPATCH,
    )
    def dispatch_goods(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.moved(request, form.result)

    @action(
        description=_("Delivered"),
        icon="task_alt",
        permissions=["delivered"],
        dialog=DELIVERED,
    )
    def goods_delivered(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.moved(request, form.result)

    @action(
        description=_("Could not be delivered"),
        icon="block",
        permissions=["failed"],
        dialog=FAILED,
    )
    def goods_failed(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.moved(request, form.result)

    @action(description=_("Deliver again"), icon="redo", permissions=["retry"], dialog=RETRY)
    def deliver_again(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.moved(request, form.result)

    @action(
        description=_("Take the last step back"),
        icon="undo",
        permissions=["undo"],
        dialog=UNDO,
    )
    def undo_step(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.moved(request, form.result)

    @action(description=_("Delivery slip"), icon="print", permissions=["slip"])
    def show_slip(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order_id = whole_number(str(object_id))
        return HttpResponseRedirect(reverse("admin:pos_delivery_slip", args=[order_id]))

    def moved(self, request: HttpRequest, step: DeliveryStep) -> HttpResponse:
        text = _("%(order)s: %(state)s.")
        values = {"order": step.order, "state": step.get_to_status_display()}
        messages.success(request, text % values)
        page = reverse("admin:pos_order_change", args=[step.order_id])
        return HttpResponse(headers={"HX-Redirect": page})

    @display(description=_("what happened"))
    def delivery_timeline(self, order: Order) -> SafeString | str:
        """Oldest first: where it went, who moved it, when, and what they wrote."""
        steps = order.delivery_steps.select_related("created_by").order_by("id")
        rows = format_html_join("", "<li>{}<span>{}</span>{}</li>", (_told(step) for step in steps))
        return format_html('<ol class="pos-timeline">{}</ol>', rows) if rows else cells.NOTHING


def _id(step: DeliveryStep) -> int:
    return step.pk


def _told(step: DeliveryStep) -> tuple[SafeString, str, SafeString | str]:
    state = cells.label(LABELS[step.to_status], step.get_to_status_display())
    who = f"{step.created_by} · {cells.moment(step.created_at)}"
    if step.is_undo:
        who = _("%(who)s · taken back") % {"who": who}
    note = format_html('<q class="pos-quiet"><bdi>{}</bdi></q>', step.note) if step.note else ""
    return state, who, note
