"""The history of a record: who changed what, when, from where and why, and going back to a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from simple_history.admin import SimpleHistoryAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.models import AuditEntry
from pos.models.history import (
    compared_fields,
    contents,
    difference,
    is_changed,
    label_of,
    text_of,
)
from pos.services.errors import NotFound, PosError
from pos.services.history import may_revert, revert, reverting
from pos.views.shop import note_refusal

from . import cells
from .forms import PlainTextField

KINDS = {"+": "success", "~": "info", "-": "danger"}


class RevertForm(forms.Form):
    reason = PlainTextField(
        label=_("Reason for the change"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Why it goes back. Kept in the history and in the audit trail."),
    )


class ReadableHistory(SimpleHistoryAdmin):
    """simple-history's pages in words, and a door of our own for going back."""

    object_history_template = "admin/history/page.html"
    object_history_list_template = "admin/history/list.html"
    history_list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_revert"
        view = self.admin_site.admin_view(
            require_http_methods(["GET", "HEAD", "POST"])(self.revert)
        )
        return [
            path("<path:object_id>/history/<int:version_id>/revert/", view, name=name),
            *super().get_urls(),
        ]

    def render_history_view(
        self, request: HttpRequest, template: str, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        # The package names the table of versions, which has no pages: the way back led nowhere.
        named = {**context, "opts": self.opts}
        return super().render_history_view(request, template, named, **kwargs)

    def set_history_delta_changes(
        self,
        request: HttpRequest,
        historical_records: Sequence[Any],
        foreign_keys_are_objs: bool = True,
    ) -> None:
        """Each version with its differences from the one before, and where it was made."""
        records = list(historical_records)
        entries = {entry.at: entry for entry in self.entries_of(records)}
        obj = self.live_object(request, records)
        can_revert = obj is not None and may_revert(request.user, obj)
        names = self.editable_names(request, obj) if can_revert else set()
        for place, record in enumerate(records):
            older = records[place + 1] if place + 1 < len(records) else self.before(record)
            record.shown_changes = self.shown_changes(request, record, older)
            record.kind_label = cells.label(
                KINDS[record.history_type], record.get_history_type_display()
            )
            record.entry = entries.get(record.history_date)
            record.may_revert = (
                can_revert and record.history_type != "-" and bool(reverting(obj, record, names))
            )

    def live_object(self, request: HttpRequest, records: list[Any]) -> Any:
        """The record as it is now, when this person may change it."""
        if not records:
            return None
        pk = getattr(records[0], self.opts.pk.attname)
        obj = self.get_queryset(request).filter(pk=pk).first()
        return obj if obj is not None and self.has_change_permission(request, obj) else None

    def entries_of(self, records: list[Any]) -> Iterable[AuditEntry]:
        """The lines of the audit trail that were written with these versions."""
        if not records:
            return []
        return AuditEntry.objects.filter(
            model=self.model._meta.concrete_model._meta.label_lower,
            object_id=str(getattr(records[0], self.opts.pk.attname)),
            at__in=[record.history_date for record in records],
        ).select_related("store", "register")

    def before(self, record: Any) -> Any:
        """The version before the page's oldest."""
        return record.prev_record if record.history_type == "~" else None

    def shown_changes(self, request: HttpRequest, record: Any, older: Any) -> list[list[str]]:
        fields = compared_fields(record.tracked_fields)
        if record.history_type != "~" or older is None:
            return contents(fields, record, is_gone=record.history_type == "-")
        return [
            difference(field, older, record) for field in fields if is_changed(field, older, record)
        ]

    # --- one version ---------------------------------------------------------------------

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A version beside how it is now, to read. The package's own page would write it back."""
        obj = self.get_object(request, unquote(object_id))
        may_look = self.has_view_history_or_change_history_permission(request, obj)
        # What is out of sight is answered like the history page: whether it is there, nobody learns.
        if obj is None or request.method not in ("GET", "HEAD") or not may_look:
            raise PermissionDenied
        version = self.version_of(obj, version_id)
        names = self.editable_names(request, obj) if self.can_go_back(request, obj) else set()
        context = {
            **self.admin_site.each_context(request),
            "title": _now("Version"),
            "opts": self.opts,
            "original": obj,
            "version": version,
            "rows": [
                {
                    "label": label_of(field),
                    "then": text_of(field, getattr(version, field.attname)),
                    "now": text_of(field, getattr(obj, field.attname), holder=obj),
                    "is_changed": is_changed(field, version, obj),
                }
                for field in compared_fields(version.tracked_fields)
            ],
            "revert_url": self.page_of(obj, "revert", version.pk)
            if reverting(obj, version, names)
            else "",
            "history_url": self.page_of(obj, "history"),
        }
        return TemplateResponse(request, "admin/history/version.html", context)

    def version_of(self, obj: Any, version_id: str | int) -> Any:
        """Raises Http404 for a version of something else, and for what is no number."""
        text = str(version_id)
        is_id = text.isascii() and text.isdigit() and len(text) < 19
        version = obj.history.filter(history_id=int(text)).first() if is_id else None
        if version is None or version.history_type == "-":
            raise Http404
        return version

    # --- going back ----------------------------------------------------------------------

    def can_go_back(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_change_permission(request, obj) and may_revert(request.user, obj)

    def editable_names(self, request: HttpRequest, obj: Any) -> set[str]:
        """The fields this person could change on the form."""
        readonly = set(self.get_readonly_fields(request, obj))
        return set(self.get_form(request, obj, change=True).base_fields) - readonly

    def revert(self, request: HttpRequest, object_id: str, version_id: int) -> HttpResponse:
        """Shows what would change and asks why; POST does it."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.can_go_back(request, obj):
            raise PermissionDenied
        names = self.editable_names(request, obj)
        version = self.version_of(obj, version_id)
        form = RevertForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                revert(
                    user=request.user,
                    record=obj,
                    to=version_id,
                    reason=form.cleaned_data["reason"],
                    fields=names,
                )
            except NotFound as error:
                raise Http404 from error
            except PosError as error:
                note_refusal(request, error)
                form.add_error(None, error.message)
            else:
                messages.success(request, _now("“%(record)s” is as it was.") % {"record": obj})
                return HttpResponseRedirect(self.page_of(obj, "history"))
        context = {
            **self.admin_site.each_context(request),
            "title": _now("Back to an earlier version"),
            "opts": self.opts,
            "original": obj,
            "version": version,
            "changes": reverting(obj, version, names),
            "form": form,
            "history_url": self.page_of(obj, "history"),
        }
        return TemplateResponse(request, "admin/history/revert.html", context)

    def page_of(self, obj: Any, page: str, *more: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[obj.pk, *more])
