"""What waits for a yes or no in one's stores: answered here, on any device."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pos.models import Approval, User
from pos.money import format_money
from pos.receipts import local_time
from pos.services.approvals import decide, may_decide
from pos.services.errors import PosError

from .parsing import read_text
from .shop import note_refusal

MOST = 100
RECENT = 20
COUNT_SECONDS = 5
RIGHTS = sorted({*Approval.RIGHTS.values(), "view_approval"})
STATES = {"pending": "warning", "approved": "info", "denied": "danger", "used": "success"}


def may_look(user: User) -> bool:
    return any(user.has_perm(f"pos.{right}") for right in RIGHTS)


@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The page, or with ?part=1 what is in it now."""
    if not may_look(request.user):
        raise PermissionDenied
    rows = Approval.objects.visible_to(request.user).select_related(
        "store", "register", "requested_by", "decided_by", "order"
    )
    open_ones = list(rows.waiting().order_by("requested_at", "id")[:MOST])
    cards = [_card(row, request.user) for row in open_ones]
    content = {
        "mine": [card for card in cards if card["is_mine"]],
        "others": [card for card in cards if not card["is_mine"]],
        "recent": _recent(rows, {row.pk for row in open_ones}),
        "has_history": request.user.has_perm("pos.view_approval"),
    }
    if request.GET.get("part"):
        return TemplateResponse(request, "admin/approvals/list.html", content)
    context = {**admin.site.each_context(request), "title": _("Approvals"), **content}
    return TemplateResponse(request, "admin/approvals/approvals.html", context)


def _card(row: Approval, user: User) -> dict[str, Any]:
    return {
        "row": row,
        "is_mine": may_decide(user, row),
        "amount": format_money(row.amount, settings.POS_CURRENCY) if row.amount else "",
        "asked": local_time(row.requested_at, row.store),
    }


def _recent(rows: Any, shown: set[int]) -> list[dict[str, Any]]:
    newest = rows.exclude(pk__in=shown).order_by("-requested_at", "-id")[:RECENT]
    return [
        {
            "row": row,
            "state": _state(row),
            "kind": _kind(row),
            "asked": local_time(row.requested_at, row.store),
        }
        for row in newest
    ]


def _state(row: Approval) -> str:
    if row.is_expired and row.status != Approval.Status.DENIED:
        return _("Expired")
    return row.get_status_display()


def _kind(row: Approval) -> str:
    is_over = row.is_expired and row.status != Approval.Status.DENIED
    return "" if is_over else STATES[row.status]


@never_cache
@require_POST
def answer(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Yes or no, by a form."""
    visible = Approval.objects.visible_to(request.user)
    row = visible.select_related("requested_by").filter(pk=approval_id).first()
    if row is None:
        raise Http404
    is_yes = request.POST.get("answer") == "yes"
    if not is_yes and request.POST.get("answer") != "no":
        raise Http404
    try:
        reason = read_text(request.POST.get("reason", ""), _("Reason"))
        decide(user=request.user, approval=row, approve=is_yes, reason=reason)
    except PosError as error:
        note_refusal(request, error)
        messages.error(request, error.message)
    else:
        text = _("Approved: %(what)s") if is_yes else _("Denied: %(what)s")
        tell = messages.success if is_yes else messages.info
        tell(request, text % {"what": row.summary})
    cache.delete(_count_key(request.user))
    return redirect("admin:pos_approvals")


def waiting_count(user: User) -> int:
    """How many this person could answer now, for the sidebar; at most some seconds old."""
    if not any(user.has_perm(f"pos.{right}") for right in Approval.RIGHTS.values()):
        return 0
    key = _count_key(user)
    count: int | None = cache.get(key)
    if count is None:
        kinds = [kind for kind, right in Approval.RIGHTS.items() if user.has_perm(f"pos.{right}")]
        rows = Approval.objects.visible_to(user).waiting().filter(kind__in=kinds)
        ids = user.store_ids("work_in_store", "manage_store")
        if ids is not None:
            rows = rows.filter(store_id__in=ids)
        count = rows.exclude(requested_by=user).count()
        cache.set(key, count, COUNT_SECONDS)
    return count


def _count_key(user: User) -> str:
    return f"pos.approvals.{user.pk}"
