"""What the register tells without selling: the drawer opened, lines and carts given up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from pos.services.carts import MAX_LINES
from pos.services.cash import open_drawer
from pos.services.errors import Invalid
from pos.services.printing import kick_drawer
from pos.services.removals import report_removed

from .json import json_view, read_json
from .parsing import read_approvals, read_id, read_quantity, read_text
from .register import get_register


@json_view("POST")
def no_sale(request: HttpRequest) -> HttpResponse:
    """Open the drawer without a sale, with a reason; answers how often that was in this session."""
    body = read_json(request)
    register = get_register(request.user, read_id(body.get("register"), "register"))
    count = open_drawer(
        user=request.user,
        register=register,
        reason=read_text(body.get("reason"), "reason"),
        approvals=read_approvals(body),
    )
    kick_drawer(user=request.user, register=register)
    return JsonResponse({"count": count})


@json_view("POST")
def removed(request: HttpRequest) -> HttpResponse:
    """Lines taken out of a cart, or a whole cart; their worth is worked out here."""
    body = read_json(request)
    lines = body.get("lines")
    if not isinstance(lines, list) or not 0 < len(lines) <= MAX_LINES:
        raise Invalid("bad_line", _("A line of the cart is not valid."))
    if not all(isinstance(line, dict) for line in lines):
        raise Invalid("bad_line", _("A line of the cart is not valid."))
    report_removed(
        user=request.user,
        register=get_register(request.user, read_id(body.get("register"), "register")),
        kind=read_text(body.get("kind"), "kind", limit=20),
        lines=[
            (read_id(line.get("product"), "product"), read_quantity(line.get("quantity")))
            for line in lines
        ],
    )
    return JsonResponse({})
