"""Closing the drawer: count it, look at the count or count again, close, and read the result later."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pos.figures import Difference
from pos.models import Approval, CashCount, CashSession, Order, PaymentMethod, User
from pos.money import currency_decimals, format_money
from pos.receipts import local_time
from pos.services import cash
from pos.services.approvals import approve_with_pin, approvers
from pos.services.counts import countable_methods, has_moved_since, last_count
from pos.services.errors import ApprovalNeeded, Invalid, PosError
from pos.services.session_reports import found_differences, may_look, sees_figures

from .count_forms import CloseForm, CountForm
from .parsing import read_text
from .shop import note_refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """The count of an open session, then what to do with it; the result of a closed one."""
    session = find_session(request.user, session_id)
    is_post = request.method == "POST"
    if not session.is_open:
        if is_post:
            messages.warning(
                request, _("This cash session was closed already. Your count was not saved.")
            )
            return _back(session)
        return _result(request, session)
    if is_post and request.POST.get("step") == "close":
        return _close(request, session)
    if is_post:
        return _count(request, session)
    count = last_count(session)
    if count and "recount" not in request.GET:
        if not has_moved_since(session, count):
            return _review(request, session, count, CloseForm())
        messages.warning(request, _("Money came or went after this count. Count again."))
    return _count_page(request, session, CountForm(None, methods=countable_methods(session)))


def _back(session: CashSession) -> HttpResponse:
    return redirect("admin:pos_close_session", session.pk)


def find_session(user: User, session_id: int) -> CashSession:
    """Of this person's stores (else 404), and theirs to close or to look at (else 403)."""
    people = ("opened_by", "closed_by")
    sessions = CashSession.objects.select_related("register__store", *people)
    stores = user.store_ids()
    if stores is not None:
        sessions = sessions.filter(register__store_id__in=stores)
    session = get_object_or_404(sessions, pk=session_id)
    if not (cash.may_close(user, session) if session.is_open else may_look(user, session)):
        raise PermissionDenied
    return session


# --- Counting ---------------------------------------------------------------------------------


def _count(request: HttpRequest, session: CashSession) -> HttpResponse:
    form = CountForm(request.POST, methods=countable_methods(session))
    if form.is_valid():
        try:
            cash.count_session(
                user=request.user,
                session=session,
                cash_amount=form.cleaned_data["counted_cash"],
                denominations=form.cleaned_data["denominations"],
                amounts=form.cleaned_data["amounts"],
            )
        except PosError as error:
            note_refusal(request, error)
            form.add_error(None, error.message)
        else:
            return _back(session)
    return _count_page(request, session, form)


def _count_page(request: HttpRequest, session: CashSession, form: CountForm) -> HttpResponse:
    title = _("Count %(register)s") % {"register": session.register.name}
    rows = form.piece_rows
    context = _context(request, session, title) | {
        "form": form,
        "notes": [row for row in rows if row.is_note],
        "coins": [row for row in rows if not row.is_note],
        "decimals": currency_decimals(settings.POS_CURRENCY),
        "parked": Order.objects.parked().filter(store=session.register.store).count(),
    }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/close_session/count.html", context, status=status)


# --- Closing ----------------------------------------------------------------------------------


def _close(request: HttpRequest, session: CashSession) -> HttpResponse:
    count, form = last_count(session), CloseForm(request.POST)
    if count is None or has_moved_since(session, count):
        messages.warning(request, _("Money came or went after this count. Count again."))
        return _back(session)
    if form.is_valid() and form.cleaned_data["count"] != count.position:
        messages.warning(request, _("Somebody has counted again meanwhile. Look at it first."))
        return _back(session)
    if form.is_valid() and _closes(request, session, form):
        return _back(session)
    return _review(request, session, count, form)


def _closes(request: HttpRequest, session: CashSession, form: CloseForm) -> bool:
    """Close it, by the yes of somebody else where the count is too far off."""
    user, asked = request.user, _named_approval(request)
    note = form.cleaned_data["note"]

    def close(approval: Approval | None) -> bool:
        approvals = [approval.pk] if approval else []
        cash.close_session(user=user, session=session, note=note, approvals=approvals)
        return True

    try:
        try:
            return close(asked)
        except ApprovalNeeded as error:
            if asked and asked.status == Approval.Status.DENIED and _is_for(asked, error):
                form.add_error(None, _("%(person)s said no.") % {"person": asked.decided_by})
                return False
        form.approval = cash.ask_to_close(user=user, session=session, reason=note)
        if form.approval and form.approval.status == Approval.Status.PENDING:
            if not _is_typed(request, asked, form.approval):
                return False
            form.approval = _approved_here(request, form.approval)
        return close(form.approval)
    except PosError as error:
        note_refusal(request, error)
        form.add_error(None, error.message)
        return False


def _named_approval(request: HttpRequest) -> Approval | None:
    """What the page asked for before: one's own request."""
    number = request.POST.get("approval", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    mine = Approval.objects.filter(requested_by=request.user).select_related("decided_by")
    return mine.filter(pk=int(number), kind=Approval.Kind.CASH_DIFFERENCE).first()


def _is_for(asked: Approval, error: ApprovalNeeded) -> bool:
    return asked.fingerprint in [need["fingerprint"] for need in error.data["needs"]]


def _is_typed(request: HttpRequest, asked: Approval | None, needed: Approval) -> bool:
    """Whether a PIN was typed, and for this very count: another one needs another look."""
    return bool(request.POST.get("pin")) and asked is not None and asked.pk == needed.pk


def _approved_here(request: HttpRequest, approval: Approval) -> Approval:
    number = request.POST.get("approver", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    person = User.objects.filter(pk=int(number)).first() if is_number else None
    if person is None:
        raise Invalid("no_person", _("Choose who approves it."))
    pin = read_text(request.POST["pin"], _("PIN"), limit=20)
    return approve_with_pin(user=request.user, approval=approval, approver=person, pin=pin)


def _approval(request: HttpRequest, session: CashSession, form: CloseForm) -> dict[str, Any]:
    """What the page says about the yes that is missing. Blind counters see no figure of it."""
    row = form.approval
    if row is None:
        return {}
    people = approvers(store=session.register.store, kinds=[row.kind], besides=request.user)
    chosen = request.POST.get("approver") or (str(people[0].pk) if len(people) == 1 else "")
    return {"approval": row, "approvers": people, "approver": chosen}


def _review(
    request: HttpRequest, session: CashSession, count: CashCount, form: CloseForm
) -> HttpResponse:
    """The count as it was kept: close with it, or count again."""
    title = _("Close %(register)s") % {"register": session.register.name}
    context = _context(request, session, title) | {
        "form": form,
        "count": count,
        **_counted(request.user, session, count),
        **_approval(request, session, form),
    }
    status = 400 if form.errors else 409 if form.approval else 200
    return TemplateResponse(request, "admin/close_session/review.html", context, status=status)


# --- What is shown ----------------------------------------------------------------------------


def _result(request: HttpRequest, session: CashSession) -> HttpResponse:
    title = _("%(register)s is closed") % {"register": session.register.name}
    count = last_count(session)
    context = _context(request, session, title) | _counted(request.user, session, count)
    return TemplateResponse(request, "admin/close_session/result.html", context)


def _counted(user: User, session: CashSession, count: CashCount | None) -> dict[str, Any]:
    """The count in words; beside it what was expected, for those who may know."""
    names = dict(PaymentMethod.objects.values_list("code", "name"))
    amount = count.cash_amount if count else session.counted_cash
    counted = [(_("Cash"), _money(amount))] if amount is not None else []
    for code, text in (count.amounts if count else {}).items():
        counted.append((names.get(code, code), _money(Decimal(text))))
    context: dict[str, Any] = {"counted": counted, "counts": _counts(session)}
    if sees_figures(user):
        found = found_differences(session, count)
        context["differences"] = [
            (each.name, _money(each.expected), _money(each.counted), _difference(each))
            for each in found
        ]
        context["verdicts"] = [_verdict(each) for each in found]
    return context


def _counts(session: CashSession) -> list[tuple[int, str, str, CashCount]]:
    store = session.register.store
    return [
        (each.position, _money(each.cash_amount), local_time(each.counted_at, store), each)
        for each in session.counts.select_related("counted_by")
    ]


def _difference(each: Difference) -> str:
    return f"{'+' if each.amount > 0 else ''}{_money(each.amount)}"


def _verdict(each: Difference) -> tuple[str, str]:
    """(kind, words)"""
    words = {"amount": _money(abs(each.amount)), "tender": each.name}
    if not each.amount:
        text = _("The drawer is exactly right.")
        return "exact", text if not each.code else _("%(tender)s is exactly right.") % words
    if each.amount < 0:
        text = (
            _("%(amount)s of %(tender)s is missing.") if each.code else _("%(amount)s is missing.")
        )
        return "short", text % words
    text = _("%(amount)s of %(tender)s too much.") if each.code else _("%(amount)s too much.")
    return "over", text % words


def _context(request: HttpRequest, session: CashSession, title: str) -> dict[str, Any]:
    store = session.register.store
    user = request.user
    may_report = sees_figures(user) if session.is_open else may_look(user, session)
    return {
        **admin.site.each_context(request),
        "title": title,
        "session": session,
        "currency": settings.POS_CURRENCY,
        "opened": local_time(session.opened_at, store),
        "closed": local_time(session.closed_at, store) if session.closed_at else "",
        "sales": session.orders.completed().count(),
        "no_sales": cash.no_sales(session),
        "sees_figures": sees_figures(user),
        "has_register": user.has_perm("pos.sell_order"),
        "report_url": reverse("admin:pos_session_report", args=[session.pk]) if may_report else "",
    }


def _money(amount: Any) -> str:
    return format_money(amount, settings.POS_CURRENCY)
