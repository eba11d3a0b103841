"""The customer's own view of one receipt, for whoever has its link: no log-in, nothing else.

Wrong, old and foreign tokens all get the same answer. No cookie is set or read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from pos.models import Order
from pos.receipts import build_receipt
from pos.services.rates import MINUTE, is_within_rate
from pos.services.receipts import link_of, public_order

from .links import base_url
from .pdf import pdf_response
from .receipts import PRINTABLE, bars_svg

MOST_A_MINUTE = 30
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
View = Callable[[HttpRequest, Order], HttpResponse]


def for_customers(view: View) -> Callable[..., HttpResponse]:
    """From a token to its order, or to the one answer that tells nothing."""

    @csrf_exempt  # nothing is changed here, and a cookie for it would be one
    @functools.wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        response = _answer(view, request, token)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return wrapped


def _answer(view: View, request: HttpRequest, token: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        refusal = _notice(405, _("This page can only be looked at."))
        refusal["Allow"] = "GET, HEAD"
        return refusal
    if not is_within_rate("receipt", request.META["REMOTE_ADDR"], most=MOST_A_MINUTE):
        busy = _notice(429, _("Too many requests. Try again in a minute."))
        busy["Retry-After"] = str(MINUTE)
        return busy
    order = public_order(token)
    if order is None:
        return _notice(404, _("There is no such receipt, or it is no longer shown here."))
    return view(request, order)


def _notice(status: int, text: str) -> HttpResponse:
    content = render_to_string("public/notice.html", {"text": text})
    response = HttpResponse(content, status=status)
    response._has_been_logged = True  # an old receipt's token is nobody's business in a log
    return response


@for_customers
def receipt(request: HttpRequest, order: Order) -> HttpResponse:
    """The receipt with how payment and delivery stand."""
    slip = build_receipt(order, print_number=1, is_public=True)
    states = Order.DeliveryStatus
    context: dict[str, Any] = {
        "store": order.store,
        "slip": slip,
        "payment": order.get_payment_status_display(),
        "payment_state": order.payment_status,
        "delivery": ""
        if order.delivery_status == states.NONE
        else order.get_delivery_status_display(),
        "delivery_state": order.delivery_status,
        "bars": bars_svg(slip.number, PRINTABLE[80]),
        "qr": "",
        "token": order.public_token,
    }
    # Without the request: no context processor looks for a session.
    return HttpResponse(render_to_string("public/receipt.html", context))


@for_customers
def invoice(request: HttpRequest, order: Order) -> HttpResponse:
    """The same as A4 PDF, marked as a copy."""
    link = link_of(order, base_url(request))
    document = build_receipt(order, print_number=1, link=link, is_public=True, marker=_("COPY"))
    return pdf_response(document, title=_("Invoice"), name=order.number or "")
