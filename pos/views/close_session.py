"""Closing the drawer: count it, compare it, and read the result again later."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from pos.models import Approval, CashMovement, CashSession, Order, Payment, User
from pos.money import ZERO, AmountError, amount_text, currency_decimals, format_money, parse_amount
from pos.payment_methods import cash_kinds
from pos.receipts import local_time
from pos.services import cash
from pos.services.approvals import approve_with_pin, approvers
from pos.services.errors import ApprovalNeeded, Invalid, PosError

from .parsing import read_text
from .shop import note_refusal

# Notes and coins in use, largest first; any other currency counts in steps of 1, 2 and 5.
DENOMINATIONS = {
    "EUR": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CAD": "100 50 20 10 5 2 1 0.25 0.10 0.05",
    "AUD": "100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "JPY": "10000 5000 2000 1000 500 100 50 10 5 1",
    "KWD": "20 10 5 1 0.500 0.250 0.100 0.050 0.020 0.010 0.005",
}
NOTE_LENGTH = 1000


class CountForm(forms.Form):
    """What lies in the drawer, and a word about it. `approval`: the yes it waits for."""

    approval: Approval | None = None

    counted_cash = forms.CharField(
        label=gettext_lazy("Counted cash"),
        help_text=gettext_lazy("All notes and coins in the drawer, the float included."),
        max_length=30,
        error_messages={
            "required": gettext_lazy("Count the drawer and enter the sum. Empty drawer: 0.")
        },
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For whoever checks the cash: why it is short or over."),
        required=False,
        max_length=NOTE_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_counted_cash(self) -> Decimal:
        try:
            decimals = currency_decimals(settings.POS_CURRENCY)
            return parse_amount(self.cleaned_data["counted_cash"], decimals=decimals)
        except AmountError as error:
            raise ValidationError(str(error), code=error.code) from error

    def clean_note(self) -> str:
        try:
            return read_text(
                self.cleaned_data["note"].replace("\r\n", "\n"),
                _("Note"),
                limit=NOTE_LENGTH,
                lines=True,
            )
        except PosError as error:
            raise ValidationError(error.message, code=error.code) from error


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """The count of an open session; the result of a closed one."""
    session = _session(request.user, session_id)
    if not session.is_open:
        if request.method == "POST":
            messages.warning(
                request, _("This cash session was closed already. Your count was not saved.")
            )
            return redirect("admin:pos_close_session", session.pk)
        return _result(request, session)
    form = CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _closes(request, session, form):
        return redirect("admin:pos_close_session", session.pk)
    return _form(request, session, form)


def _session(user: User, session_id: int) -> CashSession:
    """Of this person's stores (else 404), and theirs to close or to look at (else 403)."""
    people = ("opened_by", "closed_by")
    sessions = CashSession.objects.select_related("register__store", *people)
    stores = user.store_ids()
    if stores is not None:
        sessions = sessions.filter(register__store_id__in=stores)
    session = get_object_or_404(sessions, pk=session_id)
    if not (cash.may_close(user, session) if session.is_open else _may_look(user, session)):
        raise PermissionDenied
    return session


def _may_look(user: User, session: CashSession) -> bool:
    if user.pk in (session.opened_by_id, session.closed_by_id):
        return True
    visible = CashSession.objects.visible_to(user).filter(pk=session.pk)
    return user.has_perm("pos.view_cashsession") and visible.exists()


def _closes(request: HttpRequest, session: CashSession, form: CountForm) -> bool:
    """Close it, by the yes of somebody else where the count is too far off."""
    user, asked = request.user, _named_approval(request)
    counted, note = form.cleaned_data["counted_cash"], form.cleaned_data["note"]

    def close(approval: Approval | None) -> bool:
        approvals = [approval.pk] if approval else []
        cash.close_session(
            user=user, session=session, counted_cash=counted, note=note, approvals=approvals
        )
        return True

    try:
        try:
            return close(asked)
        except ApprovalNeeded as error:
            if asked and asked.status == Approval.Status.DENIED and _is_for(asked, error):
                form.add_error(None, _("%(person)s said no.") % {"person": asked.decided_by})
                return False
        form.approval = cash.ask_to_close(
            user=user, session=session, counted_cash=counted, reason=note
        )
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


def _approval(request: HttpRequest, session: CashSession, form: CountForm) -> dict[str, Any]:
    """What the page says about the yes that is missing. Blind counters see no figure of it."""
    row = form.approval
    if row is None:
        return {}
    people = approvers(store=session.register.store, kinds=[row.kind], besides=request.user)
    chosen = request.POST.get("approver") or (str(people[0].pk) if len(people) == 1 else "")
    return {"approval": row, "approvers": people, "approver": chosen}


def _form(request: HttpRequest, session: CashSession, form: CountForm) -> HttpResponse:
    decimals = currency_decimals(settings.POS_CURRENCY)
    context = _context(
        request, session, _("Close %(register)s") % {"register": session.register.name}
    )
    context |= {
        "form": form,
        "denominations": _counted(request, denominations(settings.POS_CURRENCY)),
        "decimals": decimals,
        "parked": Order.objects.parked().filter(store=session.register.store).count(),
        "no_sales": cash.no_sales(session),
    }
    if context["figures"]:
        context["expected"] = amount_text(context["figures"].expected, decimals)
    context |= _approval(request, session, form)
    status = 400 if form.errors else 409 if form.approval else 200
    return TemplateResponse(request, "admin/close_session/form.html", context, status=status)


def _result(request: HttpRequest, session: CashSession) -> HttpResponse:
    context = _context(
        request, session, _("%(register)s is closed") % {"register": session.register.name}
    )
    context |= {"counted": _money(session.counted_cash), "no_sales": cash.no_sales(session)}
    if context["figures"]:
        context |= _verdict(session.difference)
    return TemplateResponse(request, "admin/close_session/result.html", context)


def _verdict(difference: Decimal) -> dict[str, str]:
    if not difference:
        return {"verdict": "exact", "verdict_text": _("The drawer is exactly right.")}
    amount = _money(abs(difference))
    if difference < 0:
        return {
            "verdict": "short",
            "verdict_text": _("%(amount)s is missing.") % {"amount": amount},
        }
    return {"verdict": "over", "verdict_text": _("%(amount)s too much.") % {"amount": amount}}


def _context(request: HttpRequest, session: CashSession, title: str) -> dict[str, Any]:
    store = session.register.store
    sees_figures = request.user.has_perm("pos.view_expected_cash")
    return {
        **admin.site.each_context(request),
        "title": title,
        "session": session,
        "currency": settings.POS_CURRENCY,
        "opened": local_time(session.opened_at, store),
        "closed": local_time(session.closed_at, store) if session.closed_at else "",
        "sales": session.orders.completed().count(),
        "figures": _figures(session) if sees_figures else None,
        "has_register": request.user.has_perm("pos.sell_order"),
    }


@dataclass(frozen=True)
class Figures:
    """What came in by method, and how the expected cash comes about."""

    methods: list[tuple[str, int, str]]
    drawer: list[tuple[str, str]]
    expected: Decimal
    expected_text: str


def _figures(session: CashSession) -> Figures:
    by_method = (
        session.payments.order_by("method__position", "method__name")
        .values_list("method__name")
        .annotate(count=Count("id"), total=Sum("amount"))
    )
    expected = cash.expected_cash(session) if session.is_open else session.expected_cash
    return Figures(
        methods=[(name, count, _money(total)) for name, count, total in by_method],
        drawer=[(label, _money(amount)) for label, amount in _drawer(session)],
        expected=expected,
        expected_text=_money(expected),
    )


def _drawer(session: CashSession) -> list[tuple[str, Decimal]]:
    applied = Payment.objects.filter(session=session, method__kind__in=cash_kinds()).aggregate(
        taken=Sum("amount", filter=Q(amount__gt=0)), returned=Sum("amount", filter=Q(amount__lt=0))
    )
    kinds = CashMovement.Kind
    moved = dict(session.movements.order_by().values_list("kind").annotate(Sum("amount")))
    rows = [
        (_("Opening float"), session.opening_float, True),
        (_("Cash sales"), applied["taken"] or ZERO, True),
        (_("Cash paid back"), applied["returned"] or ZERO, False),
        (_("Paid in"), moved.get(kinds.PAY_IN, ZERO), False),
        (_("Paid out"), -moved.get(kinds.PAY_OUT, ZERO), False),
        (_("Dropped to the safe"), -moved.get(kinds.DROP, ZERO), False),
    ]
    return [(label, amount) for label, amount, is_always_shown in rows if amount or is_always_shown]


def denominations(currency: str) -> list[str]:
    """Notes and coins of a currency as plain amounts, largest first."""
    decimals = currency_decimals(currency)
    listed = DENOMINATIONS.get(currency)
    if listed:
        return [_plain(Decimal(each)) for each in listed.split()]
    steps = [
        Decimal(step).scaleb(power) for power in range(2, -decimals - 1, -1) for step in (5, 2, 1)
    ]
    return [_plain(step) for step in steps]


def _counted(request: HttpRequest, values: list[str]) -> list[tuple[str, str]]:
    """Each note or coin with how many were typed: a refused form keeps them. The sum alone counts."""
    return [(value, request.POST.get(f"count_{value}", "")[:6]) for value in values]


def _plain(amount: Decimal) -> str:
    """50 for a note, 0.50 for a coin."""
    is_whole = amount == amount.to_integral_value()
    return amount_text(amount, 0 if is_whole else currency_decimals(settings.POS_CURRENCY))


def _money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)
