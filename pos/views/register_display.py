"""The register's side of the second screen: its address, and the picture of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pos.services.displays import (
    KINDS,
    MOST_LINES,
    NAME_LENGTH,
    Picture,
    ShownLine,
    display_token,
    show,
)
from pos.services.errors import Invalid
from pos.services.rights import require

from .json import json_view, read_json
from .links import base_url
from .parsing import read_amount, read_id, read_optional_id, read_quantity, read_text
from .register import get_register

LARGEST = 64 * 1024  # bytes of one picture
AMOUNTS = ("total", "discount", "tax", "paid", "due", "change")


@json_view("POST")
def address(request: HttpRequest) -> HttpResponse:
    """{url}: where this register's second screen is; made when it is first asked for."""
    require(request.user, "sell_order")
    register = get_register(request.user, read_id(read_json(request).get("register"), "register"))
    token = display_token(user=request.user, register_id=register.pk)
    return JsonResponse({"url": reverse("pos_display", args=[token])})


@json_view("POST")
def picture(request: HttpRequest) -> HttpResponse:
    """{shown}: false when the shop was too busy to take it. Nothing else may depend on it."""
    require(request.user, "sell_order")
    if len(request.body) > LARGEST:
        raise Invalid("too_large", _("That is more than a second screen shows."))
    body = read_json(request)
    register = get_register(request.user, read_id(body.get("register"), "register"))
    is_shown = show(
        user=request.user,
        register=register,
        picture=read_picture(body),
        base=base_url(request),
    )
    return JsonResponse({"shown": is_shown})


def read_picture(body: Mapping[str, Any]) -> Picture:
    """Plain text and plain figures, as many as a screen shows. Raises Invalid."""
    kind, lines, more = body.get("kind"), body.get("lines", []), body.get("more", 0)
    if kind not in KINDS or not isinstance(lines, list) or len(lines) > MOST_LINES:
        raise Invalid("bad_picture", _("The picture for the second screen is not valid."))
    if isinstance(more, bool) or not isinstance(more, int) or not 0 <= more < 10_000:
        raise Invalid("bad_picture", _("The picture for the second screen is not valid."))
    amounts: dict[str, Decimal] = {
        name: read_amount(body[name]) for name in AMOUNTS if body.get(name) is not None
    }
    return Picture(
        kind=kind,
        lines=tuple(_read_line(line) for line in lines),
        more=more,
        order_id=read_optional_id(body.get("order"), "order"),
        **amounts,
    )


def _read_line(line: object) -> ShownLine:
    if not isinstance(line, dict):
        raise Invalid("bad_picture", _("The picture for the second screen is not valid."))
    return ShownLine(
        name=read_text(line.get("name"), "name", limit=NAME_LENGTH),
        quantity=read_quantity(line.get("quantity")),
        amount=read_amount(line.get("amount")),
    )
