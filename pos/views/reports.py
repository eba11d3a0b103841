"""The reports: their index, and one page, four files and a print of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pos.models import Order, SavedReport, User
from pos.reports.answering import Answer, answer
from pos.reports.asking import Question, read_question
from pos.reports.base import Report
from pos.reports.papers import draw_report, report_csv, write_report
from pos.reports.registry import GROUPS, REPORTS, report_named
from pos.reports.sheets import CSV_TYPE, XLSX_TYPE
from pos.services.days.rolling import keep_up
from pos.services.report_exports import record_export
from pos.services.saved_reports import saved_reports

from .report_filters import filters_of
from .report_table import chart_of, figures_of, pages_of, table_of, terms_of

PDF_TYPE = "application/pdf"


@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What this person may read, by subject."""
    user = request.user
    mine = [report for report in REPORTS if report.is_allowed(user)]
    if not mine:
        raise PermissionDenied
    groups = [
        (title, [report for report in mine if report.group == name])
        for name, title in GROUPS.items()
    ]
    completed = Order.objects.visible_to(user).filter(status=Order.Status.COMPLETED)
    context = {
        **admin.site.each_context(request),
        "title": _("Reports"),
        "groups": [(title, found) for title, found in groups if found],
        "saved": [each for each in saved_reports(user=user) if may_open(user, each)],
        "has_sales": completed.order_by().exists(),
    }
    return TemplateResponse(request, "admin/reports/index.html", context)


def may_open(user: User, saved: SavedReport) -> bool:
    report = report_named(saved.report)
    return report is not None and report.is_allowed(user)


@never_cache
@require_safe
def report(request: HttpRequest, name: str) -> HttpResponse:
    """`?period=&from=&to=&compare=&by=&o=&p=` and the filters; nonsense falls back to what is usual."""
    question = asked_of(request, name)
    keep_up()
    found = answer(question)
    shown = question.report
    saved = saved_here(request, question)
    context = {
        **admin.site.each_context(request),
        "title": shown.title,
        "report": shown,
        "question": question,
        "words": question.words(),
        "filters": filters_of(question, request),
        "figures": figures_of(found),
        "chart": chart_of(found),
        "table": table_of(found),
        "pages": pages_of(found),
        "terms": terms_of(found),
        "notes": [str(note) for note in shown.notes(question.asked)],
        "extra": shown.extra(question.asked, found.rows) if shown.template else {},
        "saved": saved,
        "all_saved": saved_reports(user=request.user, report=shown.name),
        "may_export": request.user.has_perm("pos.export_list"),
        "may_mail": request.user.has_perm("pos.mail_report"),
        "every": SavedReport.Every.choices,
        "query": question.query(),
        "printed_at": timezone.localtime(),
    }
    return TemplateResponse(request, "admin/reports/report.html", context)


def saved_here(request: HttpRequest, question: Question) -> SavedReport | None:
    """The saved report that this page shows unchanged."""
    mine = saved_reports(user=request.user, report=question.report.name)
    query = question.query()
    return next((each for each in mine if each.query == query), None)


@never_cache
@require_POST
def report_file(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """All rows, as they are filtered and sorted; that they were taken away is written down."""
    if not request.user.has_perm("pos.export_list"):
        raise PermissionDenied
    question = asked_of(request, name)
    keep_up()
    found = answer(question)
    titles = {"xlsx": _("to Excel"), "csv": _("to CSV"), "pdf": _("to PDF")}
    if kind not in titles:
        raise Http404
    response = FILES[kind](found)
    file = f"{question.report.name}-{timezone.localdate().isoformat()}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    record_export(
        user=request.user,
        what=f"{question.report.title} {titles[kind]}",
        rows=len(found.rows),
        words=question.words(),
    )
    return response


def xlsx(found: Answer) -> HttpResponseBase:
    return FileResponse(write_report(found), content_type=XLSX_TYPE)


def csv(found: Answer) -> HttpResponseBase:
    return StreamingHttpResponse(report_csv(found), content_type=CSV_TYPE)


def pdf(found: Answer) -> HttpResponseBase:
    return HttpResponse(draw_report(found), content_type=PDF_TYPE)


FILES: Mapping[str, Any] = {"xlsx": xlsx, "csv": csv, "pdf": pdf}


def asked_of(request: HttpRequest, name: str) -> Question:
    """Raises Http404 for an unknown report, PermissionDenied for one that is not theirs."""
    found = allowed_report(request.user, name)
    return read_question(
        found, user=request.user, query=request.GET.dict(), today=timezone.localdate()
    )


def allowed_report(user: User, name: str) -> Report:
    found = report_named(name)
    if found is None:
        raise Http404
    if not found.is_allowed(user):
        raise PermissionDenied
    return found
