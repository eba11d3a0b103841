"""Reports under a name: save, open, rename, have them mailed, delete. Everybody's own."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pos.models import SavedReport
from pos.services import saved_reports as service
from pos.services.errors import NotFound, PosError

from .reports import allowed_report, asked_of
from .shop import note_refusal


@never_cache
@require_POST
def save(request: HttpRequest, name: str) -> HttpResponse:
    """`name`, of the report as the address asks for it."""
    question = asked_of(request, name)
    page = page_of(name, question.query())
    return done(
        request,
        lambda: service.save_report(
            user=request.user,
            report=name,
            name=request.POST.get("name", ""),
            query=question.query(),
        ),
        _("Saved. You find it above all reports, and here."),
        page,
    )


@never_cache
@require_safe
def saved(request: HttpRequest, pk: int) -> HttpResponse:
    """The report it is of, as it was saved."""
    found = mine(request, pk)
    allowed_report(request.user, found.report)
    return HttpResponseRedirect(page_of(found.report, found.query))


@never_cache
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """`name`, or `every` with `address`: what the form asked for."""
    found = mine(request, pk)
    allowed_report(request.user, found.report)
    page = page_of(found.report, found.query)
    if "every" in request.POST:
        return done(
            request,
            lambda: service.mail_saved(
                user=request.user,
                pk=pk,
                every=request.POST.get("every", ""),
                address=request.POST.get("address", ""),
            ),
            _("Saved how this report is sent."),
            page,
        )
    return done(
        request,
        lambda: service.rename_saved(user=request.user, pk=pk, name=request.POST.get("name", "")),
        _("Renamed."),
        page,
    )


@never_cache
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    mine(request, pk)
    return done(
        request,
        lambda: service.delete_saved(user=request.user, pk=pk),
        _("Deleted. The report itself is still there."),
        reverse("admin:pos_reports"),
    )


def mine(request: HttpRequest, pk: int) -> SavedReport:
    try:
        return service.find_saved(user=request.user, pk=pk)
    except NotFound as error:
        raise Http404 from error


def page_of(name: str, query: str) -> str:
    url = reverse("admin:pos_report", args=[name])
    return f"{url}?{query}" if query else url


def done(
    request: HttpRequest, act: Callable[[], object], told: str, page: str
) -> HttpResponseRedirect:
    try:
        act()
    except PosError as error:
        note_refusal(request, error)
        messages.error(request, error.message)
    else:
        messages.success(request, told)
    return HttpResponseRedirect(page)
