"""The second screen itself, for whoever has its address: no log-in, no cookie, nothing but the cart.

Wrong and old addresses all get the same answer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from segno import make_qr

from pos.money import currency_decimals
from pos.services.displays import Shown, shown
from pos.services.rates import MINUTE, is_within_rate

# Two questions a second from each of twenty screens behind one address.
MOST_A_MINUTE = 2400
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
View = Callable[[HttpRequest, Shown, str], HttpResponse]


def for_screens(view: View) -> Callable[..., HttpResponse]:
    """From a token to its register, or to the one answer that tells nothing."""

    @csrf_exempt  # nothing is changed here, and a cookie for it would be one
    @functools.wraps(view)
    def wrapped(request: HttpRequest, display: str) -> HttpResponse:
        response = _answer(view, request, display)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return wrapped


def _answer(view: View, request: HttpRequest, token: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        refusal = _notice(405, _("This page can only be looked at."))
        refusal["Allow"] = "GET, HEAD"
        return refusal
    if not is_within_rate("display", request.META["REMOTE_ADDR"], most=MOST_A_MINUTE):
        busy = _notice(429, _("Too many requests. Try again in a minute."))
        busy["Retry-After"] = str(MINUTE)
        return busy
    found = shown(token)
    if found is None:
        return _notice(404, _("There is no such screen."))
    return view(request, found, token)


def _notice(status: int, text: str) -> HttpResponse:
    content = render_to_string("public/notice.html", {"text": text})
    response = HttpResponse(content, status=status)
    response._has_been_logged = True  # an address of a screen is nobody's business in a log
    return response


@for_screens
def page(request: HttpRequest, found: Shown, token: str) -> HttpResponse:
    context = {
        "store": found.register.store.name,
        "state_url": reverse("pos_display_state", args=[token]),
        "channel": f"tilldesk-display-{token}",
        "currency": settings.POS_CURRENCY,
        "decimals": currency_decimals(settings.POS_CURRENCY),
        "locale": get_language(),
    }
    # Without the request: no context processor looks for a session.
    return HttpResponse(render_to_string("public/display.html", context))


@for_screens
def state(request: HttpRequest, found: Shown, token: str) -> HttpResponse:
    """`?since=<version>`: 204 when nothing is new, else {version, state}; state null is the welcome."""
    if request.GET.get("since") == str(found.version):
        return HttpResponse(status=204)
    return JsonResponse({"version": found.version, "state": _with_code(found.state)})


def _with_code(state: dict[str, Any] | None) -> dict[str, Any] | None:
    """The code's text as squares to draw: {size, path}."""
    if state is None or not state.get("code"):
        return state
    matrix = [bytes(row) for row in make_qr(state["code"], error="m").matrix_iter(border=2)]
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return {**state, "code": {"size": len(matrix), "path": path}}
