"""Importing a spreadsheet: choose it, name its columns, look at what would happen, say yes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pos.models import ImportJob, Product, Store, User
from pos.models.history import label_of
from pos.services import import_jobs
from pos.services.errors import Forbidden, NotFound, PosError
from pos.services.import_errors import write_errors
from pos.services.import_files import PAGE, JobFiles, result_rows
from pos.services.imports.base import Outcome
from pos.services.imports.kinds import KINDS, Kind, kind_of
from pos.services.sheets import write_template

Status = ImportJob.Status
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = (
    (Outcome.REFUSED, gettext_lazy("With errors"), "refused"),
    (Outcome.NEW, gettext_lazy("New"), "created"),
    (Outcome.CHANGED, gettext_lazy("Changed"), "updated"),
    (Outcome.SAME, gettext_lazy("Same"), "unchanged"),
)
STEPS = (
    (gettext_lazy("File"), ()),
    (gettext_lazy("Columns"), (Status.UPLOADED,)),
    (gettext_lazy("Check"), (Status.CHECKING, Status.CHECKED)),
    (gettext_lazy("Import"), (Status.IMPORTING, Status.DONE)),
)


def _kinds(request: HttpRequest) -> list[Kind]:
    kinds = import_jobs.allowed_kinds(request.user)
    if not request.user.has_perm("pos.import_spreadsheet"):
        raise PermissionDenied
    return kinds


def _job(request: HttpRequest, key: uuid.UUID) -> ImportJob:
    try:
        return import_jobs.own_job(user=request.user, key=key)
    except NotFound as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error


def _page(request: HttpRequest, title: object, **context: Any) -> TemplateResponse:
    name = context.pop("template")
    shell = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/imports/{name}.html", {**shell, **context})


def _here(job: ImportJob) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:pos_import_job", args=[job.key]))


@never_cache
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """Own imports, newest first."""
    kinds = _kinds(request)
    jobs = ImportJob.objects.visible_to(request.user).select_related("created_by", "store")
    page = Paginator(jobs, PAGE).get_page(request.GET.get("page"))
    return _page(
        request,
        _("Import spreadsheets"),
        template="list",
        jobs=[import_jobs.settle(job) for job in page],
        page=page,
        kinds=kinds,
        icons={name: kind.icon for name, kind in KINDS.items()},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_import(request: HttpRequest) -> HttpResponse:
    """What, which file, and the store where quantities matter."""
    kinds = _kinds(request)
    chosen = request.POST.get("kind") or request.GET.get("kind", "")
    problem = ""
    if request.method == "POST":
        try:
            return _here(_create(request))
        except PosError as error:
            problem = error.message
    return _page(
        request,
        _("New import"),
        template="new",
        kinds=kinds,
        chosen=next((kind for kind in kinds if kind.name == chosen), None),
        stores=_stores(request.user),
        asked_store=request.POST.get("store", ""),
        problem=problem,
        steps=_steps(""),
    )


def _stores(user: User) -> list[Store]:
    ids = user.store_ids("work_in_store", "manage_store")
    stores = Store.objects.filter(is_active=True)
    return list(stores if ids is None else stores.filter(pk__in=ids))


def _create(request: HttpRequest) -> ImportJob:
    upload, pictures = request.FILES.get("file"), request.FILES.get("pictures")
    if upload is None:
        raise PosError("no_file", _("Choose a file."))
    asked = request.POST.get("store", "")
    store = next((each for each in _stores(request.user) if str(each.pk) == asked), None)
    kind = KINDS.get(request.POST.get("kind", ""))
    uses_store = kind is not None and (kind.needs_store or kind.takes_store)
    return import_jobs.create_job(
        user=request.user,
        kind=request.POST.get("kind", ""),
        upload=upload.chunks(),
        file_name=upload.name or "",
        store=store if uses_store else None,
        pictures=pictures.chunks() if pictures and kind and kind.takes_pictures else None,
        pictures_name=(pictures.name or "") if pictures and kind and kind.takes_pictures else "",
    )


@require_safe
def template_file(request: HttpRequest, kind: str, format: str) -> HttpResponseBase:
    """The empty sheet of one kind, with help."""
    if kind not in {each.name for each in _kinds(request)} or format not in ("xlsx", "csv"):
        raise Http404
    file = write_template(kind_of(kind).columns, format="xlsx" if format == "xlsx" else "csv")
    kinds = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
    name = f"{kind}.{format}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=kinds[format])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_job(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Where the job is: its columns, its progress, its results. POST: the next step."""
    job = _job(request, key)
    if request.method == "POST":
        try:
            _act(request, job)
        except PosError as error:
            messages.error(request, error.message)
            job.refresh_from_db()
            if error.code in ("missing_column", "column_twice"):
                return _show(request, job, chosen=_chosen(request, job))
        return _here(job)
    return _show(request, job)


def _act(request: HttpRequest, job: ImportJob) -> None:
    verb, user = request.POST.get("verb"), request.user
    if verb == "check":
        if job.status == Status.UPLOADED:
            import_jobs.set_columns(user=user, job=job, columns=_chosen(request, job))
        import_jobs.start_check(user=user, job=job)
    elif verb == "import":
        only_good = request.POST.get("rows") == "good"
        import_jobs.start_import(user=user, job=job, good_rows_only=only_good)
    elif verb == "columns":
        import_jobs.set_columns(user=user, job=job, columns=job.columns)
    elif verb == "cancel":
        import_jobs.cancel(user=user, job=job)


def _chosen(request: HttpRequest, job: ImportJob) -> dict[str, str]:
    headings = JobFiles(job.key).read("head").get("headings", [])
    return {
        heading: request.POST.get(f"column_{place}", "")
        for place, heading in enumerate(headings)
        if heading
    }


def _show(
    request: HttpRequest, job: ImportJob, chosen: dict[str, str] | None = None
) -> TemplateResponse:
    kind, head = kind_of(job.kind), JobFiles(job.key).read("head")
    is_reading = job.status == Status.UPLOADED and not head
    context: dict[str, Any] = {
        "job": job,
        "kind": kind,
        "steps": _steps(job.status),
        "is_mine": job.created_by_id == request.user.pk,
        "is_waiting": is_reading or job.status in import_jobs.RUNNING,
        "state": _state(job, is_reading=is_reading),
    }
    if job.status == Status.UPLOADED and head:
        context |= _columns(kind, head, chosen if chosen is not None else job.columns)
    elif job.status in (Status.CHECKED, Status.DONE):
        context |= _results(request, job, kind)
    context |= _links(request, job, kind)
    return _page(request, _("Import"), template="job", **context)


def _steps(status: str) -> list[dict[str, Any]]:
    here = next((place for place, (_title, own) in enumerate(STEPS) if status in own), 0)
    is_over = status == Status.DONE
    return [
        {
            "title": title,
            "is_here": place == here and not is_over,
            "is_done": place < here or is_over,
        }
        for place, (title, _own) in enumerate(STEPS)
    ]


@dataclass(frozen=True)
class ColumnRow:
    """A heading of the file with the first values under it, and the column it is taken for."""

    place: int
    heading: str
    samples: list[str]
    column: str


def _columns(kind: Kind, head: dict[str, Any], chosen: dict[str, str]) -> dict[str, Any]:
    samples = head["samples"]
    rows = [
        ColumnRow(
            place,
            heading,
            [row[place] for row in samples if place < len(row) and row[place]],
            chosen.get(heading, ""),
        )
        for place, heading in enumerate(head["headings"])
        if heading
    ]
    taken = {row.column for row in rows}
    return {
        "rows": rows,
        "columns": kind.columns,
        "missing": [spec for spec in kind.columns if spec.needed and spec.name not in taken],
        "left_out": sum(not row.column for row in rows),
        "notes": head.get("notes", []),
    }


def _results(request: HttpRequest, job: ImportJob, kind: Kind) -> dict[str, Any]:
    tabs = [
        {"name": str(name), "title": title, "count": getattr(job, column)}
        for name, title, column in TABS
    ]
    first = next((tab["name"] for tab in tabs if tab["count"]), str(Outcome.SAME))
    asked = request.GET.get("tab", "")
    here = asked if asked in {tab["name"] for tab in tabs} else first
    count = next(tab["count"] for tab in tabs if tab["name"] == here)
    pages = Paginator(range(count), PAGE)
    page = pages.get_page(request.GET.get("page"))
    titles = {"picture": _("Picture"), **{spec.name: spec.title for spec in kind.columns}}
    found = result_rows(JobFiles(job.key), here, page.number)
    cost = label_of(Product._meta.get_field("cost"))
    secret = None if request.user.has_perm("pos.view_cost") else cost
    for row in found:
        row["changes"] = [each for each in row.get("changes", ()) if each[0] != secret]
        row["errors"] = [
            {"column": titles.get(name, _("Extra cells")), "value": value, "message": message}
            for name, value, message in row.get("errors", ())
        ]
    good = job.created + job.updated
    return {"tabs": tabs, "here": here, "page": page, "found": found, "good": good}


def _links(request: HttpRequest, job: ImportJob, kind: Kind) -> dict[str, Any]:
    links = {"list_url": reverse(f"admin:pos_{kind.model}_changelist")}
    if request.user.has_perm("pos.view_auditentry"):
        links["audit_url"] = reverse("admin:pos_auditentry_changelist") + "?kind=import"
    return links


def _state(job: ImportJob, *, is_reading: bool) -> str:
    return "reading" if is_reading else job.status


@never_cache
@require_safe
def progress(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """{"state", "done", "total"}: rows so far; total is null while nobody knows."""
    job = _job(request, key)
    files = JobFiles(job.key)
    is_reading = job.status == Status.UPLOADED and not files.read("head")
    told = files.read("progress")
    state = _state(job, is_reading=is_reading)
    return JsonResponse({"state": state, "done": told.get("done", 0), "total": told.get("total")})


@require_safe
def errors_file(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The rows with errors as they were sent, with the reason beside them, to mend and send again."""
    job = _job(request, key)
    if job.status not in (Status.CHECKED, Status.DONE) or not JobFiles(job.key).folder.exists():
        raise Http404
    return FileResponse(
        write_errors(job), as_attachment=True, filename="errors.xlsx", content_type=XLSX
    )
