"""A customer's statement: on the screen, as PDF, as a spreadsheet."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pos.models import AuditEntry, Customer, Order, Store, User
from pos.reports.customer_accounts import AGE_NAMES, AGES, Line, Statement, statement_of
from pos.reports.sheets import XLSX_TYPE
from pos.reports.statement_papers import draw_statement, write_statement
from pos.services.audit import record

from .audit import money, period, presets

SUMS = ("due", "opening", "closing", "debit", "credit")
RIGHTS = ("pos.view_customer", "pos.view_order")


@never_cache
@require_safe
def statement(request: HttpRequest, customer_id: int) -> HttpResponse:
    """`?from=&to=`: business days, both included."""
    found = _statement(request, customer_id)
    customer = found.customer
    limit = customer.credit_limit
    context = {
        **admin.site.each_context(request),
        "title": _("Statement of %(customer)s") % {"customer": customer},
        "statement": found,
        "customer": customer,
        "rows": [_row(line, request.user) for line in found.lines],
        "ages": [
            (AGE_NAMES[age], found.ages[age], _aged(customer, age), money(found.ages[age]))
            for age in AGES
        ],
        "sums": {name: money(getattr(found, name)) for name in SUMS},
        "credit_limit": None if limit is None else money(limit),
        "presets": presets(),
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "admin/accounts/statement.html", context)


@never_cache
@require_POST
def statement_pdf(request: HttpRequest, customer_id: int) -> HttpResponse:
    found = _statement(request, customer_id)
    pdf = draw_statement(found, store=_letterhead(request.user, found.customer))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_name(found)}.pdf"'
    _record(request, found, "PDF")
    return response


@never_cache
@require_POST
def statement_xlsx(request: HttpRequest, customer_id: int) -> HttpResponse:
    found = _statement(request, customer_id)
    response = FileResponse(
        write_statement(found),
        as_attachment=True,
        filename=f"{_name(found)}.xlsx",
        content_type=XLSX_TYPE,
    )
    _record(request, found, "XLSX")
    return response


def _statement(request: HttpRequest, customer_id: int) -> Statement:
    if not request.user.has_perms(RIGHTS):
        raise PermissionDenied
    customer = get_object_or_404(Customer, pk=customer_id)
    first, last = period(request)
    return statement_of(
        user=request.user,
        customer=customer,
        first=first,
        last=last,
        today=timezone.localdate(),
    )


def _letterhead(user: User, customer: Customer) -> Store | None:
    """The store where the customer bought last, of those that this person sees."""
    orders = Order.objects.visible_to(user).completed().filter(customer=customer)
    last = orders.select_related("store").order_by("-created_at").first()
    return last.store if last else Store.objects.visible_to(user).first()


def _row(line: Line, user: User) -> tuple[Line, str, str, str, str]:
    """A line with its document's address and its figures as text; nothing for zero."""
    debit, credit = (money(figure) if figure else "" for figure in (line.debit, line.credit))
    return line, _address(line, user), debit, credit, money(line.balance)


def _address(line: Line, user: User) -> str:
    meta = line.document._meta
    if not user.has_perm(f"pos.view_{meta.model_name}"):
        return ""
    if not admin.site.is_registered(type(line.document)):
        return ""
    return reverse(f"admin:pos_{meta.model_name}_change", args=[line.document.pk])


def _aged(customer: Customer, age: str) -> str:
    url = reverse("admin:pos_order_changelist")
    return f"{url}?customer__id__exact={customer.pk}&due={age}"


def _name(found: Statement) -> str:
    """Of the file: nothing that a header or a file system could take for something else."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", str(found.customer)).strip("-")
    return f"statement-{name or found.customer.pk}-{found.last.isoformat()}"


def _record(request: HttpRequest, found: Statement, kind: str) -> None:
    days: tuple[date, date] = (found.first, found.last)
    changes: list[list[Any]] = [[_("statement"), "", f"{days[0]} – {days[1]} ({kind})"]]
    record(AuditEntry.Kind.EXPORT, user=request.user, obj=found.customer, changes=changes)
