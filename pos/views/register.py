"""The register's page, and what it asks for first: where may I sell, with what, who am I."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pos.models import Balance, CashSession, Category, PaymentMethod, Register, User
from pos.money import ZERO, amount_text, currency_decimals
from pos.payment_methods import behaviour, is_offered
from pos.services.cash import may_close, may_sell_in, open_elsewhere, open_session
from pos.services.errors import NotFound
from pos.services.mailing import can_mail
from pos.services.printing import has_printer

from .json import json_view, read_json
from .parsing import read_amount, read_id

# The notes people hand over, by currency; any other currency has the euro's steps.
NOTES = {
    "USD": (1, 5, 10, 20, 50, 100),
    "GBP": (5, 10, 20, 50),
    "CHF": (10, 20, 50, 100, 200),
    "JPY": (1000, 5000, 10000),
    "KWD": (1, 5, 10, 20),
}
EURO_NOTES = (5, 10, 20, 50, 100, 200)
RIGHTS = {
    "discount": "give_discount",
    "on_account": "sell_on_account",
    "take_over": "take_over_order",
    "void": "void_order",
    "add_customer": "add_customer",
    "open_session": "open_cashsession",
    "close_session": "close_cashsession",
    "change_price": "change_price",
    "open_drawer": "open_drawer",
    "send_receipt": "send_receipt",
    "move_cash": "move_cash",
    "refund_loose": "refund_without_receipt",
    "receive_payment": "receive_payment",
    "load_balance": "load_balance",
}


@require_safe
def register_page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("pos.sell_order"):
        raise PermissionDenied
    names = "bootstrap session products scan price checkout parked customers people switch lock unlock approvals no_sale cash removed print mail returns dues gift_card display display_address".split()
    context = {
        **admin.site.each_context(request),
        "title": _("Register"),
        "register_urls": {name: reverse(f"admin:pos_register_{name}") for name in names},
        "is_demo": settings.POS_DEMO,
    }
    return TemplateResponse(request, "admin/register/register.html", context)


def usable_registers(user: User) -> Any:
    """Active registers of the stores this person works in."""
    registers = Register.objects.filter(is_active=True, store__is_active=True).select_related(
        "store"
    )
    ids = user.store_ids("work_in_store", "manage_store")
    return registers if ids is None else registers.filter(store_id__in=ids)


def get_register(user: User, register_id: int) -> Register:
    """One of them. Raises NotFound: whether another exists is nobody's business."""
    register = usable_registers(user).filter(pk=register_id).first()
    if register is None:
        raise NotFound("no_register", _("There is no such register, or you do not work there."))
    return register


def register_from_query(request: HttpRequest) -> Register | None:
    """?register= of a request that only looks; without one the first that this person may use."""
    asked = request.GET.get("register", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return get_register(request.user, int(asked))
    own = CashSession.objects.open().filter(opened_by=request.user).values("register_id")
    usable = usable_registers(request.user)
    return usable.filter(pk__in=own).first() or usable.first()


@json_view("GET")
def bootstrap(request: HttpRequest) -> HttpResponse:
    user = request.user
    decimals = currency_decimals(settings.POS_CURRENCY)
    top = Category.objects.filter(parent=None).order_by("position", "name")
    return JsonResponse(
        {
            "currency": settings.POS_CURRENCY,
            "decimals": decimals,
            "locale": get_language(),
            "user": {
                "id": user.pk,
                "name": str(user),
                "initials": user.initials,
                "rights": {name: user.has_perm(f"pos.{right}") for name, right in RIGHTS.items()},
                "open_register": _open_register(user),
            },
            "registers": _registers(user, decimals) if user.has_perm("pos.sell_order") else [],
            "payment_methods": [
                _method(method, decimals)
                for method in PaymentMethod.objects.filter(is_active=True)
                if is_offered(method.kind)
            ],
            "categories": [{"id": c.pk, "name": c.name, "colour": c.colour} for c in top],
            "can_mail": can_mail(),
            "notes": [
                f"{note:.{decimals}f}" for note in NOTES.get(settings.POS_CURRENCY, EURO_NOTES)
            ],
        }
    )


def _open_register(user: User) -> dict[str, Any] | None:
    """The one this person has open: they open no second one."""
    session = open_elsewhere(user=user)
    if session is None:
        return None
    close = reverse("admin:pos_close_session", args=[session.pk])
    return {
        "id": session.register_id,
        "name": session.register.name,
        "store": session.register.store.name,
        "close_url": close if may_close(user, session) else None,
    }


def _registers(user: User, decimals: int) -> list[dict[str, Any]]:
    counted = CashSession.objects.filter(register=OuterRef("pk")).exclude(closed_at=None)
    open_sessions = CashSession.objects.open().select_related("opened_by", "register__store")
    registers = usable_registers(user).annotate(
        last_count=Subquery(counted.order_by("-closed_at").values("counted_cash")[:1])
    )
    return [
        _register(user, register, decimals)
        for register in registers.prefetch_related(
            Prefetch("sessions", queryset=open_sessions, to_attr="open_sessions")
        )
    ]


def _register(user: User, register: Any, decimals: int) -> dict[str, Any]:
    session = register.open_sessions[0] if register.open_sessions else None
    may = session and may_close(user, session)
    return {
        "id": register.pk,
        "name": register.name,
        "code": register.code,
        "store": register.store.name,
        "store_id": register.store_id,
        "prices_include_tax": register.store.prices_include_tax,
        "session": session.pk if session else None,
        "session_by": str(session.opened_by) if session else None,
        "session_since": session.opened_at.isoformat() if session else None,
        "is_usable": session is None or may_sell_in(user, session),
        "today": register.store.business_day().isoformat(),
        "display_url": reverse("pos_display", args=[register.display_token])
        if register.display_token
        else None,
        "idle_minutes": register.store.register_idle_minutes,
        "suggested_float": amount_text(register.last_count or ZERO, decimals),
        "has_printer": has_printer(register),
        "close_url": reverse("admin:pos_close_session", args=[session.pk]) if may else None,
        "report_url": _report_url(user, session),
    }


def _report_url(user: User, session: CashSession | None) -> str | None:
    """The X report, for those who may know what is expected."""
    if session is None or not user.has_perm("pos.view_expected_cash"):
        return None
    return reverse("admin:pos_session_report", args=[session.pk])


def _method(method: PaymentMethod, decimals: int) -> dict[str, Any]:
    rules = behaviour(method.kind)
    return {
        "code": method.code,
        "name": method.name,
        "kind": method.kind,
        "needs_reference": method.needs_reference or rules.balance == Balance.Kind.GIFT_CARD,
        "allows_change": rules.allows_change,
        "needs_customer": rules.needs_customer,
        "cash_rounding": amount_text(method.cash_rounding, decimals),
    }


@json_view("POST")
def session(request: HttpRequest) -> HttpResponse:
    """Open a register's cash session with a counted float."""
    body = read_json(request)
    register = get_register(request.user, read_id(body.get("register"), "register"))
    opening_float = read_amount(body.get("opening_float"))
    opened = open_session(user=request.user, register=register, opening_float=opening_float)
    return JsonResponse({"id": opened.pk, "since": opened.opened_at.isoformat()}, status=201)
