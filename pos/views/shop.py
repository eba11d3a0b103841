"""What every page knows about the shop it belongs to."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.defaults import permission_denied

from pos.services.audit import record_refusal
from pos.services.errors import Forbidden, PosError

logger = logging.getLogger(__name__)
# Wrong tries have entries of their own that tell more; tries while locked have none, or floods would.
TOLD = frozenset({"wrong_pin", "pin_locked", "wrong_password", "locked_password"})


def environment(request: HttpRequest) -> list[str] | None:
    """The label beside the page's title; a real shop has none."""
    return [_("Demo"), "warning"] if settings.POS_DEMO else None


def context(request: HttpRequest) -> dict[str, Any]:
    return {"pos_is_demo": settings.POS_DEMO}


def note_refusal(request: HttpRequest, error: PosError) -> None:
    """Write down what somebody may not do; a mistake is nobody's business."""
    if isinstance(error, Forbidden) and error.code not in TOLD:
        write_refusal(request, reason=error.message, code=error.code)


def write_refusal(
    request: HttpRequest, *, reason: str, code: str = "", register_id: object = None
) -> None:
    """Into the audit trail; a database too busy to take it does not turn a no into an error."""
    try:
        record_refusal(
            user=request.user,
            door=request.path,
            reason=reason,
            code=code,
            register_id=register_id,
        )
    except OperationalError:
        logger.exception("A refusal was not written down")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what somebody has no right to; that they asked is written down."""
    if request.user.is_authenticated:
        write_refusal(request, reason=request.method or "")
    return permission_denied(request, exception)
