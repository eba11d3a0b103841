"""Past orders that were brought in: which file, how much of it, and out again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from pos.models import OrderBatch
from pos.services.errors import NotFound
from pos.services.past_orders import take_out

from . import cells
from .base import DocumentAdmin
from .filters import FoundFilter, PeriodFilter
from .forms import ServiceDialogForm


class TakeOutForm(ServiceDialogForm):
    def call_service(self, cleaned: dict[str, Any]) -> int:
        batch = OrderBatch.objects.visible_to(self.request.user).filter(pk=self.object_id).first()
        if batch is None:
            raise NotFound("not_found", _now("This is gone. Reload the page."))
        return take_out(user=self.request.user, batch=batch)


TAKE_OUT = {
    "title": _("Take these orders out again?"),
    "description": _(
        "All orders of this file leave the shop with their lines, taxes and payments, and the reports"
        " with them; so do the customers who came with them and were not used since. The file may"
        " come in again. Orders whose goods came back since hold the whole file here."
    ),
    "form_class": TakeOutForm,
    "form_submit_text": _("Take out"),
}


@admin.register(OrderBatch)
class OrderBatchAdmin(DocumentAdmin):
    empty_hint = _(
        "Orders of an earlier system come in with the command import_sales. They count in reports,"
        " never in drawers or stock."
    )
    list_display = (
        "source",
        "state_cell",
        "orders_cell",
        "lines_cell",
        "first_on",
        "last_on",
        "person_cell",
        "when_cell",
    )
    list_display_links = ("source",)
    list_filter = (("imported_by", FoundFilter), ("imported_at", PeriodFilter))
    sortable_by = ("when_cell",)
    list_select_related = ("imported_by", "taken_out_by")
    search_fields = ("source",)
    search_help_text = _("Name of the file")
    actions_detail = ("take_out",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("source", "state_cell"),
                    ("orders_cell", "lines_cell"),
                    ("first_on", "last_on"),
                    ("person_cell", "imported_at"),
                    ("out_cell", "taken_out_at"),
                )
            },
        ),
    )
    readonly_fields = ("state_cell", "orders_cell", "lines_cell", "person_cell", "out_cell")

    # --- taking out ------------------------------------------------------------------------

    def has_take_out_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if object_id is None or not request.user.has_perm("pos.import_order"):
            return request.user.has_perm("pos.import_order")
        batch = self.get_object(request, str(object_id))
        return batch is not None and batch.taken_out_at is None

    @action(
        description=_("Take out again…"),
        icon="delete_sweep",
        permissions=["take_out"],
        dialog=TAKE_OUT,
    )
    def take_out(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        text = ngettext("%(count)s order taken out.", "%(count)s orders taken out.", form.result)
        self.message_user(request, text % {"count": f"{form.result:,}"}, messages.SUCCESS)
        return HttpResponse(headers={"HX-Redirect": reverse("admin:pos_orderbatch_changelist")})

    # --- cells -----------------------------------------------------------------------------

    @display(description=_("state"))
    def state_cell(self, batch: OrderBatch) -> SafeString:
        if batch.taken_out_at:
            return cells.label("", _("Taken out"))
        return cells.label("info", _("Imported"))

    @display(description=_("orders"))
    def orders_cell(self, batch: OrderBatch) -> SafeString | str:
        if batch.taken_out_at:
            return f"{batch.orders_count:,}"
        text = f"{batch.orders_count:,}"
        return cells.list_link("order", text, batch__id__exact=batch.pk)

    @display(description=_("lines"))
    def lines_cell(self, batch: OrderBatch) -> str:
        return f"{batch.lines_count:,}"

    @display(description=_("imported by"))
    def person_cell(self, batch: OrderBatch) -> str:
        return str(batch.imported_by)

    @display(description=_("imported"), ordering="imported_at")
    def when_cell(self, batch: OrderBatch) -> SafeString | str:
        return cells.when(batch.imported_at)

    @display(description=_("taken out by"))
    def out_cell(self, batch: OrderBatch) -> str:
        return str(batch.taken_out_by) if batch.taken_out_by else cells.NOTHING
