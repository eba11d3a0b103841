"""The audit trail: one timeline of who did what, to filter, to search, to take to Excel."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from pos.models import AuditEntry
from pos.models.search import long_words
from pos.reports.audit_sheet import MOST_ROWS, write_sheet
from pos.reports.sheets import XLSX_TYPE
from pos.services.audit import readable, record, record_names

from . import cells
from .base import DocumentAdmin, PosChangeList
from .filters import ChoiceFilter, FoundFilter, PeriodFilter, register_filter, store_filter

MOST_PAGES = 200
SHOWN = 4  # differences in a cell; the others unfold
Kind = AuditEntry.Kind
COLOURS = {
    Kind.CREATED: "success",
    Kind.CHANGED: "info",
    Kind.DELETED: "danger",
    Kind.REVERTED: "info",
    Kind.RIGHTS: "warning",
    Kind.SIGN_IN_FAILED: "warning",
    Kind.LOCKED: "danger",
    Kind.PIN_FAILED: "warning",
    Kind.REFUSED: "danger",
    Kind.IMPORT: "primary",
    Kind.EXPORT: "primary",
    Kind.APPROVAL_GIVEN: "success",
    Kind.APPROVAL_DENIED: "danger",
    Kind.DISCOUNT: "warning",
    Kind.PRICE_CHANGE: "warning",
    Kind.VOID: "danger",
    Kind.LINE_REMOVED: "warning",
    Kind.CART_CLEARED: "warning",
    Kind.NO_SALE: "danger",
    Kind.REPRINT: "warning",
}


class WalkingPaginator(Paginator):
    """One page and whether there is another: nothing is counted."""

    template_name = "admin/audit/pages.html"

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = min(max(number, 1), MOST_PAGES)

    @cached_property
    def found(self) -> list[int]:
        """The page's ids, and one more where it goes on."""
        start = (self.number - 1) * self.per_page
        return list(
            self.object_list.values_list("pk", flat=True)[start : start + self.per_page + 1]
        )

    @cached_property
    def count(self) -> int:
        return (self.number - 1) * self.per_page + len(self.found)

    @cached_property
    def rows(self) -> list[AuditEntry]:
        rows = AuditEntry.objects.filter(pk__in=self.found[: self.per_page])
        rows = rows.select_related("actor", "store", "register").defer("search_text")
        return list(rows.order_by("-at", "-id"))

    def page(self, number: int | str) -> Page:
        return Page(self.rows, self.validate_number(number), self)


class AuditChangeList(PosChangeList):
    """Knows what the bar above the list offers, and when a search found more than it shows."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count  # which is none
        self.found_all = getattr(request, "_pos_found_all", True)
        self.is_last = self.page_num >= MOST_PAGES
        self.has_older = len(self.paginator.found) > self.list_per_page and not self.is_last
        for entry in self.result_list:  # its cells do not know who reads them
            entry.changes, entry.amount = readable(user=request.user, entry=entry)

    def page_rows(self, page: Any) -> list[Any]:
        return self.paginator.rows  # `page` would ask anew where all fits on one

    @property
    def is_capped(self) -> bool:
        """More than can be paged through, or than a search looks at."""
        goes_on = len(self.paginator.found) > self.list_per_page
        return not self.found_all or (self.is_last and goes_on)

    @property
    def older_url(self) -> str:
        return self.get_query_string({PAGE_VAR: self.page_num + 1})

    @property
    def newer_url(self) -> str:
        return self.get_query_string({PAGE_VAR: self.page_num - 1})

    @property
    def is_too_short(self) -> bool:
        return bool(self.query and not long_words(self.query))

    @property
    def export_url(self) -> str:
        return f"{reverse('admin:pos_auditentry_export')}{self.get_query_string()}"


class KindFilter(ChoiceFilter):
    title = _("what happened")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Kind.choices)

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(kind=value)


class RecordFilter(ChoiceFilter):
    title = _("kind of record")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(record_names().items(), key=lambda pair: str(pair[1]))

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(model=value)


@admin.register(AuditEntry)
class AuditEntryAdmin(DocumentAdmin):
    list_display = (
        "when_cell",
        "who_cell",
        "kind_cell",
        "record_cell",
        "changes_cell",
        "amount_cell",
        "where_cell",
    )
    list_display_links = ("when_cell",)
    fieldsets = (
        (None, {"fields": ("when_cell", "who_cell", "kind_cell", "record_cell", "where_cell")}),
        (_("Changes"), {"fields": ("changes_cell", "amount_cell")}),
    )
    readonly_fields = (
        *("when_cell", "who_cell", "kind_cell", "record_cell"),
        *("changes_cell", "amount_cell", "where_cell"),
    )
    list_max_show_all = 0
    list_select_related = ("actor", "store", "register")
    list_filter = (
        ("actor", FoundFilter),
        KindFilter,
        RecordFilter,
        store_filter("store_id"),
        register_filter("register_id"),
        ("at", PeriodFilter),
    )
    linked_lookups = ("object_id__exact",)
    list_before_template = "admin/audit/bar.html"
    list_after_template = "admin/audit/end.html"
    search_fields = ("search_text",)
    search_help_text = _("A value, record, reason or name")
    ordering = ("-at", "-id")
    sortable_by = ()

    class Media:
        css = {"all": ("pos/audit.css",)}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PosChangeList]:
        return AuditChangeList

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet, per_page: int, *args: Any, **kwargs: Any
    ) -> WalkingPaginator:
        text = request.GET.get(PAGE_VAR, "1")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
        return WalkingPaginator(queryset, per_page, *args, number=number, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.export))
        return [path("export/", view, name="pos_auditentry_export"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("search_text")

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            entry.changes, entry.amount = readable(user=request.user, entry=entry)
        return entry

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        if getattr(request, "_pos_is_export", False):
            words = long_words(text)
            return (queryset.containing(words) if words else queryset.none()), False
        found, request._pos_found_all = queryset.matching(text)  # type: ignore[attr-defined]
        return found, False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {
            "title": _("Audit"),
            "may_export": self.has_export_permission(request),
            **(extra_context or {}),
        }
        return super().changelist_view(request, extra)

    # --- cells ---------------------------------------------------------------------------

    @display(description=_("when"))
    def when_cell(self, entry: AuditEntry) -> SafeString | str:
        return cells.when(entry.at)

    @display(description=_("who"))
    def who_cell(self, entry: AuditEntry) -> SafeString | str:
        if entry.actor is None:
            name = entry.actor_name or _now("The system")
            return format_html('<span class="pos-quiet">{}</span>', name)
        named = entry.actor_name if entry.actor_name != entry.actor.username else ""
        return cells.titled("", entry.actor, named)

    @display(description=_("what"))
    def kind_cell(self, entry: AuditEntry) -> SafeString:
        return cells.label(COLOURS.get(Kind(entry.kind), ""), entry.get_kind_display())

    @display(description=_("record"))
    def record_cell(self, entry: AuditEntry) -> SafeString | str:
        if not entry.model:
            return cells.NOTHING
        name = record_names().get(entry.model, entry.model)
        url = record_url(entry)
        text = cells.link(url, entry.object_text) if url else entry.object_text
        return format_html(
            '<span class="pos-record"><span>{}</span>{}</span>', text, about_link(entry, name)
        )

    @display(description=_("changes"))
    def changes_cell(self, entry: AuditEntry) -> SafeString | str:
        return entry_text(entry)

    @display(description=_("amount"))
    def amount_cell(self, entry: AuditEntry) -> SafeString | str:
        return cells.money(entry.shown_amount)

    @display(description=_("where"))
    def where_cell(self, entry: AuditEntry) -> SafeString | str:
        place = " · ".join(str(each) for each in (entry.store, entry.register) if each)
        if not place:
            return entry.address or cells.NOTHING
        return cells.titled("", place, entry.address or "")

    # --- Excel ---------------------------------------------------------------------------

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and request.user.has_perm("pos.export_auditentry")

    def export(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """The list as it is filtered, to the last row; that it was taken away is written down."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        request._pos_is_export = True  # type: ignore[attr-defined]
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
            rows = rows.select_related("actor", "store", "register")
        except IncorrectLookupParameters:
            messages.error(request, _now("This filter is not understood. Nothing was exported."))
            return HttpResponseRedirect(reverse("admin:pos_auditentry_changelist"))
        file, count = write_sheet(rows[:MOST_ROWS], user=request.user)
        asked = urlencode([pair for pair in request.GET.items() if pair[1]])
        changes = [[_now("rows"), "", count], *([[_now("filter"), "", asked]] if asked else [])]
        record(
            Kind.EXPORT,
            user=request.user,
            changes=changes,
            reason=_now("Audit trail to Excel"),
        )
        name = f"audit-{timezone.localdate().isoformat()}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def record_url(entry: AuditEntry) -> str | None:
    """The page of the record, where it has one and is still there."""
    if entry.kind == Kind.DELETED or not entry.object_id:
        return None
    try:
        return reverse(f"admin:{entry.model.replace('.', '_')}_change", args=[entry.object_id])
    except NoReverseMatch:
        return None


def about_link(entry: AuditEntry, name: object) -> SafeString:
    """All that happened to this record."""
    query = urlencode({"model": entry.model, "object_id__exact": entry.object_id})
    url = f"{reverse('admin:pos_auditentry_changelist')}?{query}"
    title = _now("All that happened to it")
    return format_html(
        '<a class="pos-quiet pos-about" href="{}" title="{}">{}</a>', url, title, name
    )


def entry_text(entry: AuditEntry) -> SafeString | str:
    """Differences as before → after, and the reason."""
    lines = [difference_html(change) for change in entry.changes]
    parts = [differences_html(lines)] if lines else []
    if entry.reason:
        parts.append(format_html('<span class="pos-reason">“{}”</span>', entry.reason))
    if not parts:
        return cells.NOTHING
    return format_html('<div class="pos-changes">{}</div>', join(parts))


def differences_html(lines: list[SafeString]) -> SafeString:
    first, rest = lines[:SHOWN], lines[SHOWN:]
    if len(rest) < 2:
        return join(lines)
    summary = _now("%(count)s more") % {"count": len(rest)}
    return format_html(
        "{}<details><summary>{}</summary>{}</details>", join(first), summary, join(rest)
    )


def difference_html(change: list[str]) -> SafeString:
    label, before, after = change
    old = format_html("<del>{}</del>", before) if before else ""
    new = format_html("<ins>{}</ins>", after) if after else ""
    arrow = format_html('<span aria-hidden="true">{}</span>', "→") if before and after else ""
    return format_html('<span class="pos-change"><b>{}</b> {} {} {}</span>', label, old, arrow, new)


def join(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
