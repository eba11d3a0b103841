"""The receipt of a payment on account, on the screen and on paper."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pos.models import AccountPayment, Register
from pos.receipts import build_account_receipt
from pos.services.account_receipts import (
    account_receipts,
    may_see_account_receipts,
    record_account_print,
)

from .json import json_view
from .pdf import pdf_response
from .print_here import print_here
from .receipts import PRINTABLE, bars_svg, qr_svg


@never_cache
@require_safe
def account_receipt(request: HttpRequest, payment_id: int) -> HttpResponse:
    """`?width=58|80` other paper, `?print=1` prints at once."""
    received = _received(request, payment_id)
    slip = build_account_receipt(received, print_number=received.print_count + 1)
    widths = {str(width): width for width in Register.PaperWidth}
    usual = widths.get(str(received.register.paper_width), Register.PaperWidth.MM80)
    width = widths.get(request.GET.get("width", ""), usual)
    context = {
        **admin.site.each_context(request),
        "title": _("Receipt %(number)s") % {"number": received.number},
        "received": received,
        "slip": slip,
        "width": width,
        "widths": Register.PaperWidth.choices,
        "bars": bars_svg(slip.number, PRINTABLE[width]),
        "qr": qr_svg(slip.number),
        "here": print_here(request, "account_payment", received),
        "prints_at_once": request.GET.get("print") == "1",
        "has_register": request.user.has_perm("pos.sell_order"),
        "has_document": request.user.has_perm("pos.view_accountpayment"),
    }
    return TemplateResponse(request, "admin/receipts/account.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pdf(request: HttpRequest, payment_id: int) -> HttpResponse:
    """On A4. Taken with POST it is counted as a print; only looked at, it says “copy”."""
    received = _received(request, payment_id)
    if request.method == "POST":
        number = record_account_print(user=request.user, payment_id=payment_id)
        document = build_account_receipt(received, print_number=number)
    else:
        document = build_account_receipt(received, marker=_("COPY"))
    return pdf_response(document, title=_("Receipt"), name=received.number)


def _received(request: HttpRequest, payment_id: int) -> AccountPayment:
    """One whose receipt this person may hand out. Raises PermissionDenied and Http404."""
    if not may_see_account_receipts(request.user):
        raise PermissionDenied
    rows = account_receipts(request.user).select_related(
        "store", "register", "received_by", "customer", "balance__customer"
    )
    found: AccountPayment = get_object_or_404(rows, pk=payment_id)
    return found


@json_view("POST")
def printed(request: HttpRequest, payment_id: int) -> JsonResponse:
    """Count a print: {"print": n}, 1 for the original."""
    number = record_account_print(user=request.user, payment_id=payment_id)
    return JsonResponse({"print": number})
