"""A register's printer, and what waits for one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from pos.models import PrintJob, Register
from pos.printers import is_network
from pos.printers.network import PrinterTrouble, checked_address
from pos.services.errors import Conflict, NotFound, PosError
from pos.services.printing import (
    give_up_print_jobs,
    has_printer,
    queue_print,
    retry_print_jobs,
)
from pos.views.links import base_url
from pos.views.shop import note_refusal

from . import cells
from .base import DocumentAdmin
from .filters import FoundFilter, PeriodFilter, register_filter, store_filter
from .forms import ReasonForm, ServiceDialogForm

STATES = {"waiting": "warning", "done": "success", "failed": "danger"}


class RegisterForm(ReasonForm):
    """A network printer has an address, and one in the shop's own network."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        host, port = cleaned.get("printer_host", ""), cleaned.get("printer_port")
        if not is_network(cleaned.get("printer_kind", "")) or port is None:
            return cleaned
        try:
            cleaned["printer_host"], _port = checked_address(host, port)
        except PrinterTrouble as trouble:
            field = "printer_port" if trouble.code == "port" else "printer_host"
            self.add_error(field, ValidationError(str(trouble), code=trouble.code))
        return cleaned


class TestPageForm(ServiceDialogForm):
    """Nothing to fill in: the page comes out, or the dialog says why not."""

    def call_service(self, cleaned: dict[str, Any]) -> PrintJob:
        registers = Register.objects.visible_to(self.request.user).select_related("store")
        register = registers.filter(pk=self.object_id).first()
        if register is None:
            raise NotFound("not_found", _now("This register is gone. Reload the page."))
        job = queue_print(user=self.request.user, register=register, kind=PrintJob.Kind.TEST)
        if job.status != PrintJob.Status.DONE:
            # Nobody needs a test page an hour later.
            give_up_print_jobs(user=self.request.user, jobs=[job])
            raise Conflict("not_printed", job.error)
        return job


class TestPageAction:
    """The register's page prints a test page."""

    def has_test_page_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if object_id is None:
            return request.user.has_perm("pos.change_register")
        register = self.get_object(request, unquote(str(object_id)))  # type: ignore[attr-defined]
        may = register is not None and self.has_change_permission(request, register)  # type: ignore[attr-defined]
        return may and has_printer(register)

    @action(
        description=_("Print a test page"),
        icon="print",
        permissions=["test_page"],
        dialog={
            "title": _("Print a test page"),
            "description": _(
                "It shows the width, accents, other scripts, the large line and the codes."
            ),
            "form_class": TestPageForm,
            "form_submit_text": _("Print"),
        },
    )
    def test_page(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        self.message_user(request, _("The test page is printed."), messages.SUCCESS)  # type: ignore[attr-defined]
        page = reverse("admin:pos_register_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": page})


@admin.register(PrintJob)
class PrintJobAdmin(DocumentAdmin):
    """What was sent to printers; what waits can be tried again or given up."""

    empty_hint = _(
        "What a register prints on its network printer is listed here, and waits here while the printer is off."
    )
    actions = ("print_again", "give_up")
    list_display = (
        "when_cell",
        "kind_cell",
        "document_cell",
        "register_cell",
        "state_cell",
        "error",
        "attempts",
        "by_cell",
    )
    list_display_links = ("when_cell",)
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        store_filter("register__store_id"),
        register_filter("register_id"),
        ("created_by", FoundFilter),
        ("created_at", PeriodFilter),
    )
    sortable_by = ("when_cell",)
    list_select_related = ("register__store", "order", "created_by")
    readonly_fields = (
        "kind_cell",
        "state_cell",
        "document_cell",
        "register_cell",
        "by_cell",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind_cell", "state_cell", "attempts"),
                    ("document_cell", "print_number", "opens_drawer"),
                    ("register_cell", "by_cell"),
                    ("created_at", "printed_at"),
                    "error",
                )
            },
        ),
    )

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pos.manage_printjob")

    @action(description=_("Print again what waits"), permissions=["manage"])
    def print_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        try:
            counts = retry_print_jobs(user=request.user, jobs=queryset, base=base_url(request))
        except PosError as error:
            note_refusal(request, error)
            self.message_user(request, error.message, messages.ERROR)
            return
        if counts["printed"]:
            self.message_user(request, _printed(counts["printed"]), messages.SUCCESS)
        if counts["waiting"]:
            self.message_user(request, _waiting(counts["waiting"]), messages.WARNING)
        if not any(counts.values()):
            self.message_user(request, _now("None of these waits."), messages.INFO)

    @action(description=_("Give up what waits"), permissions=["manage"])
    def give_up(self, request: HttpRequest, queryset: QuerySet) -> None:
        try:
            number = give_up_print_jobs(user=request.user, jobs=queryset)
        except PosError as error:
            note_refusal(request, error)
            self.message_user(request, error.message, messages.ERROR)
            return
        text = ngettext("%(n)s print job given up.", "%(n)s print jobs given up.", number)
        self.message_user(request, text % {"n": number}, messages.SUCCESS)

    @display(description=_("at"), ordering="created_at")
    def when_cell(self, job: PrintJob) -> SafeString | str:
        return cells.when(job.created_at)

    @display(description=_("what"))
    def kind_cell(self, job: PrintJob) -> SafeString:
        return cells.label("", job.get_kind_display())

    @display(description=_("document"))
    def document_cell(self, job: PrintJob) -> SafeString | str:
        document = job.order or job.refund or job.account_payment or job.session
        return cells.change_link(document) if document else cells.NOTHING

    @display(description=_("register"))
    def register_cell(self, job: PrintJob) -> SafeString:
        return cells.titled("", job.register, job.register.store)

    @display(description=_("status"))
    def state_cell(self, job: PrintJob) -> SafeString:
        return cells.label(STATES[job.status], job.get_status_display())

    @display(description=_("by"))
    def by_cell(self, job: PrintJob) -> str:
        return str(job.created_by)


def _printed(number: int) -> str:
    return ngettext("%(n)s is printed.", "%(n)s are printed.", number) % {"n": number}


def _waiting(number: int) -> str:
    text = ngettext(
        "%(n)s still waits: the printer does not print.",
        "%(n)s still wait: the printer does not print.",
        number,
    )
    return text % {"n": number}
