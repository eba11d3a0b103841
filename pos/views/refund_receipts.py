"""The receipt of a refund on the screen and on paper, and the count of its prints."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pos.models import Refund, Register
from pos.receipts import build_refund_receipt
from pos.services.refund_receipts import may_see_refunds, record_refund_print

from .json import json_view
from .receipts import PRINTABLE, bars_svg, qr_svg


@never_cache
@require_safe
def refund_receipt(request: HttpRequest, refund_id: int) -> HttpResponse:
    """`?width=58|80` other paper, `?print=1` prints at once."""
    if not may_see_refunds(request.user):
        raise PermissionDenied
    related = ("store", "register", "seller", "customer", "order", "exchange_order")
    refunds = Refund.objects.visible_to(request.user).select_related(*related)
    refund = get_object_or_404(refunds, pk=refund_id)
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
        "prints_at_once": request.GET.get("print") == "1",
        "has_register": request.user.has_perm("pos.sell_order"),
        "has_refund": request.user.has_perm("pos.view_refund"),
    }
    return TemplateResponse(request, "admin/receipts/refund.html", context)


@json_view("POST")
def refund_printed(request: HttpRequest, refund_id: int) -> JsonResponse:
    """Count a print: {"print": n}, 1 for the original."""
    return JsonResponse({"print": record_refund_print(user=request.user, refund_id=refund_id)})
