"""Taking a list away: a page to choose on, and the file, as the list is filtered, searched and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pos.models import AuditEntry, Store
from pos.reports.sheets import CSV_TYPE, XLSX_TYPE, Column, csv_lines, write_xlsx
from pos.resources import RESOURCES, ListResource, resources_for
from pos.services.audit import record

from .export_forms import MOST_ROWS, ExportForm

COUNTED = 10_000
REMEMBERED = "export_columns"
CONTENT_TYPES = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE}


class Counted:
    """Rows on their way into a file, counted as they pass."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Any]:
        for row in self.rows:
            self.count += 1
            yield row


class ExportMixin:
    """Gives a list its page "Export"."""

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        if self.model not in RESOURCES:
            return urls
        view = never_cache(require_http_methods(["GET", "HEAD", "POST"])(self.export_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(view), name=name), *urls]

    def has_export_permission(self, request: HttpRequest) -> bool:
        may_take = request.user.has_perm("pos.export_list") and self.model in RESOURCES
        return may_take and self.has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {"may_export_list": ExportMixin.has_export_permission(self, request)}
        return super().changelist_view(request, {**extra, **(extra_context or {})})  # type: ignore[misc]

    # --- The page ------------------------------------------------------------------------

    def export_view(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """GET shows what can be chosen, POST answers with the file."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        resources = resources_for(self.model, request.user)
        if not resources:
            raise PermissionDenied
        list_url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        try:
            changes = self.get_changelist_instance(request)
            listed = changes.get_queryset(request)
        except IncorrectLookupParameters:
            messages.error(request, _("This filter is not understood. Nothing was exported."))
            return HttpResponseRedirect(list_url)
        form = self.export_form(request, resources)
        if request.method == "POST" and form.is_valid():
            return self.export_file(request, form, listed)
        query = changes.get_query_string()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export %(list)s") % {"list": self.opts.verbose_name_plural},
            "opts": self.opts,
            "form": form,
            "found": count_text(listed, resources[0]),
            "filters": asked(request),
            "list_url": f"{list_url}{query}",
            "query": query,
        }
        return TemplateResponse(request, "admin/export/page.html", context)

    def export_form(self, request: HttpRequest, resources: list[type[ListResource]]) -> ExportForm:
        takes_store = any(resource.takes_store for resource in resources)
        stores = Store.objects.visible_to(request.user).order_by("name") if takes_store else None
        return ExportForm(
            resources,
            stores=stores,
            remembered=request.session.get(REMEMBERED, {}),
            data=request.POST if request.method == "POST" else None,
        )

    # --- The file ------------------------------------------------------------------------

    def export_file(self, request: HttpRequest, form: ExportForm, listed: QuerySet) -> FileResponse:
        """Written to its end before it leaves: what the audit says about it is then known."""
        kind = form.get_selected_resource()
        names = form.get_selected_resource_export_fields()
        remember(request, kind, names)
        resource = kind()
        if kind.takes_store:
            resource.store = form.cleaned_data["store"]
        rows = Counted(
            islice(
                resource.rows(
                    listed=listed,
                    source=self.get_queryset(request),
                    names=names,
                    user=request.user,
                ),
                form.cleaned_data["most_rows"] or MOST_ROWS,
            )
        )
        title = kind.get_display_name()
        extension = form.extension
        columns = columns_of(resource, names)
        if extension == "xlsx":
            notes = about(request, resource)
            file = write_xlsx(title=title, columns=columns, rows=rows, notes=notes)
        else:
            file = write_csv(columns, rows)
        told = [
            [_("rows"), "", str(rows.count)],
            [_("columns"), "", ", ".join(column.title for column in columns)],
            *([_("filter"), "", f"{name}={value}"] for name, value in asked(request)),
        ]
        reason = _("%(list)s to %(format)s") % {"list": title, "format": extension.upper()}
        record(AuditEntry.Kind.EXPORT, user=request.user, changes=told, reason=reason[:200])
        name = f"{slugify(kind.__name__.removesuffix('Resource'))}-{timezone.localdate()}"
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"{name}.{extension}",
            content_type=CONTENT_TYPES[extension],
        )


def write_csv(columns: list[Column], rows: Iterable[Any]) -> IO[bytes]:
    """A temporary file at its beginning, gone when it is closed."""
    file = TemporaryFile()  # noqa: SIM115  the answer closes it
    try:
        for block in csv_lines(columns, rows):
            file.write(block)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def columns_of(resource: ListResource, names: list[str]) -> list[Column]:
    """As the writer wants them; a name that an import reads stays as it is."""
    model = resource.model()
    fields = [(name, resource.fields[name]) for name in names]
    return [
        Column(name, each.heading or each.title_in(model), each.kind_in(model))  # type: ignore[arg-type]
        for name, each in fields
    ]


def asked(request: HttpRequest) -> list[tuple[str, str]]:
    """What the list was narrowed by, as its address says."""
    query = request.GET.urlencode()
    return [(name, value) for name, value in parse_qsl(query) if value and name not in ("p", "e")]


def about(request: HttpRequest, resource: ListResource) -> list[str]:
    """Whose file it is, and what was on when it was made."""
    store = getattr(resource, "store", None)
    return [
        _("Made by %(person)s on %(when)s")
        % {"person": request.user, "when": localize(timezone.localtime())},
        _("Amounts in %(currency)s") % {"currency": settings.POS_CURRENCY},
        *([_("Stock of %(store)s") % {"store": store}] if store else []),
        *(f"{name}: {value}" for name, value in asked(request)),
    ]


def count_text(listed: QuerySet, resource: type[ListResource]) -> str:
    """How many rows the list has; nobody waits for a million to be counted."""
    count = listed.order_by().values("pk")[: COUNTED + 1].count()
    if count > COUNTED:
        return _("more than %(count)s rows") % {"count": f"{COUNTED:,}"}
    return _("1 row") if count == 1 else _("%(count)s rows") % {"count": f"{count:,}"}


def remember(request: HttpRequest, kind: type[ListResource], names: list[str]) -> None:
    known = request.session.get(REMEMBERED, {})
    if len(names) == len(kind.fields):
        known.pop(kind.__name__, None)
    else:
        known[kind.__name__] = names
    request.session[REMEMBERED] = known
