"""A session's report: X while it is open, Z for ever after; on the screen as on paper."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pos.models import CashSession, User
from pos.receipts import build_session_slip, report_title
from pos.services.cash import may_close
from pos.services.counts import last_count
from pos.services.session_figures import frozen_figures, session_figures

from .close_session import found_differences, may_look, sees_figures


@never_cache
@require_safe
def session_report(request: HttpRequest, session_id: int) -> HttpResponse:
    """Figures for those who may know what is expected; of a closed session the count for the others."""
    user = request.user
    session = _session(user, session_id)
    has_figures = sees_figures(user)
    figures = (frozen_figures(session) or session_figures(session)) if has_figures else None
    count = None if session.is_open else last_count(session)
    slip = build_session_slip(
        session,
        figures=figures,
        count=count,
        differences=found_differences(session, count) if has_figures and count else (),
    )
    context = {
        **admin.site.each_context(request),
        "title": report_title(session),
        "session": session,
        "slip": slip,
        "width": session.register.paper_width,
        "has_figures": has_figures,
        "has_orders": user.has_perm("pos.view_order"),
        "has_session": user.has_perm("pos.view_cashsession"),
        "close_url": _close_url(user, session),
    }
    return TemplateResponse(request, "admin/session_report/report.html", context)


def _session(user: User, session_id: int) -> CashSession:
    """Of this person's stores (else 404); open ones only for those who see figures (else 403)."""
    sessions = CashSession.objects.select_related("register__store", "opened_by", "closed_by")
    stores = user.store_ids()
    if stores is not None:
        sessions = sessions.filter(register__store_id__in=stores)
    session = get_object_or_404(sessions, pk=session_id)
    if session.is_open and not sees_figures(user):
        raise PermissionDenied
    if not may_look(user, session):
        raise PermissionDenied
    return session


def _close_url(user: User, session: CashSession) -> str:
    if not session.is_open or not may_close(user, session):
        return ""
    return reverse("admin:pos_close_session", args=[session.pk])
