"""The receipt of a refund on the screen and on paper, and the count of its prints."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pos.models import Refund, Register
from pos.receipts import build_refund_receipt
from pos.services.refund_receipts import may_see_refunds, record_refund_print

from .json import json_view
from .pdf import pdf_response
from .print_here import print_here
from .receipts import PRINTABLE, bars_svg, qr_svg


@never_cache
@require_safe
def refund_receipt(request: HttpRequest, refund_id: int) -> HttpResponse:
    """`?width=58|80` other paper, `?print=1` prints at once."""
    refund = _refund(request, refund_id)
    known = {str(each): each for each in Register.PaperWidth}
    own = known.get(str(refund.register.paper_width), Register.PaperWidth.MM80)
    width = known.get(request.GET.get("width", ""), own)
    # The screen shows what the next print will be.
    slip = build_refund_receipt(refund, print_number=refund.print_count + 1)
    context = {
        **admin.site.each_context(request),
        "title": _("Refund %(number)s") % {"number": refund.number},
        "refund": refund,
        "slip": slip,
        "width": width,
        "widths": Register.PaperWidth.choices,
        "bars": bars_svg(slip.number, PRINTABLE[width]),
        "qr": qr_svg(slip.number),
        "here": print_here(request, "refund", refund),
        "prints_at_once": request.GET.get("print") == "1",
        "has_register": request.user.has_perm("pos.sell_order"),
        "has_refund": request.user.has_perm("pos.view_refund"),
    }
    return TemplateResponse(request, "admin/receipts/refund.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pdf(request: HttpRequest, refund_id: int) -> HttpResponse:
    """On A4. Taken with POST it is counted as a print; only looked at, it says “copy”."""
    refund = _refund(request, refund_id)
    if request.method == "POST":
        number = record_refund_print(user=request.user, refund_id=refund_id)
        document = build_refund_receipt(refund, print_number=number)
    else:
        document = build_refund_receipt(refund, marker=_("COPY"))
    return pdf_response(document, title=_("Credit note"), name=refund.number)


def _refund(request: HttpRequest, refund_id: int) -> Refund:
    """One whose receipt this person may hand out. Raises PermissionDenied and Http404."""
    if not may_see_refunds(request.user):
        raise PermissionDenied
    related = ("store", "register", "seller", "customer", "order", "exchange_order")
    refunds = Refund.objects.visible_to(request.user).select_related(*related)
    found: Refund = get_object_or_404(refunds, pk=refund_id)
    return found


@json_view("POST")
def refund_printed(request: HttpRequest, refund_id: int) -> JsonResponse:
    """Count a print: {"print": n}, 1 for the original."""
    return JsonResponse({"print": record_refund_print(user=request.user, refund_id=refund_id)})
