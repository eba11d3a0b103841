"""A session's report: X while it is open, Z for ever after; on the screen as on paper."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pos.models import CashSession, User
from pos.receipts import report_title
from pos.services.cash import may_close
from pos.services.errors import Forbidden, NotFound
from pos.services.session_reports import find_report, report_slip, sees_figures

from .pdf import pdf_response
from .print_here import print_here


@never_cache
@require_safe
def session_report(request: HttpRequest, session_id: int) -> HttpResponse:
    """Figures for those who may know what is expected; of a closed session the count for the others."""
    user = request.user
    session = _session(user, session_id)
    has_figures = sees_figures(user)
    slip = report_slip(session, user=user)
    context = {
        **admin.site.each_context(request),
        "title": report_title(session),
        "session": session,
        "slip": slip,
        "width": session.register.paper_width,
        "here": print_here(request, "report", session),
        "has_figures": has_figures,
        "has_orders": user.has_perm("pos.view_order"),
        "has_session": user.has_perm("pos.view_cashsession"),
        "close_url": _close_url(user, session),
    }
    return TemplateResponse(request, "admin/session_report/report.html", context)


@never_cache
@require_safe
def pdf(request: HttpRequest, session_id: int) -> HttpResponse:
    """The same on A4. A report is no receipt: nothing is counted."""
    session = _session(request.user, session_id)
    slip = report_slip(session, user=request.user)
    return pdf_response(slip, title=report_title(session), name=f"session-{session.pk}")


def _session(user: User, session_id: int) -> CashSession:
    try:
        return find_report(user, session_id)
    except NotFound as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error


def _close_url(user: User, session: CashSession) -> str:
    if not session.is_open or not may_close(user, session):
        return ""
    return reverse("admin:pos_close_session", args=[session.pk])
