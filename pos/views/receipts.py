"""The receipt on the screen and on paper, and the count of its prints."""

from __future__ import annotations

from barcode import Code128
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from segno import make_qr

from pos.models import Order, Register
from pos.receipts import build_gift_receipt, build_receipt
from pos.services.mailing import can_mail, how_to_mail
from pos.services.receipts import link_of, may_see_receipts, record_print

from .json import json_view
from .links import base_url
from .pdf import pdf_response
from .print_here import print_here

# Of the paper's width a printer's head reaches this much, in mm.
PRINTABLE = {Register.PaperWidth.MM80: 72, Register.PaperWidth.MM58: 48}
# Bar widths that are whole dots of a 203 dpi head, widest first, in mm.
BAR_WIDTHS = (0.375, 0.25)
QUIET_BARS = 10


@never_cache
@require_safe
def receipt(request: HttpRequest, order_id: int) -> HttpResponse:
    """One completed order's receipt; `?width=58|80` other paper, `?print=1` prints at once,
    `?gift=1` without prices, which is not counted.
    """
    order = _order(request, order_id)
    width = _width(request, order)
    is_gift = request.GET.get("gift") == "1"
    link = link_of(order, base_url(request))
    # The screen shows what the next print will be.
    slip = (
        build_gift_receipt(order)
        if is_gift
        else build_receipt(order, print_number=order.print_count + 1, link=link)
    )
    may_mail = request.user.has_perm("pos.send_receipt")
    context = {
        **admin.site.each_context(request),
        "title": _("Receipt %(number)s") % {"number": order.number},
        "order": order,
        "slip": slip,
        "width": width,
        "widths": Register.PaperWidth.choices,
        "bars": bars_svg(slip.number, PRINTABLE[width]),
        "qr": _qr(slip.number, "" if is_gift else link),
        "is_gift": is_gift,
        "may_mail": may_mail and not is_gift,
        "mail_trouble": "" if can_mail() else how_to_mail(),
        "customer_email": _customer_email(request, order),
        "here": print_here(request, "gift_receipt" if is_gift else "receipt", order),
        "prints_at_once": request.GET.get("print") == "1",
        "has_register": request.user.has_perm("pos.sell_order"),
        "has_order": request.user.has_perm("pos.view_order"),
    }
    return TemplateResponse(request, "admin/receipts/receipt.html", context)


@json_view("POST")
def printed(request: HttpRequest, order_id: int) -> JsonResponse:
    """Count a print: {"print": n}, 1 for the original."""
    return JsonResponse({"print": record_print(user=request.user, order=Order(pk=order_id))})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: HttpRequest, order_id: int) -> HttpResponse:
    """The A4 PDF. Taken with POST it is counted as a print; only looked at, it says “copy”."""
    order = _order(request, order_id)
    link = link_of(order, base_url(request))
    if request.method == "POST":
        document = build_receipt(
            order, print_number=record_print(user=request.user, order=order), link=link
        )
    else:
        document = build_receipt(order, link=link, marker=_("COPY"))
    return pdf_response(document, title=_("Invoice"), name=order.number or "")


def _order(request: HttpRequest, order_id: int) -> Order:
    """One whose receipt this person may hand out. Raises PermissionDenied and Http404."""
    if not may_see_receipts(request.user):
        raise PermissionDenied
    orders = Order.objects.completed().visible_to(request.user)
    found: Order = get_object_or_404(
        orders.select_related("store", "register", "seller", "customer"), pk=order_id
    )
    return found


def _qr(number: str, link: str) -> str:
    """An address has four times as many squares as a number."""
    return qr_svg(link, side=24) if link else qr_svg(number)


def _customer_email(request: HttpRequest, order: Order) -> str:
    may_see = request.user.has_perm("pos.view_customer")
    return order.customer.email if order.customer and may_see else ""


def _width(request: HttpRequest, order: Order) -> Register.PaperWidth:
    asked = request.GET.get("width", "")
    known = {str(width): width for width in Register.PaperWidth}
    return known.get(asked) or known.get(str(order.register.paper_width), Register.PaperWidth.MM80)


def bars_svg(text: str, printable: int) -> str:
    """`text` as Code 128, at most `printable` mm wide; empty when it would be too fine to scan."""
    bits = Code128(text).build()[0]
    bars = len(bits) + 2 * QUIET_BARS
    width = next((each for each in BAR_WIDTHS if bars * each <= printable), None)
    if width is None:
        return ""
    path = "".join(
        f"M{QUIET_BARS + place} 0h1v1h-1z" for place, bit in enumerate(bits) if bit == "1"
    )
    return format_html(
        '<svg class="pos-bars" width="{}mm" height="11mm" viewBox="0 0 {} 1"'
        ' preserveAspectRatio="none" shape-rendering="crispEdges" aria-hidden="true"><path d="{}"/></svg>',
        f"{bars * width:g}",
        bars,
        path,
    )


def qr_svg(text: str, *, side: int = 18) -> str:
    """`text` as a QR code, `side` mm wide."""
    matrix = [bytes(row) for row in make_qr(text, error="m").matrix_iter(border=2)]
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg class="pos-qr" width="{2}mm" height="{2}mm" viewBox="0 0 {0} {0}"'
        ' shape-rendering="crispEdges" aria-hidden="true"><path d="{1}"/></svg>',
        len(matrix),
        path,
        side,
    )
